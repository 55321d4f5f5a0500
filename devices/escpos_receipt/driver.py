"""Driver of an ESC/POS receipt printer over one line.

A printer that says nothing is Disconnected, never fine. A receipt counts as printed only when
the in-order answer behind it has come: writing bytes proves nothing.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from threading import RLock

from devices.errors import DeviceError, DeviceTimeout, ProtocolError, TransportClosed
from devices.escpos_receipt.builder import ReceiptStyle, build_receipt
from devices.escpos_receipt.status_bytes import (
    ASK_IN_ORDER,
    STATUS_KINDS,
    ask_status,
    is_in_order_answer,
    is_status,
    judge,
)
from devices.interfaces import PrintOutcome, PrintResult, ReceiptPart, Transport
from devices.status import DeviceStatus, Disconnected, Faulted, is_usable

_BITS_PER_BYTE = 10
_READ_SIZE = 64
_ASKED_BEFORE_A_JOB = 3


@dataclass(frozen=True, slots=True)
class ReceiptTiming:
    """Waits in seconds; ``baud`` tells how long the bytes of a job take on the line."""

    status_s: float = 0.5
    print_s: float = 15.0
    ask_again_s: float = 1.0
    baud: int = 9600


class EscposPrinter:
    """One receipt printer. Each exchange is whole: other threads' calls wait for their turn."""

    def __init__(
        self,
        transport: Transport,
        *,
        style: ReceiptStyle | None = None,
        timing: ReceiptTiming | None = None,
    ) -> None:
        self._transport = transport
        self._style = style or ReceiptStyle()
        self._timing = timing or ReceiptTiming()
        self._turn = RLock()
        self._unproven = False

    def initialise(self) -> None:
        """Check that a printer answers. Raises DeviceTimeout or ProtocolError when none does."""
        self._ask(1)

    def status(self) -> DeviceStatus:
        """Ask for paper, cover and cutter; silence or bytes that are no status: Disconnected."""
        try:
            return judge({kind: self._ask(kind) for kind in STATUS_KINDS})
        except (TransportClosed, DeviceTimeout, ProtocolError) as error:
            return Disconnected(str(error))

    def _status_before_a_job(self) -> DeviceStatus:
        """Ask again when nothing came: one late byte must not cost a resident the receipt."""
        for _ in range(_ASKED_BEFORE_A_JOB - 1):
            status = self.status()
            if not isinstance(status, Disconnected):
                return status
        return self.status()

    def _ask(self, kind: int) -> int:
        with self._turn:
            deadline = time.monotonic() + self._timing.status_s
            self._transport.drain()
            self._transport.write(ask_status(kind), deadline)
            wrong = b""
            while data := self._transport.read(_READ_SIZE, deadline):
                for byte in data:
                    if is_status(byte):
                        return byte
                wrong += data
            if wrong:
                raise ProtocolError(f"answered {wrong[:8].hex()} to DLE EOT {kind}: no status")
            raise DeviceTimeout(f"no answer to DLE EOT {kind} within {self._timing.status_s:g} s")

    def print_receipt(self, parts: Sequence[ReceiptPart]) -> PrintResult:
        """Print, cut, and wait for the in-order proof that the job has ended.

        FAILED when nothing was sent or the printer itself says why it stopped; UNKNOWN when the
        line fell silent afterwards: then the receipt may be out or not.
        """
        with self._turn:
            before = self._status_before_a_job()
            if not is_usable(before):
                return PrintResult(PrintOutcome.FAILED, getattr(before, "detail", ""))
            if self._unproven and not self._settle():
                return PrintResult(PrintOutcome.FAILED, "the last receipt still blocks the printer")
            job = build_receipt(parts, self._style) + ASK_IN_ORDER
            try:
                self._transport.drain()
                self._transport.write(job, self._deadline(len(job)))
                result = self._await_proof(self._deadline(len(job)))
            except DeviceError as error:
                result = self._explain(str(error))
            self._unproven = result.outcome is not PrintOutcome.PRINTED
            return result

    def _settle(self) -> bool:
        """Wait out a receipt that was never proven: its late answer must not prove the next."""
        deadline = self._deadline(len(ASK_IN_ORDER))
        answered = False
        try:
            self._transport.write(ASK_IN_ORDER, deadline)
            while True:
                quiet = deadline if not answered else time.monotonic() + self._timing.status_s
                data = self._transport.read(_READ_SIZE, quiet)
                if not data:
                    return answered
                answered = answered or any(is_in_order_answer(byte) for byte in data)
        except DeviceError:
            return False

    def _deadline(self, size: int) -> float:
        wire_s = size * _BITS_PER_BYTE / self._timing.baud
        return time.monotonic() + wire_s + self._timing.print_s

    def _await_proof(self, deadline: float) -> PrintResult:
        """Wait for the answer to GS r; ask in real time now and then why it does not come."""
        while time.monotonic() < deadline:
            until = min(deadline, time.monotonic() + self._timing.ask_again_s)
            data = self._transport.read(_READ_SIZE, until)
            if any(is_in_order_answer(byte) for byte in data):
                return PrintResult(PrintOutcome.PRINTED)
            if not data and (stopped := self._stopped()) is not None:
                return stopped
        return self._explain("the printer did not confirm the end of the receipt in time")

    def _stopped(self) -> PrintResult | None:
        """Return why printing stopped, None while nothing says that it has."""
        answers: dict[int, int] = {}
        for kind in STATUS_KINDS:
            deadline = time.monotonic() + self._timing.status_s
            self._transport.write(ask_status(kind), deadline)
            while kind not in answers:
                data = self._transport.read(1, deadline)
                if not data:
                    return None
                if is_status(data[0]):
                    answers[kind] = data[0]
                elif is_in_order_answer(data[0]):
                    return PrintResult(PrintOutcome.PRINTED)
        status = judge(answers)
        if is_usable(status):
            return None
        return PrintResult(PrintOutcome.FAILED, getattr(status, "detail", ""))

    def _explain(self, what: str) -> PrintResult:
        """Name the cause where the printer still can; an outcome nobody can prove is UNKNOWN."""
        status = self.status()
        if isinstance(status, Faulted):
            return PrintResult(PrintOutcome.FAILED, f"{what}: {status.detail}")
        return PrintResult(PrintOutcome.UNKNOWN, what)

    def close(self) -> None:
        """Close the line."""
        self._transport.close()
