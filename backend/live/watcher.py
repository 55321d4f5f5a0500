"""All who wait in one event loop, and the one task that tells them."""

import asyncio
import logging

from backend.live.versions import versions

LOG = logging.getLogger(__name__)
AGAIN_S = 0.5
"""How long after a failure the database is asked again."""


class Watcher:
    """Keeps the newest version that this loop knows; runs only once somebody has waited."""

    def __init__(self) -> None:
        self._waiters: set[asyncio.Future[None]] = set()
        self._task: asyncio.Task[None] | None = None
        self.seen = -1

    async def above(self, after: int) -> int:
        """Return the newest version as soon as it is above ``after``."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())
        while self.seen <= after:
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiters.add(future)
            try:
                await future
            finally:
                self._waiters.discard(future)
        return self.seen

    async def _run(self) -> None:
        while True:
            try:
                async for version in versions(self._idle):
                    self._tell(version)
                return
            except Exception:
                # Whoever waits meanwhile is answered when their own time is up.
                LOG.exception("the live version cannot be read; trying again")
                await asyncio.sleep(AGAIN_S)

    def _idle(self) -> bool:
        return not self._waiters

    def _tell(self, version: int) -> None:
        if version <= self.seen:
            return
        self.seen = version
        for future in self._waiters:
            if not future.done():
                future.set_result(None)
