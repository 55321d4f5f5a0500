"""What a change is to the pages that are open: one text for all, and whose own parts it touches.

The text brings what everybody sees alike: rows, counts, who is here, which cases ring. Only a page
with parts of its own that changed is told to ask for them, so that a change does not make every
desk of a city ask in the same moment.
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from time import monotonic
from weakref import WeakKeyDictionary

from backend.console.shared_rows import LEAST_S, Rows, owners, rows_since
from backend.console.waiting import token_of
from backend.precedence import until_nobody_acts
from backend.threads import STAFF, with_database


@dataclass(frozen=True, slots=True)
class News:
    """The rows of a version, and what they are to those who have earlier ones."""

    rows: Rows
    calls: Mapping[str, str]
    own: Mapping[int | None, frozenset[tuple[str, int]]]
    away: frozenset[int]
    _texts: dict[tuple[int, bool, float], str] = field(default_factory=dict)

    def touches(self, user_id: int, before: "News | None") -> bool:
        """Say whether more than what all see alike changed for this person; the away hear none."""
        if before is None or user_id in self.away or user_id in before.away:
            return True
        if before.rows.seen.incidents != self.rows.seen.incidents:
            return True
        return before.own.get(user_id) != self.own.get(user_id)

    def text(self, before: "News | None", *, ask: bool, spread_ms: float) -> str:
        """Return as JSON what turns ``before`` into this; the same text for all such pages."""
        key = (before.rows.version if before else -1, ask, spread_ms)
        if key not in self._texts:
            told: dict[str, object] = {"ask": ask, "spread_ms": spread_ms}
            self._texts[key] = json.dumps({**told, **(self._change(before) if before else {})})
        return self._texts[key]

    def _change(self, before: "News") -> dict[str, object]:
        rows, seen = self.rows, self.rows.seen
        fresh = {token: words for token, words in self.calls.items() if token not in before.calls}
        counts = {"unclaimed": seen.unclaimed, "raised": seen.late, "open": seen.open}
        people = {"people": rows.people} if rows.people != before.rows.people else {}
        return {**rows.since(before.rows.html), **counts, **people, "alerts": fresh}


def _news_of(version: int, language: str) -> News:
    rows = rows_since(version, language)
    own: dict[int | None, set[tuple[str, int]]] = {}
    for case in rows.seen.cases:
        for user_id in owners(case):
            own.setdefault(user_id, set()).add((case.id, case.version))
    for case in rows.seen.handed:
        own.setdefault(case.claimed_by_id, set()).add((case.id, case.version))
    return News(
        rows,
        calls={token_of(case): rows.heading(case) for case in rows.seen.calls},
        own={user_id: frozenset(cases) for user_id, cases in own.items()},
        away=frozenset(person.user_id for person in rows.seen.people if person.away),
    )


@dataclass
class _Drawing:
    """One language in one event loop: what is drawn, and what is being drawn."""

    news: News | None = None
    task: asyncio.Task[News] | None = None
    begun_at: float = 0.0

    async def draw(self, language: str, version: int) -> News:
        """Draw, a little after the drawing before, and after whoever acts."""
        await asyncio.sleep(max(0.0, self.begun_at + LEAST_S - monotonic()))
        await until_nobody_acts()
        self.begun_at = monotonic()
        return await with_database(STAFF, _news_of, version, language)


_loops: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, _Drawing]] = WeakKeyDictionary()


async def news_at(language: str, version: int) -> News:
    """Return the news of ``version`` or later; who asks meanwhile waits for the same drawing."""
    drawings = _loops.setdefault(asyncio.get_running_loop(), {})
    drawing = drawings.setdefault(language, _Drawing())
    while drawing.news is None or drawing.news.rows.version < version:
        if drawing.task is None or drawing.task.done():
            drawing.task = asyncio.create_task(drawing.draw(language, version))
        # One page that goes away must not take the drawing from the others.
        drawing.news = await asyncio.shield(drawing.task)
    return drawing.news
