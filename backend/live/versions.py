"""How a process learns of changes that another one made.

PostgreSQL tells: one connection of the process listens for all who wait in it. SQLite cannot, so
the version's row is looked at many times a second, by one look for all.
"""

import asyncio
from collections.abc import AsyncIterator, Callable

from asgiref.sync import sync_to_async
from django.db import connection

from backend.config import hall
from backend.database import own_connection

CHANNEL = "hall_live"
LOOK_S = 5.0
"""How often a listener reads the row all the same: a line can die without a word."""
LOOK_WITHIN_S = 10.0
_READ = "SELECT version FROM live_liveversion WHERE id = 1"


def versions(idle: Callable[[], bool]) -> AsyncIterator[int]:
    """Return the versions as they come, the present one first; it may end when ``idle``."""
    return _heard() if connection.vendor == "postgresql" else _looked_up(idle)


async def _looked_up(idle: Callable[[], bool]) -> AsyncIterator[int]:
    while not idle():
        yield await sync_to_async(_look, thread_sensitive=False)()
        await asyncio.sleep(hall().timers.live_poll_ms / 1000)


def _look() -> int:
    try:
        with connection.cursor() as cursor:
            cursor.execute(_READ)
            row = cursor.fetchone()
        return int(row[0]) if row else 0
    finally:
        connection.close()


async def _heard() -> AsyncIterator[int]:
    from psycopg import AsyncConnection

    listener = await AsyncConnection.connect(**own_connection(), autocommit=True)
    async with listener:
        await listener.execute(f"LISTEN {CHANNEL}")
        while True:
            # After LISTEN, so that nothing falls between the two.
            async with asyncio.timeout(LOOK_WITHIN_S):
                row = await (await listener.execute(_READ)).fetchone()
            yield int(row[0]) if row else 0
            async for told in listener.notifies(timeout=LOOK_S):
                yield int(told.payload)
