"""What was typed in, as the form and the page of such a case show it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.utils.timezone import localtime

from backend.accounts.services import has_right
from backend.cases.models import Case, DeskRequest
from backend.cases.reasons import StaffReason
from backend.config import hall
from backend.console.desk_form import FIELDS, LANGUAGES, MOMENT, NEEDED, DeskForm, typed_before
from backend.console.options import Choice
from backend.console.texts import say
from backend.console.waiting import display_name
from backend.console.words import ground_title, in_language, offer_title

KINDS = {
    "depart_at": "datetime-local",
    "appointment_at": "datetime-local",
    "phone": "tel",
    "words": "textarea",
    "offer_code": "select",
    "ground": "select",
    "language": "select",
    "goes": "select",
    "status": "select",
}
LENGTHS = {"topic": 60, "person": 60, "phone": 30, "card_number": 9, "address": 200}
TONGUES = {"zh-Hans": "简体中文", "zh-Hant": "繁體中文", "en": "English"}
HINTED = ("topic", "card_number", "appointment_at", "words")


@dataclass(frozen=True, slots=True)
class FormField:
    """One field as it is drawn: what it is called, what is in it, what is wrong with it."""

    name: str
    kind: str
    value: str
    longest: int
    needed: bool
    hint: bool
    wrong: bool
    choices: list[Choice]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of what was typed."""

    name: str
    text: str


def form_fields(form: DeskForm, language: str) -> list[FormField]:
    """Return the fields of a form with what was typed, in the order of its kind."""
    return [_field(form, name, language) for name in FIELDS[form.reason]]


def typed_lines(case: Case, language: str) -> list[Line]:
    """Return what was typed in, line by line; what is empty is left out."""
    values = typed_before(case)
    lines = [
        Line(name, _shown(name, values, case, language))
        for name in FIELDS[StaffReason(case.reason)]
        if name != "topic"
    ]
    kept = [
        Line(name, str(values[name]))
        for name in ("person", "address")
        if name not in FIELDS[StaffReason(case.reason)]
    ]
    return [line for line in (*lines, *kept) if line.text]


def initial_of(case: Case) -> dict[str, Any]:
    """Return what the form begins with."""
    values = typed_before(case)
    return {**values, "goes": values["goes_id"]}


def _field(form: DeskForm, name: str, language: str) -> FormField:
    value = form[name].value()
    if isinstance(value, datetime):
        value = value.strftime(MOMENT)  # the form gives it in the hall's time already
    text = "" if value is None else str(value)
    return FormField(
        name=name,
        kind=KINDS.get(name, "text"),
        value=text,
        longest=LENGTHS.get(name, 1000 if name == "words" else 60),
        needed=name in NEEDED[form.reason],
        hint=name in HINTED,
        wrong=form.is_bound and name in form.errors,
        choices=_choices(name, text, language),
    )


def _choices(name: str, chosen: str, language: str) -> list[Choice]:
    none = ("", say(language, "app.none"))
    pairs: list[tuple[str, str]] = []
    match name:
        case "offer_code":
            pairs = [none, *((o.code, offer_title(o.code, language)) for o in hall().offers.offer)]
        case "ground":
            grounds = hall().urgency.ground
            pairs = [none, *((g.code, in_language(g.title, language)) for g in grounds)]
        case "language":
            pairs = [(code, TONGUES[code]) for code in LANGUAGES]
        case "status":
            states = DeskRequest.Status.values
            pairs = [(code, say(language, f"status.{code}")) for code in states]
        case "goes":
            pairs = [none, *((str(user.pk), display_name(user)) for user in _people())]
    return [Choice(code, text, code == chosen) for code, text in pairs]


def _people() -> list[User]:
    active = User.objects.filter(is_active=True).order_by("username")
    return [user for user in active if has_right(user, "claim")]


def _shown(name: str, values: dict[str, Any], case: Case, language: str) -> str:
    match name:
        case "offer_code":
            return offer_title(values[name], language)
        case "ground":
            return ground_title(values[name], language)
        case "language":
            return TONGUES.get(str(values[name]), "")
        case "status":
            return say(language, f"status.{values[name]}")
        case "goes":
            return display_name(case.request.goes)
        case "depart_at" | "appointment_at":
            moment = values[name]
            return f"{localtime(moment):%Y-%m-%d %H:%M}" if moment else ""
        case _:
            return str(values[name])
