"""An ESC/POS printer on its end of a serial line, with the faults such printers have."""

import time
from collections import deque
from dataclasses import dataclass
from threading import Condition

from devices.escpos_receipt.commands import Command, CommandSplitter, Token
from devices.escpos_receipt.interpreter import Interpreter, Receipt
from devices.interfaces import Transport
from devices.transport import LineEmulator

_TICK_S = 0.01
_FIXED = 0x12


@dataclass(slots=True)
class ReceiptFaults:
    """Faults of paper, mechanics and line.

    ``silent``: hears nothing, says nothing. ``garbage``: answers status with bytes that are none.
    ``paper_out_after`` and ``power_lost_after``: so many further commands are carried out first.
    """

    paper_out: bool = False
    near_end: bool = False
    cover_open: bool = False
    cutter_stuck: bool = False
    silent: bool = False
    garbage: bool = False
    paper_out_after: int | None = None
    power_lost_after: int | None = None


class EscposEmulator(LineEmulator):
    """The printer; finished paper is in ``receipts``."""

    def __init__(
        self,
        *,
        baud: int | None = None,
        line: Transport | None = None,
        command_s: float = 0.0,
    ) -> None:
        super().__init__("receipt printer", baud=baud, line=line)
        self.faults = ReceiptFaults()
        self.powered = True
        self._command_s = command_s
        self._changed = Condition()
        self._splitter = CommandSplitter()
        self._interpreter = Interpreter()
        self._queue: deque[Token] = deque()
        self._cutter_blocked = False

    @property
    def receipts(self) -> list[Receipt]:
        """Return the receipts that were cut off, oldest first."""
        with self._changed:
            return list(self._interpreter.receipts)

    def tear_off(self) -> Receipt | None:
        """Tear off what hangs out uncut, as after a failure; None when nothing does."""
        with self._changed:
            return self._interpreter.tear_off()

    def power_off(self) -> None:
        """Cut the power: silence, and everything not yet printed is lost."""
        with self._changed:
            self.powered = False
            self._queue.clear()
            self._splitter.reset()

    def power_on(self) -> None:
        """Give power back."""
        with self._changed:
            self.faults.power_lost_after = None
            self._cutter_blocked = False
            self.powered = True

    def _wait_s(self) -> float:
        return _TICK_S

    def _heard(self, data: bytes) -> None:
        with self._changed:
            self._turn(data)

    def _turn(self, data: bytes) -> None:
        if not self.powered or self.faults.silent:
            return
        for token in self._splitter.feed(data):
            if isinstance(token, Command) and token.name == b"\x10\x04":
                self._answer_status(token.data[0])  # in real time, past everything that waits
            else:
                self._queue.append(token)
        while self._queue and self.powered and not self._stopped():
            self._carry_out(self._queue.popleft())

    def _stopped(self) -> bool:
        faults = self.faults
        return faults.paper_out or faults.cover_open or self._cutter_blocked

    def _carry_out(self, token: Token) -> None:
        if self._count_down():
            return
        if self._command_s:
            time.sleep(self._command_s)
        if isinstance(token, Command) and token.name == b"\x1dr":
            self._send(bytes((self._paper_sensor() & 0x0F,)))
        elif isinstance(token, Command) and token.name == b"\x1dV" and self.faults.cutter_stuck:
            self._cutter_blocked = True
        else:
            self._interpreter.carry_out(token)

    def _count_down(self) -> bool:
        """Let a fault that was set for later happen; True when it stops this command."""
        faults = self.faults
        if faults.power_lost_after is not None:
            faults.power_lost_after -= 1
            if faults.power_lost_after < 0:
                self.power_off()
                return True
        if faults.paper_out_after is not None:
            faults.paper_out_after -= 1
            if faults.paper_out_after < 0:
                faults.paper_out_after = None
                faults.paper_out = True
                return True
        return False

    def _paper_sensor(self) -> int:
        return (0x0C if self.faults.paper_out else 0) | (0x03 if self.faults.near_end else 0)

    def _answer_status(self, kind: int) -> None:
        faults = self.faults
        if faults.garbage:
            self._send(b"\xff")
            return
        bits = {
            1: 0x08 if self._stopped() else 0,
            2: (0x04 if faults.cover_open else 0)
            | (0x20 if faults.paper_out else 0)
            | (0x40 if self._cutter_blocked else 0),
            3: 0x08 if self._cutter_blocked else 0,
            4: (0x60 if faults.paper_out else 0)
            | (0x0C if faults.near_end or faults.paper_out else 0),
        }.get(kind)
        if bits is not None:
            self._send(bytes((_FIXED | bits,)))
