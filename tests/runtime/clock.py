"""A clock that tests move."""

from threading import Condition, Lock


class HandClock:
    """Stands still until ``advance``; whoever waits is woken and looks at the time again."""

    def __init__(self) -> None:
        self._now = 1000.0
        self._lock = Lock()
        self._waiting: set[Condition] = set()

    def now(self) -> float:
        return self._now

    def wait(self, changed: Condition, seconds: float | None) -> None:
        with self._lock:
            self._waiting.add(changed)
        changed.wait()

    def advance(self, seconds: float) -> None:
        with self._lock:
            self._now += seconds
            waiting, self._waiting = self._waiting, set()
        for changed in waiting:
            with changed:
                changed.notify_all()
