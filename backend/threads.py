"""The threads of a server process: few enough that each may hold a database connection.

What waits in a queue for a thread holds nothing that others need. With a thread for each request,
two hundred of them would wait for twenty connections, each with a lock or the interpreter in hand.
"""

import asyncio
import contextvars
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.db import connections

P = ParamSpec("P")
T = TypeVar("T")

WORKERS = 12
"""Enough that some go on while others wait for the one that writes."""

_pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="work")


async def in_thread(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Do ``work`` on one of the process's threads, with the context of who asks."""
    context = contextvars.copy_context()
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_pool, lambda: context.run(work, *args, **kwargs))


async def with_database(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Do ``work`` on a thread and give back the database connection that it took."""

    def run() -> T:
        try:
            return work(*args, **kwargs)
        finally:
            connections.close_all()

    return await in_thread(run)
