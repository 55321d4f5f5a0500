"""The MRZ reader emulated on a pty: real bytes, a document in its view, settable faults."""

from dataclasses import dataclass

from devices.interfaces import Transport
from devices.mrz_reader.frames import ElyctisFrame, FrameParser
from devices.transport import LineEmulator

_IDLE_S = 0.2
_GARBAGE = b"\x7f\x49\xff\xffI\x00\x05\x00\x01\x02\x03\x04"


@dataclass
class MrzFaults:
    """What goes wrong."""

    silent: bool = False
    unreadable: bool = False
    garbage: bool = False
    delay_s: float = 0.0


class ElyctisEmulator(LineEmulator):
    """The reader, and what lies in its view."""

    def __init__(self, *, baud: int | None = None, line: Transport | None = None) -> None:
        super().__init__("MRZ reader", baud=baud, line=line)
        self.faults = MrzFaults()
        self.document: str | None = None
        """The MRZ that lies in the reader's view, lines joined by newline; None for none."""
        self._parser = FrameParser()

    def _wait_s(self) -> float:
        return _IDLE_S

    def _heard(self, data: bytes) -> None:
        if not data:
            self._parser.reset()
        for frame in self._parser.feed(data):
            self._answer(frame)

    def _answer(self, inquiry: ElyctisFrame) -> None:
        faults = self.faults
        if faults.delay_s:
            self._stopping.wait(faults.delay_s)
        if faults.silent:
            return
        document = None if faults.unreadable else self.document
        seen = (document or "").replace("\n", "\r").encode("ascii", "replace")
        answer = _GARBAGE if faults.garbage else ElyctisFrame(inquiry.command, seen).to_bytes()
        self._send(answer)
