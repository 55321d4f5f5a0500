"""The CRP-1231 on its end of a serial line: real bytes, with the faults the device has."""

import time
from dataclasses import dataclass
from threading import Event, RLock, Thread

from devices.errors import DeviceError, DeviceTimeout, TransportClosed
from devices.interfaces import Transport
from devices.rig.world import Bay
from devices.sanwa_crp1231.frames import Control, Damaged, Frame, FrameParser, Token
from devices.sanwa_crp1231.machine import Durations, SanwaMachine
from devices.transport import PtyLine, open_pty

_TICK_S = 0.005
_STALE_S = 0.1  # a frame whose bytes stop coming for this long is given up
_WRITE_S = 5.0


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


class SanwaEmulator:
    """Runs one emulated device on a thread of its own."""

    def __init__(
        self,
        bay: Bay,
        *,
        durations: Durations | None = None,
        baud: int | None = None,
        line: Transport | None = None,
    ) -> None:
        self.faults = SanwaFaults()
        self.powered = True
        self._pty: PtyLine | None = open_pty(baud=baud) if line is None else None
        self._line: Transport = line or self._pty or open_pty(baud=baud)
        self._machine = SanwaMachine(bay, durations or Durations())
        self._parser = FrameParser()
        self._heard_at = 0.0
        self._stop = Event()
        self._lock = RLock()
        self._thread = Thread(target=self._run, name="emulated CRP-1231", daemon=True)

    @property
    def path(self) -> str:
        """Return the port that a host opens. Raises DeviceError when there is no pty."""
        if self._pty is None:
            raise DeviceError("this emulator speaks over a line that it was given")
        return self._pty.path

    def start(self) -> "SanwaEmulator":
        """Begin to listen; returns itself."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop listening and close the line."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()
        self._line.close()

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

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                data = self._line.read(256, time.monotonic() + _TICK_S)
                with self._lock:
                    self._turn(data)
            except TransportClosed:
                return
            except DeviceTimeout:
                continue  # the host does not read: its loss, as on a real line

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

    def _send(self, data: bytes) -> None:
        self._line.write(data, time.monotonic() + _WRITE_S)
