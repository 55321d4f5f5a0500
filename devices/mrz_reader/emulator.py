"""The MRZ reader emulated on a pty: real bytes, a document in its view, settable faults."""

import logging
import time
from dataclasses import dataclass
from threading import Event, Thread

from devices.errors import DeviceError
from devices.interfaces import Transport
from devices.mrz_reader.frames import ElyctisFrame, FrameParser
from devices.transport import PtyLine, open_pty

_log = logging.getLogger(__name__)
_IDLE_S = 0.2
_WRITE_S = 2.0
_GARBAGE = b"\x7f\x49\xff\xffI\x00\x05\x00\x01\x02\x03\x04"


@dataclass
class MrzFaults:
    """What goes wrong."""

    silent: bool = False
    unreadable: bool = False
    garbage: bool = False
    delay_s: float = 0.0


class ElyctisEmulator:
    """Runs on a thread of its own from ``start`` to ``stop``; ``path`` is its port."""

    def __init__(self, *, baud: int | None = None, line: Transport | None = None) -> None:
        self.faults = MrzFaults()
        self.document: str | None = None
        """The MRZ that lies in the reader's view, lines joined by newline; None for none."""
        self._line = open_pty(baud=baud) if line is None else line
        self._parser = FrameParser()
        self._stopping = Event()
        self._thread = Thread(target=self._run, name="mrz-reader-emulator", daemon=True)

    @property
    def path(self) -> str:
        """Return the port that a host opens. Raises DeviceError when there is no pty."""
        if not isinstance(self._line, PtyLine):
            raise DeviceError("this emulator speaks over a line that is no port")
        return self._line.path

    def start(self) -> "ElyctisEmulator":
        """Switch the reader on."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Unplug the reader; it cannot be started again."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()
        self._line.close()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                data = self._line.read(64, time.monotonic() + _IDLE_S)
                if not data:
                    self._parser.reset()
                for frame in self._parser.feed(data):
                    self._answer(frame)
            except DeviceError as error:
                if not self._stopping.is_set():
                    _log.info("emulated MRZ reader stops: %s", error)
                return

    def _answer(self, inquiry: ElyctisFrame) -> None:
        faults = self.faults
        if faults.delay_s:
            self._stopping.wait(faults.delay_s)
        if faults.silent:
            return
        document = None if faults.unreadable else self.document
        seen = (document or "").replace("\n", "\r").encode("ascii", "replace")
        answer = _GARBAGE if faults.garbage else ElyctisFrame(inquiry.command, seen).to_bytes()
        self._line.write(answer, time.monotonic() + _WRITE_S)
