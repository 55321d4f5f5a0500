"""The server's clock, in one place, so that a simulated day can bring its own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta

from django.utils import timezone

_read: ContextVar[Callable[[], datetime]] = ContextVar("clock", default=timezone.now)


def now() -> datetime:
    """Return the moment, aware, in UTC."""
    return _read.get()()


@contextmanager
def running_on(read: Callable[[], datetime]) -> Iterator[None]:
    """Let the code inside live by another clock."""
    token = _read.set(read)
    try:
        yield
    finally:
        _read.reset(token)


def ago(seconds: float) -> datetime:
    """Return the moment ``seconds`` before now."""
    return now() - timedelta(seconds=seconds)


def ahead(seconds: float) -> datetime:
    """Return the moment ``seconds`` from now."""
    return now() + timedelta(seconds=seconds)


def is_within(moment: datetime, earliest: timedelta, latest: timedelta) -> bool:
    """Say whether a moment from outside lies between these distances from now.

    What does not cannot be stored either: the ends of the calendar overflow in UTC.
    """
    try:
        return earliest <= moment - now() <= latest
    except OverflowError:
        return False
