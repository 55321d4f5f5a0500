"""The server's clock, in one place."""

from datetime import datetime, timedelta

from django.utils import timezone


def now() -> datetime:
    """Return the moment, aware, in UTC."""
    return timezone.now()


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
