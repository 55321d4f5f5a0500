"""What went over a line: counted for benchmarks, or logged with its contents masked.

Must not show contents: MRZ and chip data are personal, and a log outlives the visit.
"""

import logging
import time
from collections.abc import Callable
from enum import StrEnum
from threading import Lock

TRAFFIC = 5
"""Log level of single frames; below DEBUG, so that nobody switches it on by accident."""

BITS_PER_BYTE = 10  # 8N1: start bit, eight data bits, stop bit
_SHOWN_BYTES = 4  # enough to tell frames apart, too few to hold anything of a person


class Direction(StrEnum):
    """Which way bytes went, seen from the host."""

    OUT = "out"
    IN = "in"


TrafficLog = Callable[[Direction, float, bytes], None]
"""Receives direction, ``time.monotonic()`` and the bytes of each write and each read."""


class WireLog:
    """Counts the bytes of a line, independent of whoever slows it down."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.bytes_out = 0
        self.bytes_in = 0

    def __call__(self, direction: Direction, at: float, data: bytes) -> None:
        """Count one write or read."""
        with self._lock:
            if direction is Direction.OUT:
                self.bytes_out += len(data)
            else:
                self.bytes_in += len(data)

    @property
    def total(self) -> int:
        """Return the bytes of both directions."""
        return self.bytes_out + self.bytes_in

    def wire_seconds(self, baud: int) -> float:
        """Return the time these bytes need on a half-duplex 8N1 line."""
        return self.total * BITS_PER_BYTE / baud


class MaskedLog:
    """Writes what goes over a line to a logger, without what it says.

    Of everything that goes one way before the line turns round, only the first four bytes are
    shown. A limit for each piece would not do: a line that trickles would show it all.
    """

    def __init__(self, name: str) -> None:
        self._logger = logging.getLogger(name)
        self._direction: Direction | None = None
        self._left = 0

    def __call__(self, direction: Direction, at: float, data: bytes) -> None:
        """Log one write or read at level TRAFFIC."""
        if direction is not self._direction:
            self._direction, self._left = direction, _SHOWN_BYTES
        shown, hidden = data[: self._left], len(data) - self._left
        self._left -= len(shown)
        if self._logger.isEnabledFor(TRAFFIC):
            arrow = ">" if direction is Direction.OUT else "<"
            rest = f" ..+{hidden}" if hidden > 0 else ""
            self._logger.log(TRAFFIC, "%s %s%s", arrow, shown.hex(" ").upper(), rest)


def note(traffic: TrafficLog | None, direction: Direction, data: bytes) -> None:
    """Tell a traffic log, if there is one, about bytes that just went."""
    if traffic is not None and data:
        traffic(direction, time.monotonic(), data)
