"""ACS framing of CCID messages on a serial line. Pure: bytes to frames and back.

``02 | CCID message | XOR of the message | 03``, and four-byte status frames ``02 c c 03``
that the reader sends at once for each frame it received. The length comes from the CCID
header (bytes 1..4), never from searching for 03. Source: ACS, "ACR122S Communication
Protocol".
"""

from dataclasses import dataclass
from enum import IntEnum
from functools import reduce
from operator import xor

from devices.framing import StreamParser

STX = 0x02
ETX = 0x03
HEADER_BYTES = 10
MAX_DATA = 0x105  # a longer dwLength is answered with status FE
NAK = bytes([STX, *([0] * (HEADER_BYTES + 1)), ETX])
"""Asks the reader for its last answer again."""

_STATUS_BYTES = 4
_FRAME_EXTRA = 3  # 02, checksum, 03


class Link(IntEnum):
    """What a status frame says about the frame before it."""

    RECEIVED = 0x00
    TIMEOUT = 0xFC
    ETX = 0xFD
    LENGTH = 0xFE
    CHECKSUM = 0xFF


_LINKS = frozenset(Link)


@dataclass(frozen=True, slots=True)
class StatusFrame:
    """The reader's word on the frame it just got."""

    link: Link


@dataclass(frozen=True, slots=True)
class MessageFrame:
    """One CCID message, header and data, whose checksum held."""

    message: bytes


@dataclass(frozen=True, slots=True)
class Damage:
    """Bytes that began like a frame and were none; ``link`` says what was wrong."""

    link: Link


Frame = StatusFrame | MessageFrame | Damage


def format_status(link: Link) -> bytes:
    """Return the four bytes of a status frame."""
    return bytes([STX, link, link, ETX])


def format_message(message: bytes) -> bytes:
    """Put a CCID message into its frame."""
    return bytes([STX]) + message + bytes([reduce(xor, message, 0), ETX])


class FrameParser(StreamParser[Frame]):
    """Cuts a byte stream into frames; resynchronises on 02.

    ``types`` are the message types that this side may receive; anything else after an 02
    is noise. Only the host's side receives status frames.
    """

    def __init__(self, types: frozenset[int], *, statuses: bool) -> None:
        self._types = types
        self._statuses = statuses
        super().__init__(MAX_DATA)

    def _next(self) -> tuple[int, Frame | None] | None:
        buffer = self._buffer
        start = buffer.find(STX)
        if start < 0:
            return (len(buffer), None) if buffer else None
        if start:
            return start, None
        if len(buffer) < 2:
            return None
        if self._statuses and buffer[1] in _LINKS:
            return self._status()
        if buffer[1] not in self._types:
            return 1, None
        return self._message()

    def _status(self) -> tuple[int, Frame | None] | None:
        if len(self._buffer) < _STATUS_BYTES:
            return None
        if self._buffer[2] != self._buffer[1] or self._buffer[3] != ETX:
            return 1, None
        return _STATUS_BYTES, StatusFrame(Link(self._buffer[1]))

    def _message(self) -> tuple[int, Frame | None] | None:
        buffer = self._buffer
        if len(buffer) < 1 + HEADER_BYTES:
            return None
        length = int.from_bytes(buffer[2:6], "little")
        if length > MAX_DATA:
            return 1, Damage(Link.LENGTH)
        size = HEADER_BYTES + length + _FRAME_EXTRA
        if len(buffer) < size:
            return None
        message = bytes(buffer[1 : size - 2])
        if buffer[size - 1] != ETX:
            return 1, Damage(Link.ETX)
        if buffer[size - 2] != reduce(xor, message, 0):
            return 1, Damage(Link.CHECKSUM)
        return size, MessageFrame(message)
