"""Asks the MRZ reader for what it sees. Blocking and without threads."""

import time
from dataclasses import dataclass
from threading import Event

from devices.errors import DeviceTimeout, ProtocolError, TransportClosed
from devices.interfaces import Transport
from devices.mrz_reader.frames import INQUIRE, MAX_MRZ, ElyctisFrame, FrameParser
from devices.status import DeviceStatus, Disconnected, Faulted, Ready, Trouble


@dataclass(frozen=True, slots=True)
class Timing:
    """How long the reader may take. An inquiry is harmless, so silence is answered by another."""

    silence_s: float = 1.0
    command_s: float = 3.0


class ElyctisMrzReader:
    """A ``DocumentReader`` on a serial line."""

    def __init__(
        self, line: Transport, *, timing: Timing | None = None, cancel: Event | None = None
    ) -> None:
        self._line = line
        self._timing = timing or Timing()
        self._cancel = cancel
        self._parser = FrameParser()

    def initialise(self) -> None:
        """See that somebody answers. Raises DeviceError."""
        self._inquire()

    def status(self) -> DeviceStatus:
        """Inquire and forget what was read; Disconnected when nothing answers."""
        try:
            self._inquire()
        except (TransportClosed, DeviceTimeout) as error:
            return Disconnected(str(error))
        except ProtocolError as error:
            return Faulted(Trouble.HARDWARE, str(error))
        return Ready()

    def read_mrz(self) -> str | None:
        """Return the MRZ text as seen (lines joined by newline), None when none was read."""
        text = self._inquire().data.decode("ascii")
        lines = [line.strip() for line in text.replace("\r", "\n").split("\n")]
        return "\n".join(line for line in lines if line) or None

    def _inquire(self) -> ElyctisFrame:
        deadline = time.monotonic() + self._timing.command_s
        self._line.drain()
        heard = False
        while time.monotonic() < deadline:
            self._parser.reset()
            self._line.write(ElyctisFrame(INQUIRE).to_bytes(), deadline)
            while True:
                until = min(deadline, time.monotonic() + self._timing.silence_s)
                data = self._line.read(MAX_MRZ, until, self._cancel)
                if not data:
                    break
                heard = True
                if frames := self._parser.feed(data):
                    return frames[-1]
        if heard:
            raise ProtocolError("the MRZ reader answers, but not with an MRZ frame")
        raise DeviceTimeout("the MRZ reader does not answer")
