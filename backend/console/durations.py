"""Spans of time in words, the same in templates and in console.js. Pure."""

from datetime import datetime

from backend.console.texts import say

HOUR_S = 3600
DAY_S = 24 * HOUR_S


def format_span(seconds: float, language: str) -> str:
    """Return minutes and seconds under an hour, hours and minutes under a day, days beyond."""
    whole = max(0, int(seconds))
    if whole < HOUR_S:
        return f"{whole // 60}:{whole % 60:02d}"
    if whole < DAY_S:
        return say(language, "time.hours", h=whole // HOUR_S, m=whole % HOUR_S // 60)
    return say(language, "time.days", d=whole // DAY_S, h=whole % DAY_S // HOUR_S)


def format_until(moment: datetime, now: datetime, language: str) -> str:
    """Return the span from ``now`` to ``moment``; zero when it has passed."""
    return format_span((moment - now).total_seconds(), language)


def format_since(moment: datetime, now: datetime, language: str) -> str:
    """Return the span from ``moment`` to ``now``."""
    return format_span((now - moment).total_seconds(), language)
