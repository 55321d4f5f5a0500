"""The threads of a server process: few, so that each may hold a database connection.

With a thread for each request, two hundred of them would wait for twenty connections, some with a
lock in hand that those who have a connection wait for. And Python runs one at a time: more threads
than these only make each of them, and the loop that reads and sends, wait for its turn.
"""

import asyncio
import contextvars
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.db import connections

P = ParamSpec("P")
T = TypeVar("T")

# Whoever draws a page gives way after a millisecond, not after Python's five: a sign of life needs
# little, but waited behind eight threads and the loop for each bit of it.
sys.setswitchinterval(0.001)

THREADS = 4
"""Of each of the two kinds."""
KIOSKS = ThreadPoolExecutor(THREADS, thread_name_prefix="kiosks")
"""Answers kiosks: fifty clerks who reach for one case keep no kiosk waiting."""
STAFF = ThreadPoolExecutor(THREADS, thread_name_prefix="staff")
"""Answers pages, and draws what they show."""


async def in_thread(
    pool: ThreadPoolExecutor, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """Do ``work`` on one of the pool's threads, with the context of who asks."""
    context = contextvars.copy_context()
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(pool, lambda: context.run(work, *args, **kwargs))


async def with_database(
    pool: ThreadPoolExecutor, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """Do ``work`` on a thread and give back the database connection that it took."""

    def run() -> T:
        try:
            return work(*args, **kwargs)
        finally:
            connections.close_all()

    return await in_thread(pool, run)
