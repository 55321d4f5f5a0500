"""A progress bar for long measurements: drawn on a terminal, a line now and then elsewhere."""

import time
from collections.abc import Callable
from typing import TextIO

Report = Callable[[int, int], None]
"""What is told of work under way: how many are done, of how many."""

_BAR = 30
_LINES = 10


class Progress:
    """Shows how many pictures are done and how long the rest will take."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._bar_open = False
        self._started_s = time.monotonic()
        self._lines_said = 0

    def __call__(self, done: int, of: int) -> None:
        """Say that ``done`` of ``of`` pictures are done."""
        took_s = time.monotonic() - self._started_s
        left_s = took_s / max(done, 1) * (of - done)
        said = f"{done}/{of} pictures, {took_s:.0f} s, {left_s:.0f} s left"
        if self._stream.isatty():
            filled = _BAR * done // of
            bar = "#" * filled + "-" * (_BAR - filled)
            self._stream.write(f"\r[{bar}] {said:<50}" + ("\n" if done == of else ""))
            self._bar_open = done < of
        elif done * _LINES // of > self._lines_said:
            self._lines_said = done * _LINES // of
            self._stream.write(f"{said}\n")
        self._stream.flush()

    def close(self) -> None:
        """End the line of a bar that was left, so that what is said next has its own."""
        if self._bar_open:
            self._bar_open = False
            self._stream.write("\n")
