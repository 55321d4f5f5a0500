"""What the screens need from others: frames and guidance. Whoever has them fits these shapes."""

from dataclasses import dataclass
from typing import Protocol

from kiosk.values import Frame, HeadMove, Hint


@dataclass(frozen=True, slots=True)
class Guidance:
    """What helps most right now; ``progress`` 0..1; ``face`` as x, y, w, h in frame pixels.

    ``lamp`` asks the screen to light the face; ``move`` is what to do now, instead of the hint.
    """

    hint: Hint = Hint.TAKE_OFF
    progress: float = 0.0
    face: tuple[int, int, int, int] | None = None
    lamp: bool = False
    move: HeadMove | None = None


class FrameSource(Protocol):
    """Where the live picture comes from."""

    def latest(self) -> Frame | None:
        """Return the newest frame without waiting, None when there is none."""


class GuidanceSource(Protocol):
    """Where the hint comes from."""

    def latest(self) -> Guidance:
        """Return the newest guidance without waiting."""
