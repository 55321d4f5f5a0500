"""Whoever acts goes first: what open pages follow is drawn once the acts' answers are out.

A claim is a change. Of fifty clerks who reach for one case forty-nine would wait behind the drawing
of what the first of them changed, for two hundred pages that need it only within a second.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

LONGEST_S = 0.3
"""Pages wait no longer than this, however many act."""
MOMENT_S = 0.03
"""Who acts on a change that is only just made is still on the way."""
LOOK_S = 0.01

_acting = 0


@contextmanager
def acting() -> Iterator[None]:
    """Let the pages of this process wait; use it in the event loop's thread."""
    global _acting
    _acting += 1
    try:
        yield
    finally:
        _acting -= 1


async def until_nobody_acts() -> None:
    """Return when nobody acts, and after ``LONGEST_S`` in any case."""
    latest = monotonic() + LONGEST_S
    await asyncio.sleep(MOMENT_S)
    while _acting and monotonic() < latest:
        await asyncio.sleep(LOOK_S)
