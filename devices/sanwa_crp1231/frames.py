"""Pure codec of the CRP-1231's serial frames, for both ends of the line. No I/O.

``02 LEN CMD x y z [data] 03 BCC``; LEN counts itself up to 03, BCC is the XOR of the same bytes.
From the host x, y, z are zero, from the device they are R, P, S. ACK, NAK and ENQ stand alone.
"""

from dataclasses import dataclass
from enum import IntEnum
from functools import reduce
from operator import xor

STX = 0x02
ETX = 0x03
MIN_LENGTH = 6  # LEN, CMD, three state bytes, ETX
MAX_LENGTH = 0xFF
MAX_DATA = MAX_LENGTH - MIN_LENGTH


class Control(IntEnum):
    """Single-byte signals of the link."""

    ENQ = 0x05
    ACK = 0x06
    NAK = 0x15


class Code(IntEnum):
    """Commands that this project uses."""

    INITIALISE = 0x10
    STATUS = 0x20
    READ_OR_TAKE_IN = 0x33
    CANCEL = 0x40
    REGISTER_GLYPH = 0x7A
    PRINT = 0x7C
    ERASE = 0x7D
    EJECT = 0x80


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame of either direction."""

    code: int
    state: bytes = bytes(3)
    data: bytes = b""

    def to_bytes(self) -> bytes:
        """Encode. Raises ValueError when the data does not fit the one-byte length."""
        if len(self.data) > MAX_DATA or len(self.state) != 3:
            raise ValueError(f"{len(self.data)} data bytes do not fit a frame of {MAX_DATA}")
        length = MIN_LENGTH + len(self.data)
        body = bytes((length, self.code)) + self.state + self.data + bytes((ETX,))
        return bytes((STX,)) + body + bytes((checksum(body),))


@dataclass(frozen=True, slots=True)
class Damaged:
    """Something that began like a frame and was none: wrong length, end or checksum."""

    reason: str


Token = Control | Frame | Damaged


def checksum(body: bytes) -> int:
    """XOR all bytes from LEN to ETX."""
    return reduce(xor, body, 0)


class FrameParser:
    """Turns bytes, in pieces of any size, into tokens; keeps at most one frame of them.

    Outside a frame everything but STX, ACK, NAK and ENQ is noise. After damage it looks for the
    next STX *inside* what it had taken for a frame, so that noise never swallows a good frame.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()

    def reset(self) -> None:
        """Forget a half-received frame."""
        self._buffer.clear()

    def give_up(self) -> list[Token]:
        """Treat what began like a frame and stopped as noise; return what else is in it.

        For a host that waited in vain: noise that happens to look like a start may have
        swallowed the one byte that was meant.
        """
        tokens: list[Token] = []
        while self._buffer:
            del self._buffer[0]
            tokens += self.feed(b"")
        return tokens

    def feed(self, data: bytes) -> list[Token]:
        """Take bytes, return the tokens that are complete now."""
        tokens: list[Token] = []
        self._buffer += data
        while self._buffer:
            first = self._buffer[0]
            if first == STX:
                if not self._take_frame(tokens):
                    break
                continue
            del self._buffer[0]
            if first in (Control.ACK, Control.NAK, Control.ENQ):
                tokens.append(Control(first))
        return tokens

    def _take_frame(self, tokens: list[Token]) -> bool:
        """Take one frame off the buffer's front; False when more bytes are needed."""
        if len(self._buffer) < 2:
            return False
        length = self._buffer[1]
        if length < MIN_LENGTH:
            self._damage(tokens, f"length {length}")
            return True
        if len(self._buffer) < length + 2:
            return False
        body, received = bytes(self._buffer[1 : length + 1]), self._buffer[length + 1]
        if body[-1] != ETX:
            self._damage(tokens, f"no end mark after {length} bytes")
        elif checksum(body) != received:
            self._damage(tokens, f"checksum {received:02X}, computed {checksum(body):02X}")
        else:
            del self._buffer[: length + 2]
            tokens.append(Frame(body[1], body[2:5], body[5:-1]))
        return True

    def _damage(self, tokens: list[Token], reason: str) -> None:
        tokens.append(Damaged(reason))
        # Bytes of a broken frame must not count as ACK or NAK: skip to the next possible start.
        following = self._buffer.find(STX, 1)
        del self._buffer[: following if following > 0 else len(self._buffer)]
