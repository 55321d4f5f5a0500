"""Devices as the kiosk uses them: each interface over its supervisor, callable from any thread.

A call runs on the port's owner thread and comes back with its result or its exception; a device
that is disconnected refuses at once.
"""

import contextlib
from collections.abc import Callable, Sequence
from concurrent.futures import TimeoutError as FutureTimeout
from threading import Event
from typing import Generic, Protocol, TypeVar

from devices.errors import DeviceError, DeviceTimeout
from devices.interfaces import (
    BackLine,
    CardPosition,
    CardSlot,
    ChipConnection,
    ChipReader,
    DocumentReader,
    EndorsementPrinter,
    FieldPresence,
    PrintResult,
    ReceiptPart,
    ReceiptPrinter,
)
from devices.status import DeviceStatus
from devices.supervisor import Supervised, Supervisor

_FENCE_S = 120.0
"""Longer than any command's own deadline; only a driver that breaks its word meets it."""

D = TypeVar("D", bound=Supervised)
R = TypeVar("R")


class SlotAndPrinter(Supervised, CardSlot, EndorsementPrinter, Protocol):
    """One device that is card slot and endorsement printer."""

    def status(self) -> DeviceStatus:
        """Ask the device how it is."""
        ...


class SupervisedDocumentReader(Supervised, DocumentReader, Protocol):
    """A document reader's driver."""

    def status(self) -> DeviceStatus:
        """Ask the device how it is."""
        ...


class SupervisedChipReader(Supervised, ChipReader, Protocol):
    """A chip reader's driver."""

    def status(self) -> DeviceStatus:
        """Ask the device how it is."""
        ...


class SupervisedReceiptPrinter(Supervised, ReceiptPrinter, Protocol):
    """A receipt printer's driver."""

    def status(self) -> DeviceStatus:
        """Ask the device how it is."""
        ...


class _Owned(Generic[D]):
    def __init__(self, supervisor: Supervisor[D]) -> None:
        self._supervisor = supervisor

    def status(self) -> DeviceStatus:
        """Return what the device last said of itself; never waits."""
        return self._supervisor.status()

    def _call(
        self,
        work: Callable[[D], R],
        cancel: Event | None = None,
        within_s: float | None = _FENCE_S,
    ) -> R:
        future = self._supervisor.submit(work, cancel)
        try:
            return future.result(within_s)
        except FutureTimeout:
            future.cancel()
            raise DeviceTimeout(f"{self._supervisor.name} kept its owner too long") from None


class OwnedCardPrinter(_Owned[SlotAndPrinter]):
    """Card slot and endorsement printer in one device."""

    def __init__(
        self, supervisor: Supervisor[SlotAndPrinter], *, max_lines: int, max_columns: int
    ) -> None:
        super().__init__(supervisor)
        self.has_bin = False
        self.max_lines = max_lines
        self.max_columns = max_columns

    def position(self) -> CardPosition:
        """Read the sensors."""
        return self._call(lambda driver: driver.position())

    def take_in(self, cancel: Event) -> bool:
        """Wait for a card and take it in; the port is busy until then or until cancelled."""
        return self._call(lambda driver: driver.take_in(cancel), cancel, None)

    def eject(self) -> CardPosition:
        """Move the card to the gate."""
        return self._call(lambda driver: driver.eject())

    def capture(self) -> CardPosition:
        """Draw the card into the bin. Raises CommandFailed where the slot has no bin."""
        return self._call(lambda driver: driver.capture())

    def rewrite(self, lines: Sequence[BackLine]) -> PrintResult:
        """Erase the back and print the whole of it anew."""
        return self._call(lambda driver: driver.rewrite(lines))


class OwnedDocumentReader(_Owned[SupervisedDocumentReader]):
    """A document reader."""

    def read_mrz(self) -> str | None:
        """Return the MRZ text as seen, None when none was read."""
        return self._call(lambda driver: driver.read_mrz())


class OwnedChipReader(_Owned[SupervisedChipReader]):
    """A chip reader; its connections go through the owner thread APDU by APDU."""

    def presence(self) -> FieldPresence:
        """Say how many chips are in the field."""
        return self._call(lambda driver: driver.presence())

    def connect(self) -> ChipConnection:
        """Power the one chip in the field."""
        inner = self._call(lambda driver: driver.connect())
        return _OwnedConnection(self, inner)

    def on_owner(self, work: Callable[[], R]) -> R:
        """Run ``work`` on the port's owner thread."""
        return self._call(lambda _: work())


class _OwnedConnection:
    def __init__(self, reader: OwnedChipReader, inner: ChipConnection) -> None:
        self.uid = inner.uid
        self._reader = reader
        self._inner = inner

    def transmit(self, command: bytes) -> bytes:
        """Send one command APDU, return the response APDU."""
        return self._reader.on_owner(lambda: self._inner.transmit(command))

    def close(self) -> None:
        """Power the chip off; closing twice is fine, and so is a reader that is gone."""
        with contextlib.suppress(DeviceError):
            self._reader.on_owner(self._inner.close)


class OwnedReceiptPrinter(_Owned[SupervisedReceiptPrinter]):
    """A receipt printer."""

    def print_receipt(self, parts: Sequence[ReceiptPart]) -> PrintResult:
        """Print, cut, and wait for the proof that the job has ended."""
        return self._call(lambda driver: driver.print_receipt(parts))
