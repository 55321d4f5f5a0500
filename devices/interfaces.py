"""What the kiosk may know of its hardware: one small Protocol for each kind of device.

One device may offer several of these (a card printer is a slot and an endorsement printer).
Every call blocks at most until its own deadline and may raise ``devices.errors``; a call
belongs on a worker thread, never on the thread that draws.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from threading import Event
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from devices.status import DeviceStatus


class Transport(Protocol):
    """Bytes in and out with deadlines. One owner thread; ``deadline`` is ``time.monotonic()``."""

    def write(self, data: bytes, deadline: float) -> None:
        """Write all bytes, or raise DeviceTimeout or TransportClosed."""
        ...

    def read(self, size: int, deadline: float, cancel: Event | None = None) -> bytes:
        """Return 1..size bytes as soon as any are there; b"" when the deadline passes.

        Raises TransportClosed when the line is gone, Cancelled when ``cancel`` is set.
        """
        ...

    def drain(self) -> bytes:
        """Throw away and return what has arrived and nobody asked for."""
        ...

    def close(self) -> None:
        """Close the line; closing twice is fine."""
        ...


class CardPosition(StrEnum):
    """Where the sensors say the card is."""

    NONE = "none"
    AT_GATE = "at_gate"
    INSIDE = "inside"
    UNKNOWN = "unknown"


class CardSlot(Protocol):
    """A slot that takes a card in, knows where it is, and gives it back."""

    has_bin: bool

    def status(self) -> DeviceStatus:
        """Ask the device how it is; Disconnected when it does not answer."""
        ...

    def position(self) -> CardPosition:
        """Read the sensors."""
        ...

    def take_in(self, cancel: Event) -> bool:
        """Wait for a card and take it in; False when ``cancel`` was set and no card came."""
        ...

    def eject(self) -> CardPosition:
        """Move the card to the gate for the person to take; return where it is then."""
        ...

    def capture(self) -> CardPosition:
        """Draw the card into the bin. Raises CommandFailed where the slot has no bin."""
        ...


class DocumentReader(Protocol):
    """Reads the printed machine-readable zone."""

    def status(self) -> DeviceStatus:
        """Ask the device how it is."""
        ...

    def read_mrz(self) -> str | None:
        """Return the MRZ text as seen (lines joined by newline), None when none was read."""
        ...


class FieldPresence(StrEnum):
    """How many chips answer in the antenna's field."""

    EMPTY = "empty"
    ONE = "one"
    SEVERAL = "several"


class ChipConnection(Protocol):
    """One powered chip."""

    uid: bytes

    def transmit(self, command: bytes) -> bytes:
        """Send one command APDU, return the response APDU with its two status bytes."""
        ...

    def close(self) -> None:
        """Power the chip off; closing twice is fine."""
        ...


class ChipReader(Protocol):
    """Powers a contactless chip and carries APDUs to it."""

    def status(self) -> DeviceStatus:
        """Ask the device how it is."""
        ...

    def presence(self) -> FieldPresence:
        """Say how many chips are in the field, without keeping one powered."""
        ...

    def connect(self) -> ChipConnection:
        """Power the one chip in the field. Raises CommandFailed when there is none or several."""
        ...


class PrintOutcome(StrEnum):
    """How a print ended. UNKNOWN is never printed again without a person's word."""

    PRINTED = "printed"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class BackLine:
    """One printed line of a card's back; ``tall`` doubles its height."""

    text: str
    tall: bool = False


@dataclass(frozen=True, slots=True)
class PrintResult:
    """Outcome of one print, with the device's own words for staff."""

    outcome: PrintOutcome
    detail: str = ""
    erased: bool = False


class EndorsementPrinter(Protocol):
    """Rewrites the back of the card that lies in the machine."""

    max_lines: int
    max_columns: int

    def status(self) -> DeviceStatus:
        """Ask the device how it is."""
        ...

    def rewrite(self, lines: Sequence[BackLine]) -> PrintResult:
        """Erase the back and print the whole of it anew. Never repeats a print by itself."""
        ...


class CardInspector(Protocol):
    """Looks at a printed back."""

    def inspect(self, lines: Sequence[BackLine]) -> bool:
        """Say whether the back shows these lines."""
        ...


@dataclass(frozen=True, slots=True)
class Text:
    """Receipt text in any language; ``scale`` 1 to 3, printed as raster where needed."""

    text: str
    scale: int = 1
    bold: bool = False
    centred: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A label at the left and a value at the right of one receipt line."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class QrCode:
    """A QR code with this text."""

    text: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A thin line across the receipt."""


ReceiptPart = Text | Row | QrCode | Rule


class ReceiptPrinter(Protocol):
    """Prints a receipt and proves that it is out."""

    def status(self) -> DeviceStatus:
        """Ask the device how it is: paper, cover, cutter; silence is Disconnected."""
        ...

    def print_receipt(self, parts: Sequence[ReceiptPart]) -> PrintResult:
        """Print, cut, and wait for the in-order proof that the job has ended."""
        ...


@dataclass(frozen=True, slots=True)
class CameraFrame:
    """One picture: ``image`` is (height, width, 3) uint8 BGR; time is ``time.monotonic()``."""

    image: NDArray[np.uint8]
    captured_at: float
    number: int


class Camera(Protocol):
    """Frames from a device, a video, a folder or a stream, on a thread of its own."""

    def status(self) -> DeviceStatus:
        """Judge by frame age and by identical frames; Disconnected when none come."""
        ...

    def latest(self) -> CameraFrame | None:
        """Return the newest frame, None before the first."""
        ...

    def expose(self, steps: int) -> None:
        """Ask for half stops of exposure more (negative: less) than the source's own; 0 for that.

        Returns at once. A source that has no such control, or refuses, stays as it is.
        """
        ...

    def close(self) -> None:
        """Stop the thread and release the source."""
        ...
