"""Read the console's HTML as a browser would: forms with their fields, rows, pictures, words.

Standard library only; it knows HTML and the console's marks, and nothing of the server's code.
"""

from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = frozenset({"meta", "link", "input", "img", "br", "hr"})


@dataclass
class Form:
    """One form: where it goes, and its fields as they stand."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)
    boxes: dict[str, str] = field(default_factory=dict)

    def filled(self, **values: object) -> dict[str, str]:
        """Return what the browser would send with ``values`` typed, ticked and chosen.

        Raises KeyError for a field that the form does not have, ValueError for a choice that it
        does not offer.
        """
        sent = dict(self.fields)
        for name, value in values.items():
            if name in self.boxes:
                if value:
                    sent[name] = self.boxes[name]
                continue
            text = str(value)
            if name not in self.fields and name not in self.choices:
                known = sorted({*self.fields, *self.choices, *self.boxes})
                raise KeyError(f"the form has no field {name}; it has {', '.join(known)}")
            if name in self.choices and text not in self.choices[name]:
                raise ValueError(f"{name} offers {self.choices[name]}, not {text}")
            sent[name] = text
        return sent


@dataclass
class Page:
    """What a page holds."""

    forms: list[Form] = field(default_factory=list)
    unclaimed: list[str] = field(default_factory=list)
    cases: list[str] = field(default_factory=list)
    portraits: dict[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    sentence: str = ""

    def form(self, action_end: str, **fixed: str) -> Form:
        """Return the form whose action ends so and whose fields have these values."""
        for form in self.forms:
            same = all(form.fields.get(name) == value for name, value in fixed.items())
            if form.action.endswith(action_end) and same:
                return form
        there = ", ".join(form.action for form in self.forms)
        raise LookupError(f"no form {action_end} {fixed or ''} on this page; there are: {there}")


def read_page(html: str) -> Page:
    """Parse a page."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.page.sentence = " ".join(reader.page.sentence.split())
    return reader.page


class _Reader(HTMLParser):
    """Collects into ``page``; text goes to what is open."""

    def __init__(self) -> None:
        super().__init__()
        self.page = Page()
        self._open: list[str] = []
        self._form: Form | None = None
        self._named: dict[str, Form] = {}
        self._select = ""
        self._textarea = ""
        self._figure = ""
        self._why_depth = 0
        self._messages_depth = 0
        self._warning = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take note of what begins."""
        a = {name: value or "" for name, value in attrs}
        if tag not in _VOID:
            self._open.append(tag)
        handle = getattr(self, f"_start_{tag}", None)
        if handle is not None:
            handle(a)

    def handle_endtag(self, tag: str) -> None:
        """Take note of what ends."""
        while self._open:
            if self._open.pop() == tag:
                break
        depth = len(self._open)
        if tag == "form":
            self._form = None
        elif tag in ("select", "textarea"):
            self._select = self._textarea = ""
        elif tag == "figure":
            self._figure = ""
        if depth < self._why_depth:
            self._why_depth = 0
        if depth < self._messages_depth:
            self._messages_depth = 0
        if tag == "li":
            self._warning = False

    def handle_data(self, data: str) -> None:
        """Give text to what is open."""
        if self._why_depth:
            self.page.sentence += data
        if self._warning and data.strip():
            self.page.warnings.append(data.strip())
        if self._textarea and self._form is not None:
            self._form.fields[self._textarea] += data

    def _start_form(self, a: dict[str, str]) -> None:
        self._form = Form(a.get("action", ""), a.get("method", "get").lower())
        self.page.forms.append(self._form)
        if "id" in a:
            self._named[a["id"]] = self._form

    def _start_input(self, a: dict[str, str]) -> None:
        form = self._named.get(a["form"]) if "form" in a else self._form
        if form is None or "name" not in a:
            return
        name, value, kind = a["name"], a.get("value", ""), a.get("type", "text")
        if kind == "checkbox":
            form.boxes[name] = value or "on"
            if "checked" in a:
                form.fields[name] = value or "on"
        elif kind == "radio":
            form.choices.setdefault(name, []).append(value)
            if "checked" in a:
                form.fields[name] = value
        else:
            form.fields[name] = value

    def _start_button(self, a: dict[str, str]) -> None:
        if self._form is not None and a.get("name"):
            self._form.choices.setdefault(a["name"], []).append(a.get("value", ""))

    def _start_select(self, a: dict[str, str]) -> None:
        self._select = a.get("name", "")

    def _start_option(self, a: dict[str, str]) -> None:
        if self._form is None or not self._select:
            return
        value = a.get("value", "")
        self._form.choices.setdefault(self._select, []).append(value)
        if "selected" in a or self._select not in self._form.fields:
            self._form.fields[self._select] = value

    def _start_textarea(self, a: dict[str, str]) -> None:
        self._textarea = a.get("name", "")
        if self._form is not None and self._textarea:
            self._form.fields[self._textarea] = ""

    def _start_li(self, a: dict[str, str]) -> None:
        if "data-case" in a:
            self.page.cases.append(a["data-case"])
            if "data-unclaimed" in a:
                self.page.unclaimed.append(a["data-case"])
        if self._messages_depth and "good" not in a.get("class", ""):
            self._warning = True

    def _start_ul(self, a: dict[str, str]) -> None:
        if a.get("class") == "messages":
            self._messages_depth = len(self._open)

    def _start_p(self, a: dict[str, str]) -> None:
        if a.get("class") == "why":
            self._why_depth = len(self._open)

    def _start_figure(self, a: dict[str, str]) -> None:
        self._figure = a.get("data-portrait", "")

    def _start_img(self, a: dict[str, str]) -> None:
        if self._figure:
            self.page.portraits[self._figure] = a.get("src", "")
