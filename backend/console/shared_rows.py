"""The queue's rows as everybody may see them, drawn once for all pages that are open.

A change is shown on two hundred consoles at once; drawn for each of them it would take the server
seconds. What differs between people (which rows are mine) is put together from what is drawn
already, and a page asks for it only when it changed.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from time import monotonic

from django.contrib.auth.models import User
from django.db import connection
from django.template.loader import render_to_string
from django.utils.html import escape

from backend.cases.models import Case
from backend.clock import now
from backend.console.case_sheet import heading_of
from backend.console.durations import format_since
from backend.console.overview import Overview, look
from backend.console.queue_rows import QueueRow, row_of
from backend.live.services import current_version
from backend.reports.handovers import last_handover

ROW = re.compile(r'<li data-case="[^"]+".*?</li>', re.DOTALL)
CLOCK = re.compile(r'(<time data-since="([^"]+)"[^>]*>)[^<]*(</time>)')
"""The page's script sets clocks itself; their text would make every row a changed one."""
LEAST_S = 0.25
"""Changes that come closer together are drawn together: a storm of them must not take all time."""
OLD_S = 20.0
"""A departure comes near and a day ends without a change; so rows are drawn anew after this."""


@dataclass(frozen=True, slots=True)
class Rows:
    """All rows by case, in their order, as of a version; beside them what else is drawn once."""

    seen: Overview
    language: str
    html: Mapping[str, str]
    tail: str
    people: str
    _headings: dict[str, str] = field(default_factory=dict)

    @property
    def version(self) -> int:
        """Return the version of which these are the rows."""
        return self.seen.version

    def since(self, before: Mapping[str, str]) -> dict[str, object]:
        """Return what turns the rows ``before`` into these: the order, what is new in it, the end.

        The end says how many more there are, or that nobody waits.
        """
        changed = {key: row for key, row in self.html.items() if before.get(key) != row}
        return {"order": list(self.html), "changed": changed, "tail": self.tail}

    def heading(self, case: Case) -> str:
        """Return how a case is named, worked out once for all who hear of it."""
        if case.id not in self._headings:
            self._headings[case.id] = heading_of(case, self.language)
        return self._headings[case.id]


@dataclass
class _Shared:
    """What is drawn of one database, and when it was looked at."""

    database: str
    looked_at: float
    seen: Overview
    rows: dict[str, Rows] = field(default_factory=dict)


_shared: _Shared | None = None
_row_html: dict[str, dict[QueueRow, str]] = {}
_lock = Lock()


def rows_since(version: int, language: str) -> Rows:
    """Return the rows as of ``version`` or later."""
    with _lock:
        return _rows(language, version)


def recent_rows(language: str) -> Rows:
    """Return the rows of just now. Who knows of a later version asks again a little later."""
    shared = _shared
    if shared is not None and shared.database == _database() and language in shared.rows:
        # While another thread looks, nobody waits for it who can do with what there is.
        if not _lock.acquire(blocking=False):
            return shared.rows[language]
    else:
        _lock.acquire()
    try:
        return _rows(language)
    finally:
        _lock.release()


def _rows(language: str, version: int = 0) -> Rows:
    global _shared  # of this process: each looks for itself
    if _shared is None or _is_old(_shared, version):
        _shared = _Shared(_database(), monotonic(), look())
    if language not in _shared.rows:
        _shared.rows[language] = _draw(_shared.seen, language)
    return _shared.rows[language]


def _is_old(shared: _Shared, version: int) -> bool:
    age_s = monotonic() - shared.looked_at
    if shared.database != _database() or shared.seen.version < version or age_s > OLD_S:
        return True
    return age_s > LEAST_S and shared.seen.version != current_version()


def _database() -> str:
    return str(connection.settings_dict["NAME"])


def _draw(seen: Overview, language: str) -> Rows:
    """Draw the rows for nobody in particular; only those that are not drawn already."""
    moment, nobody = now(), User()
    rows = [row_of(case, nobody, language, moment, "") for case in seen.cases]
    known = _row_html.get(language, {})
    drawn = {row: known.get(row) or _row(row, language, moment) for row in rows}
    _row_html[language] = drawn
    tail = ROW.sub("", _html(rows[:1], language, moment, seen.open - len(rows))).strip()
    people = render_to_string(
        "console/parts/here.html", {"tools": {"people": seen.people}, "language": language}
    )
    html = {row.case_id: text for row, text in drawn.items()}
    return Rows(seen, language, html, tail, people)


def _row(row: QueueRow, language: str, moment: datetime) -> str:
    return CLOCK.sub(r"\1\3", _html([row], language, moment)).strip()


def rows_for(user: User, rows: Rows, current: str) -> str:
    """Return the whole list as ``user`` sees it: the shared rows, and this person's own."""
    moment, html = now(), dict(rows.html)
    for case in rows.seen.cases:
        if case.id == current or user.pk in owners(case):
            row = row_of(case, user, rows.language, moment, current)
            html[case.id] = _html([row], rows.language, moment).strip()
    return "\n".join([*html.values(), rows.tail])


def set_clocks(html: str, language: str) -> str:
    """Return rows with the clocks' text, for a page that shows them before its script runs."""
    moment = now()

    def filled(clock: re.Match[str]) -> str:
        text = format_since(datetime.fromisoformat(clock[2]), moment, language)
        return f"{clock[1]}{escape(text)}{clock[3]}"

    return CLOCK.sub(filled, html)


def owners(case: Case) -> set[int | None]:
    """Return to whom this row of the queue looks different than to everybody else."""
    request, handover = getattr(case, "request", None), last_handover(case)
    goes = request.goes_id if request else None
    return {case.claimed_by_id, goes, handover.to_id if handover else None}


def _html(rows: list[QueueRow], language: str, moment: datetime, hidden: int = 0) -> str:
    context = {"rows": rows, "language": language, "now": moment, "rows_hidden": hidden}
    return render_to_string("console/parts/queue_rows.html", context)
