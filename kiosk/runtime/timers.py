"""Timers that ring once, all on one thread. Who waits for what stands in the session's rules."""

import heapq
from collections.abc import Callable
from itertools import count
from threading import Condition, Thread

from kiosk.runtime.clock import Clock
from kiosk.session.visit import Ref

Ring = Callable[[], None]


class Timers:
    """Rings each timer once at its moment, unless it was cancelled before.

    ``ring`` is called on the timers' thread and must only post an event.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._changed = Condition()
        self._heap: list[tuple[float, int, Ref]] = []
        self._rings: dict[Ref, Ring] = {}
        self._order = count()
        self._stopped = False
        self._thread = Thread(target=self._run, name="timers", daemon=True)
        self._thread.start()

    def start(self, ref: Ref, seconds: float, ring: Ring) -> None:
        """Ring after so many seconds."""
        with self._changed:
            self._rings[ref] = ring
            heapq.heappush(self._heap, (self._clock.now() + seconds, next(self._order), ref))
            self._changed.notify_all()

    def cancel(self, ref: Ref) -> None:
        """Let this timer never ring; cancelling twice, or after it rang, is fine."""
        with self._changed:
            self._rings.pop(ref, None)

    def cancel_others(self, visit_id: str) -> None:
        """Cancel every timer that belongs to another visit than this."""
        with self._changed:
            for ref in [ref for ref in self._rings if ref.visit_id != visit_id]:
                del self._rings[ref]

    def stop(self) -> None:
        """Stop the thread; nothing rings afterwards."""
        with self._changed:
            self._stopped = True
            self._rings.clear()
            self._changed.notify_all()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        while True:
            with self._changed:
                due = self._next_due()
                while due is None:
                    if self._stopped:
                        return
                    left = self._heap[0][0] - self._clock.now() if self._heap else None
                    self._clock.wait(self._changed, left)
                    due = self._next_due()
            due()

    def _next_due(self) -> Ring | None:
        while self._heap and not self._stopped and self._heap[0][0] <= self._clock.now():
            _, _, ref = heapq.heappop(self._heap)
            ring = self._rings.pop(ref, None)
            if ring is not None:
                return ring
        return None
