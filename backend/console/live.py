"""The live stream: one server-sent event per change, with what it changed for everybody.

What only readers of the queue may see goes to such readers only. For all else a page asks after the
event, when it is told to, at a moment that the stream spreads over the pages that ask. It holds no
database connection while it waits.
"""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from random import random
from time import monotonic

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from backend.accounts.presence import note_presence, touch_presence
from backend.accounts.services import has_right, must_change_password, rights_of
from backend.accounts.sessions import account_of_session
from backend.config_models import Right
from backend.console.language import language_of
from backend.console.news import News, news_at
from backend.live.services import wait_for_change
from backend.threads import STAFF, with_database

TICK_S = 10.0
"""How often a stream says that it lives, and the server learns that its reader is there."""
RETRY_MS = 700
"""How soon a browser whose stream broke comes back."""
FEW = 5
"""So many pages may ask for their own parts at once after a change."""
SPREAD_MS = 50.0
"""For each page more, this much longer is what they ask spread: half a process stays free."""
OWN_WAYS: tuple[Right, ...] = ("approve", "open_any_evidence", "view_fleet")
"""Who has one of these rights hears of more than everybody does, so their pages always ask."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose stream it is, what may go into it, and whether its page asks after every change."""

    session_key: str
    user_id: int
    language: str
    sees_queue: bool
    asks: bool


def stream(request: HttpRequest) -> HttpResponseBase:
    """Open the stream for a signed-in member of staff."""
    reader = _reader(request)
    if reader is None:
        return HttpResponse(status=403)
    answer = StreamingHttpResponse(_events(reader), content_type="text/event-stream")
    answer["Cache-Control"] = "no-store"
    answer["X-Accel-Buffering"] = "no"
    return answer


async def _events(reader: Reader) -> AsyncIterator[str]:
    _open[reader.asks] += 1
    try:
        yield f"retry: {RETRY_MS}\n\n"
        version = -1
        had: News | None = None
        # Pages that came back together after a restart do not all speak in the same moments.
        next_tick = monotonic() + TICK_S * random()  # noqa: S311 - nothing secret
        while True:
            newest = await wait_for_change(version, max(0.0, next_tick - monotonic()))
            if newest != version:
                if reader.sees_queue:
                    news = await news_at(reader.language, newest)
                    version, text = max(newest, news.rows.version), _text(reader, news, had)
                    had = news
                else:
                    version, text = newest, json.dumps({"ask": True, "spread_ms": _spread_ms()})
                yield f"id: {version}\nevent: change\ndata: {text}\n\n"
            if monotonic() >= next_tick:
                next_tick = monotonic() + TICK_S
                if not await with_database(STAFF, _still_there, reader):
                    return
                yield ": still here\n\n"
    finally:
        _open[reader.asks] -= 1


def _text(reader: Reader, news: News, had: News | None) -> str:
    """Return the news for one reader. Who comes new asks, and after a restart all come at once."""
    if had is None or reader.asks:
        return news.text(had, ask=True, spread_ms=_spread_ms(newcomer=had is None))
    return news.text(had, ask=news.touches(reader.user_id, had), spread_ms=0.0)


_open = {True: 0, False: 0}
"""Streams of this process by whether their pages always ask: its own load is what is spread."""


def _spread_ms(*, newcomer: bool = False) -> float:
    asking = _open[True] + (_open[False] if newcomer else 0)
    return max(0, asking - FEW) * SPREAD_MS


def _reader(request: HttpRequest) -> Reader | None:
    user = request.user
    if not isinstance(user, User) or not may_stream(user):
        return None
    touch_presence(user)
    asks = "asks" in request.GET or any(has_right(user, right) for right in OWN_WAYS)
    session_key = request.session.session_key or ""
    sees_queue = has_right(user, "view_queue")
    return Reader(session_key, user.pk, language_of(request), sees_queue, asks)


def _still_there(reader: Reader) -> bool:
    """Say whether its reader is still signed in and may read what the stream carries.

    A page left open elsewhere does not make somebody present who has signed out.
    """
    user = account_of_session(reader.session_key)
    if user is None or user.pk != reader.user_id or not may_stream(user):
        return False
    if has_right(user, "view_queue") != reader.sees_queue:
        return False
    note_presence(user)
    return True


def may_stream(user: User) -> bool:
    """Say whether this account's pages hear of changes: with a role, and a password of its own."""
    return bool(rights_of(user)) and not must_change_password(user)
