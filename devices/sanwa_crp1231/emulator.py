"""The CRP-1231 on its end of a serial line: real bytes, with the faults the device has."""

import time
from dataclasses import dataclass
from threading import RLock

from devices.interfaces import Transport
from devices.rig.world import Bay
from devices.sanwa_crp1231.frames import Control, Damaged, Frame, FrameParser, Token
from devices.sanwa_crp1231.machine import Durations, SanwaMachine
from devices.transport import LineEmulator

_TICK_S = 0.005
_STALE_S = 0.1  # a frame whose bytes stop coming for this long is given up


@dataclass(slots=True)
class SanwaFaults:
    """Faults of device and line. Jams and pulled cards are faults of the bay.

    ``silent``: hears nothing, says nothing. ``spoil_answers``: so many next frames carry a wrong
    checksum. ``refuse``: answers so many next frames with NAK. ``lose_acks``: carries out so many
    next commands without ACK. ``slowness`` multiplies the motions' durations.
    ``power_lost_at_step``: goes dark after so many further steps (bytes heard, frames taken,
    answers given, motions advanced).
    """

    silent: bool = False
    spoil_answers: int = 0
    refuse: int = 0
    lose_acks: int = 0
    slowness: float = 1.0
    power_lost_at_step: int | None = None


class SanwaEmulator(LineEmulator):
    """The printer, and the bay that a card lies in."""

    def __init__(
        self,
        bay: Bay,
        *,
        durations: Durations | None = None,
        baud: int | None = None,
        line: Transport | None = None,
    ) -> None:
        super().__init__("CRP-1231", baud=baud, line=line)
        self.faults = SanwaFaults()
        self.powered = True
        self._machine = SanwaMachine(bay, durations or Durations())
        self._parser = FrameParser()
        self._heard_at = 0.0
        self._lock = RLock()

    def power_off(self) -> None:
        """Cut the power: silence, and everything volatile is lost."""
        with self._lock:
            self.powered = False
            self._machine.lose_power()
            self._parser.reset()

    def power_on(self) -> None:
        """Give power back."""
        with self._lock:
            self.faults.power_lost_at_step = None
            self.powered = True

    def _wait_s(self) -> float:
        return _TICK_S

    def _heard(self, data: bytes) -> None:
        with self._lock:
            self._turn(data)

    def _turn(self, data: bytes) -> None:
        if not self.powered or self.faults.silent:
            return
        now = time.monotonic()
        if data:
            self._heard_at = now
            self._step()
        elif now - self._heard_at > _STALE_S:
            self._parser.reset()
        self._machine.slowness = self.faults.slowness
        if self._machine.busy:
            self._step()
        for token in self._parser.feed(data) if self.powered else ():
            self._machine.tick(now)
            self._handle(token)
        if self.powered:
            self._machine.tick(now)

    def _step(self) -> None:
        left = self.faults.power_lost_at_step
        if left is None:
            return
        if left <= 0:
            self.power_off()
        else:
            self.faults.power_lost_at_step = left - 1

    def _handle(self, token: Token) -> None:
        if not self.powered:
            return
        if isinstance(token, Damaged):
            self._send(bytes((Control.NAK,)))
        elif isinstance(token, Frame):
            self._take(token)
        elif token is Control.ENQ:
            self._answer()

    def _take(self, frame: Frame) -> None:
        if self.faults.refuse > 0:
            self.faults.refuse -= 1
            self._send(bytes((Control.NAK,)))
            return
        self._step()
        if not self.powered:
            return
        self._machine.accept(frame)
        if self.faults.lose_acks > 0:
            self.faults.lose_acks -= 1
        else:
            self._send(bytes((Control.ACK,)))
        self._step()

    def _answer(self) -> None:
        frame = self._machine.answer()
        if frame is None:
            return
        data = bytearray(frame.to_bytes())
        if self.faults.spoil_answers > 0:
            self.faults.spoil_answers -= 1
            data[-1] ^= 0xFF
        self._send(bytes(data))
        self._step()
