"""The queue's rows as everybody may see them, drawn once for all pages that are open.

A change is shown on two hundred consoles at once; drawn for each of them it would take the server
seconds. What differs between people (which rows are mine) their own page asks for a little later.
"""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from time import monotonic
from weakref import WeakKeyDictionary

from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import Q
from django.template.loader import render_to_string

from backend.cases.queue import queue
from backend.clock import now
from backend.console.queue_filter import QueueFilter
from backend.console.queue_rows import QueueRow, queue_list, row_of
from backend.console.waiting import count_unclaimed
from backend.live.services import current_version
from backend.reports.handovers import handed_to, with_handovers

ROW = re.compile(r'<li data-case="([^"]+)".*?</li>', re.DOTALL)
CLOCK = re.compile(r"(<time [^>]*>)[^<]*(</time>)")
"""The page's script sets clocks itself; their text would make every row a changed one."""
OLD_S = 20.0
"""A departure comes near and a day ends without a change; so rows are drawn anew after this."""


@dataclass(frozen=True, slots=True)
class Rows:
    """All rows by case, in their order, as of a version."""

    version: int
    html: Mapping[str, str]
    tail: str = ""
    unclaimed: int = 0

    def since(self, before: Mapping[str, str]) -> dict[str, object]:
        """Return what turns the rows ``before`` into these: the order, and what is new in it."""
        changed = {key: row for key, row in self.html.items() if before.get(key) != row}
        return {"order": list(self.html), "changed": changed, "unclaimed": self.unclaimed}


def draw(language: str) -> Rows:
    """Draw the rows for nobody in particular."""
    version = current_version()
    moment = now()
    shown = queue_list(User(), language, moment, "", QueueFilter())
    html = CLOCK.sub(r"\1\2", _html(shown.rows, language, moment, shown.hidden))
    by_case = {found[1]: found[0] for found in ROW.finditer(html)}
    return Rows(version, by_case, ROW.sub("", html).strip(), count_unclaimed())


def fresh_rows(language: str) -> Rows:
    """Return the rows as they are now, drawn at most once for each change in this process."""
    with _lock:
        drawn_at, rows = _drawn.get(language, (0.0, Rows(-1, {})))
        if rows.version < current_version() or monotonic() - drawn_at > OLD_S:
            rows = draw(language)
            _drawn[language] = (monotonic(), rows)
    return rows


def rows_for(user: User, language: str, current: str) -> str:
    """Return the whole list as ``user`` sees it: the shared rows, and this person's own."""
    rows, moment = fresh_rows(language), now()
    own = Q(claimed_by=user) | Q(request__goes=user) | Q(id=current)
    own |= Q(id__in=handed_to(user).values("case"))
    cases = with_handovers(queue().filter(own, id__in=list(rows.html)).distinct())
    drawn = _html(
        [row_of(case, user, language, moment, current) for case in cases], language, moment
    )
    html = {**rows.html, **{found[1]: found[0] for found in ROW.finditer(drawn)}}
    return "\n".join([*html.values(), rows.tail])


def _html(rows: list[QueueRow], language: str, moment: datetime, hidden: int = 0) -> str:
    context = {"rows": rows, "language": language, "now": moment, "rows_hidden": hidden}
    return render_to_string("console/parts/queue_rows.html", context)


_drawn: dict[str, tuple[float, Rows]] = {}
_lock = Lock()


@dataclass
class _Drawing:
    """One language in one event loop: what is drawn, and what is being drawn."""

    rows: Rows = field(default_factory=lambda: Rows(-1, {}))
    task: asyncio.Task[Rows] | None = None


_loops: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, _Drawing]] = WeakKeyDictionary()


async def rows_at(language: str, version: int) -> Rows:
    """Return the rows as of ``version`` or later; who asks meanwhile waits for the same drawing."""
    drawings = _loops.setdefault(asyncio.get_running_loop(), {})
    drawing = drawings.setdefault(language, _Drawing())
    while drawing.rows.version < version:
        if drawing.task is None or drawing.task.done():
            drawing.task = asyncio.create_task(_draw(language))
        # One page that goes away must not take the drawing from the others.
        drawing.rows = await asyncio.shield(drawing.task)
    return drawing.rows


async def _draw(language: str) -> Rows:
    return await sync_to_async(_draw_and_close, thread_sensitive=False)(language)


def _draw_and_close(language: str) -> Rows:
    try:
        return fresh_rows(language)
    finally:
        connection.close()
