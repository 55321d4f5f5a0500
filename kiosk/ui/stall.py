"""How long the screen ever stood still."""

import time


class StallMeter:
    """The longest gap between two frames of the clock since ``reset``."""

    def __init__(self) -> None:
        self._last: float | None = None
        self.worst_s = 0.0
        self.frames = 0

    def reset(self) -> None:
        """Begin anew."""
        self._last = None
        self.worst_s = 0.0
        self.frames = 0

    def tick(self) -> None:
        """Note one frame."""
        now = time.monotonic()
        if self._last is not None:
            self.worst_s = max(self.worst_s, now - self._last)
        self._last = now
        self.frames += 1
