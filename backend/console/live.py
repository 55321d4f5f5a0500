"""The live stream: one server-sent event per change, and the parts to redraw after it.

The stream says only *that* something changed, so it carries no personal data and needs no rights
of its own beyond being signed in. It holds no database connection while it waits.
"""

from collections.abc import AsyncIterator
from time import monotonic

from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from backend.accounts.services import rights_of, touch_presence
from backend.live.services import wait_for_change

TICK_S = 10.0
"""How often a stream says that it lives, and the server learns that its reader is there."""
RETRY_MS = 700
"""How soon a browser whose stream broke comes back."""


async def stream(request: HttpRequest) -> HttpResponseBase:
    """Open the stream for a signed-in member of staff."""
    user = await sync_to_async(_reader)(request)
    if user is None:
        return HttpResponse(status=403)
    answer = StreamingHttpResponse(_events(user.pk), content_type="text/event-stream")
    answer["Cache-Control"] = "no-store"
    answer["X-Accel-Buffering"] = "no"
    return answer


async def _events(user_id: int) -> AsyncIterator[str]:
    yield f"retry: {RETRY_MS}\n\n"
    version = -1
    next_tick = monotonic() + TICK_S
    while True:
        newest = await wait_for_change(version, max(0.0, next_tick - monotonic()))
        if newest != version:
            version = newest
            yield f"id: {version}\nevent: change\ndata: {version}\n\n"
        if monotonic() >= next_tick:
            next_tick = monotonic() + TICK_S
            if not await sync_to_async(_still_there, thread_sensitive=False)(user_id):
                return
            yield ": still here\n\n"


def _reader(request: HttpRequest) -> User | None:
    """Return who reads the stream, and give back the connection that finding out took."""
    try:
        user = request.user
        if not isinstance(user, User) or not _may_read(user):
            return None
        touch_presence(user)
        return user
    finally:
        if not connection.in_atomic_block:
            connection.close()


def _still_there(user_id: int) -> bool:
    try:
        user = User.objects.filter(pk=user_id, is_active=True).first()
        if user is None or not _may_read(user):
            return False
        touch_presence(user)
        return True
    finally:
        connection.close()


def _may_read(user: User) -> bool:
    return bool(rights_of(user))
