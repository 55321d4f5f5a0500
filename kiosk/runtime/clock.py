"""Time as the runtime sees it: monotonic seconds, and waiting for a change or a moment."""

import time
from collections.abc import Callable
from datetime import datetime, tzinfo
from threading import Condition
from typing import Protocol


class Clock(Protocol):
    """Monotonic time; tests put one in that they move by hand."""

    def now(self) -> float:
        """Return monotonic seconds."""
        ...

    def wait(self, changed: Condition, seconds: float | None) -> None:
        """Wait, holding ``changed``, until it is notified or so many seconds have passed."""
        ...


def wall_clock(zone: tzinfo) -> Callable[[], datetime]:
    """Return what tells the hall's time, for papers, cards and the screen: aware, in ``zone``."""
    return lambda: datetime.now(zone)


class MonotonicClock:
    """The computer's monotonic clock."""

    def now(self) -> float:
        """Return ``time.monotonic()``."""
        return time.monotonic()

    def wait(self, changed: Condition, seconds: float | None) -> None:
        """Wait, holding ``changed``, until it is notified or so many seconds have passed."""
        changed.wait(seconds)
