"""A day or a month of the hall, as moments. Pure but for the hall's time zone."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

NAME = re.compile(r"2[01][0-9]{2}-[0-9]{2}(-[0-9]{2})?")


@dataclass(frozen=True, slots=True)
class Span:
    """From ``first`` to ``last``, both included; ``name`` is 2026-11-24 or 2026-11."""

    first: date
    last: date
    name: str

    @property
    def start(self) -> datetime:
        """Return its first moment."""
        return day_start(self.first)

    @property
    def end(self) -> datetime:
        """Return the first moment after it."""
        return day_start(self.last + timedelta(days=1))

    @property
    def is_day(self) -> bool:
        """Say whether it is a single day."""
        return self.first == self.last


def day_start(day: date) -> datetime:
    """Return the first moment of a day in the hall's time zone."""
    return datetime.combine(day, time(), timezone.get_default_timezone())


def day_span(day: date) -> Span:
    """Return one day."""
    return Span(day, day, day.isoformat())


def month_span(year: int, month: int) -> Span:
    """Return one month."""
    last = calendar.monthrange(year, month)[1]
    return Span(date(year, month, 1), date(year, month, last), f"{year:04d}-{month:02d}")


def parse_span(text: str) -> Span | None:
    """Read 2026-11-24 or 2026-11; None for anything else."""
    if NAME.fullmatch(text) is None:
        return None
    try:
        if len(text) == 10:
            return day_span(date.fromisoformat(text))
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        return None
    return month_span(first.year, first.month)
