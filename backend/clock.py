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
