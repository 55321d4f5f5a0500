"""A day or a month of the calendar, or what a closing counts. Pure but for the hall's time zone."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from django.utils import timezone

NAME = re.compile(r"2[01][0-9]{2}-[0-9]{2}(-[0-9]{2})?")


Kind = Literal["day", "month", "closing"]
"""A calendar day, a calendar month, or the moments that the signed report of a day counts."""


@dataclass(frozen=True, slots=True)
class Span:
    """Moments from ``start`` until before ``end``; ``name`` is 2026-11-24 or 2026-11.

    A day's closing has the day's name and dates, but other moments: a hall that works at night is
    never closed at midnight.
    """

    kind: Kind
    first: date
    last: date
    name: str
    start: datetime
    end: datetime

    @property
    def is_day(self) -> bool:
        """Say whether it is a day of the calendar."""
        return self.kind == "day"

    @property
    def file_name(self) -> str:
        """Return what stands in the name of a file, so that a closing is not taken for a day."""
        return f"closing-{self.name}" if self.kind == "closing" else self.name


def day_start(day: date) -> datetime:
    """Return the first moment of a day in the hall's time zone."""
    return datetime.combine(day, time(), timezone.get_default_timezone())


def day_span(day: date) -> Span:
    """Return one day."""
    end = day_start(day + timedelta(days=1))
    return Span("day", day, day, day.isoformat(), day_start(day), end)


def closing_span(day: date, since: datetime, until: datetime) -> Span:
    """Return what a day's closing counts."""
    return Span("closing", day, day, day.isoformat(), since, until)


def month_span(year: int, month: int) -> Span:
    """Return one month."""
    first = date(year, month, 1)
    last = date(year, month, calendar.monthrange(year, month)[1])
    end = day_start(last + timedelta(days=1))
    return Span("month", first, last, f"{year:04d}-{month:02d}", day_start(first), end)


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
