"""Bump the version with a change; wait for one without holding a database connection.

The row changes in the same transaction as what it announces, so whoever sees the new version
sees the change. All waiters of a process share one look at the row.
"""

import asyncio
import contextlib
from weakref import WeakKeyDictionary

from asgiref.sync import sync_to_async
from django.db import connection
from django.db.models import F

from backend.config import hall
from backend.live.models import LiveVersion


def bump() -> int:
    """Announce a change; call it inside the transaction that makes it. Return the version."""
    if not LiveVersion.objects.filter(id=1).update(version=F("version") + 1):
        LiveVersion.objects.create(id=1, version=1)
        return 1
    return current_version()


def current_version() -> int:
    """Return the newest committed version (or, inside a transaction, the one just made)."""
    return LiveVersion.objects.filter(id=1).values_list("version", flat=True).first() or 0


def _look() -> int:
    try:
        return current_version()
    finally:
        connection.close()


class _Watcher:
    """One loop's look at the row, alive only while somebody waits."""

    def __init__(self) -> None:
        self._waiters: set[asyncio.Future[int]] = set()
        self._task: asyncio.Task[None] | None = None
        self.seen = -1

    async def next_look(self) -> int:
        """Return the version at the next look."""
        future: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._waiters.add(future)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())
        try:
            return await future
        finally:
            self._waiters.discard(future)

    async def _run(self) -> None:
        while self._waiters:
            try:
                version = await sync_to_async(_look, thread_sensitive=False)()
            except Exception as error:
                self._tell_error(error)
                return
            for future in list(self._waiters):
                if not future.done():
                    future.set_result(version)
            await asyncio.sleep(hall().timers.live_poll_ms / 1000)

    def _tell_error(self, error: Exception) -> None:
        for future in list(self._waiters):
            if not future.done():
                future.set_exception(error)


_watchers: WeakKeyDictionary[asyncio.AbstractEventLoop, _Watcher] = WeakKeyDictionary()


async def wait_for_change(after: int, timeout_s: float) -> int:
    """Return the version as soon as it is above ``after``, or the newest when time is up."""
    watcher = _watchers.setdefault(asyncio.get_running_loop(), _Watcher())
    version = await watcher.next_look()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(timeout_s):
            while version <= after:
                version = await watcher.next_look()
    return version
