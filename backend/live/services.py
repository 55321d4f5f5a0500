"""Bump the version with a change; wait for one without holding a database connection.

The row changes in the same transaction as what it announces, so whoever sees the new version
sees the change. How a process learns of it is ``backend.live.versions``.
"""

import asyncio
import contextlib
from weakref import WeakKeyDictionary

from django.db import connection

from backend.live.models import LiveVersion
from backend.live.versions import CHANNEL
from backend.live.watcher import Watcher


def bump() -> int:
    """Announce a change; call it inside the transaction that makes it. Return the version."""
    postgresql = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        cursor.execute(_BUMP_AND_TELL if postgresql else _BUMP)
        row = cursor.fetchone()
    if row is None:  # the very first change of a new database
        LiveVersion.objects.create(id=1)
        return bump()
    return int(row[0])


_BUMP = "UPDATE live_liveversion SET version = version + 1 WHERE id = 1 RETURNING version"
# Delivered when the transaction commits, and not at all when it does not.
_BUMP_AND_TELL = (
    f"WITH bumped AS ({_BUMP}) "  # noqa: S608 - constants
    f"SELECT version, pg_notify('{CHANNEL}', version::text) FROM bumped"
)


def current_version() -> int:
    """Return the newest committed version (or, inside a transaction, the one just made)."""
    return LiveVersion.objects.filter(id=1).values_list("version", flat=True).first() or 0


_watchers: WeakKeyDictionary[asyncio.AbstractEventLoop, Watcher] = WeakKeyDictionary()


async def wait_for_change(after: int, timeout_s: float) -> int:
    """Return the version as soon as it is above ``after``, or the newest known when time is up."""
    watcher = _watchers.setdefault(asyncio.get_running_loop(), Watcher())
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(timeout_s):
            return await watcher.above(after)
    return max(after, watcher.seen)
