"""The live stream: one server-sent event per change, with the queue's rows that it changed.

Rows hold what every reader of the queue may see, and go to such readers only. For all else the page
asks after the event, at a moment that the stream spreads over the pages that are open. It holds no
database connection while it waits.
"""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from time import monotonic

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from backend.accounts.presence import touch_presence
from backend.accounts.services import account_of_request, has_right, rights_of
from backend.console.language import language_of
from backend.console.shared_rows import Rows, rows_at
from backend.live.services import wait_for_change
from backend.threads import with_database

TICK_S = 10.0
"""How often a stream says that it lives, and the server learns that its reader is there."""
RETRY_MS = 700
"""How soon a browser whose stream broke comes back."""
FEW = 5
"""So many pages may ask for their own parts at once after a change."""
SPREAD_MS = 50.0
"""For each page more, this much longer is what they ask spread: half a process stays free."""

_open_streams = 0


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose stream it is, and what may go into it."""

    user_id: int
    language: str
    sees_queue: bool


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
    global _open_streams  # of this process: its own load is what is spread
    _open_streams += 1
    try:
        yield f"retry: {RETRY_MS}\n\n"
        version = -1
        had: Rows | None = None
        next_tick = monotonic() + TICK_S
        while True:
            newest = await wait_for_change(version, max(0.0, next_tick - monotonic()))
            if newest != version:
                news = json.dumps({"spread_ms": _spread_ms()})
                if reader.sees_queue:
                    rows = await rows_at(reader.language, newest)
                    news = rows.news(had, _spread_ms())
                    newest, had = max(newest, rows.version), rows
                version = newest
                yield f"id: {version}\nevent: change\ndata: {news}\n\n"
            if monotonic() >= next_tick:
                next_tick = monotonic() + TICK_S
                if not await with_database(_still_there, reader):
                    return
                yield ": still here\n\n"
    finally:
        _open_streams -= 1


def _spread_ms() -> float:
    return max(0, _open_streams - FEW) * SPREAD_MS


def _reader(request: HttpRequest) -> Reader | None:
    user = request.user
    if not isinstance(user, User) or not _may_read(user):
        return None
    touch_presence(user)
    return Reader(user.pk, language_of(request), has_right(user, "view_queue"))


def _still_there(reader: Reader) -> bool:
    """Say whether the account may still read what its stream carries."""
    user = account_of_request(reader.user_id)
    if user is None or not _may_read(user):
        return False
    if has_right(user, "view_queue") != reader.sees_queue:
        return False
    touch_presence(user)
    return True


def _may_read(user: User) -> bool:
    return bool(rights_of(user))
