"""CCID messages: the ten-byte header and its data. Pure.

Source: USB CCID class specification 1.1, sections 6.1 and 6.2.
"""

from dataclasses import dataclass
from enum import IntEnum

from devices.errors import ProtocolError

HEADER = 10


class Request(IntEnum):
    """What the host may ask."""

    POWER_ON = 0x62
    POWER_OFF = 0x63
    SLOT_STATUS = 0x65
    TRANSFER = 0x6F
    ESCAPE = 0x6B


class Answer(IntEnum):
    """What the reader answers with."""

    DATA_BLOCK = 0x80
    SLOT_STATUS = 0x81
    PARAMETERS = 0x82
    ESCAPE = 0x83


ANSWER_TO = {
    Request.POWER_ON: Answer.DATA_BLOCK,
    Request.POWER_OFF: Answer.SLOT_STATUS,
    Request.SLOT_STATUS: Answer.SLOT_STATUS,
    Request.TRANSFER: Answer.DATA_BLOCK,
    Request.ESCAPE: Answer.ESCAPE,
}


class ChipState(IntEnum):
    """Bits 1..0 of bStatus."""

    ACTIVE = 0
    PRESENT = 1
    ABSENT = 2


class Progress(IntEnum):
    """Bits 7..6 of bStatus."""

    DONE = 0
    FAILED = 1
    TIME_EXTENSION = 2


class SlotError(IntEnum):
    """The values of bError that this reader uses."""

    NOT_SUPPORTED = 0x00
    OVERRUN = 0xFC
    MUTE = 0xFE
    ABORTED = 0xFF


@dataclass(frozen=True, slots=True)
class Command:
    """One message from host to reader. ``sequence`` comes back in its answer."""

    request: Request
    sequence: int
    data: bytes = b""

    def to_bytes(self) -> bytes:
        """Return header and data; slot 0, no chaining."""
        length = len(self.data).to_bytes(4, "little")
        # bPowerSelect 01 as in the manual's example; a field has no voltage to choose.
        select = 1 if self.request is Request.POWER_ON else 0
        return bytes([self.request]) + length + bytes([0, self.sequence, select, 0, 0]) + self.data

    @classmethod
    def from_bytes(cls, message: bytes) -> "Command":
        """Parse a message. Raises ProtocolError when it is none of ``Request``."""
        try:
            request = Request(message[0])
        except (ValueError, IndexError) as error:
            raise ProtocolError("not a CCID request") from error
        return cls(request, _checked(message)[6], message[HEADER:])


@dataclass(frozen=True, slots=True)
class Reply:
    """One message from reader to host."""

    answer: Answer
    sequence: int
    chip: ChipState = ChipState.ACTIVE
    progress: Progress = Progress.DONE
    error: int = 0
    data: bytes = b""

    def to_bytes(self) -> bytes:
        """Return header and data."""
        length = len(self.data).to_bytes(4, "little")
        status = self.progress << 6 | self.chip
        return (
            bytes([self.answer])
            + length
            + bytes([0, self.sequence, status, self.error, 0])
            + self.data
        )

    @classmethod
    def from_bytes(cls, message: bytes) -> "Reply":
        """Parse a message. Raises ProtocolError when it is no CCID answer."""
        try:
            answer = Answer(message[0])
            status = _checked(message)[7]
            chip, progress = ChipState(status & 3), Progress(status >> 6)
        except (ValueError, IndexError) as error:
            raise ProtocolError("not a CCID answer") from error
        return cls(answer, message[6], chip, progress, message[8], message[HEADER:])


def _checked(message: bytes) -> bytes:
    if len(message) < HEADER or len(message) - HEADER != int.from_bytes(message[1:5], "little"):
        raise ProtocolError("the CCID length does not fit the message")
    return message
