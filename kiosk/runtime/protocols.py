"""What the runtime needs of its siblings; the application wires the real ones."""

from dataclasses import dataclass
from threading import Event
from typing import Protocol

from kiosk.session.facts import Comparison
from kiosk.values import Score


@dataclass(frozen=True, slots=True)
class References:
    """Which of the portraits given are usable references."""

    chip: bool
    record: bool


@dataclass(frozen=True, slots=True)
class CaptureEnd:
    """How watching the camera ended; ``camera_lost`` when no frames came at all."""

    captured: bool
    camera_lost: bool = False


@dataclass(frozen=True, slots=True)
class EyesSeen:
    """Where the eyes are in a portrait (live, chip or record): fractions of its size."""

    portrait: str
    left: tuple[float, float]
    right: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Match:
    """A comparison, and what staff may have to look at.

    The live portrait (JPEG), the eyes in each portrait, and chip against record where both are
    usable.
    """

    comparison: Comparison
    live_portrait: bytes | None
    eyes: tuple[EyesSeen, ...] = ()
    between: Score | None = None


class PortraitMatcher(Protocol):
    """Guides a capture and compares it. Every call blocks on a worker thread."""

    def set_references(
        self,
        chip: bytes | None,
        record: bytes | None,
        *,
        case: bytes | None = None,
        chip_authenticated: bool,
    ) -> References:
        """Take the encoded portraits of this visit; say which can be compared with.

        ``case`` is the live one of a case that the visit has taken up.
        """
        ...

    def capture(self, attempt: int, cancel: Event) -> CaptureEnd:
        """Watch the camera until enough good frames are there, in vain, or ``cancel``."""
        ...

    def compare(self, attempt: int) -> Match:
        """Compare the capture with every reference there is."""
        ...

    def forget(self) -> None:
        """Forget references, frames and everything computed of them."""
        ...
