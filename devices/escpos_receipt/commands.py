"""Splits a stream of ESC/POS bytes into commands, in pieces of any size. Pure and bounded.

Covers the subset that receipts use. What it does not know comes out as ``Unknown``, so that no
byte is ever passed over in silence.
"""

from dataclasses import dataclass

_DLE, _ESC, _FS, _GS = 0x10, 0x1B, 0x1C, 0x1D
_LF, _CR, _HT = 0x0A, 0x0D, 0x09
_MAX_RASTER_BYTES = 1 << 20
_MAX_BUFFER = _MAX_RASTER_BYTES + 16

# Commands of fixed length: bytes after the two-byte name.
_FIXED = {
    b"\x1b@": 0,
    b"\x1b!": 1,
    b"\x1b-": 1,
    b"\x1b ": 1,
    b"\x1b2": 0,
    b"\x1b3": 1,
    b"\x1bE": 1,
    b"\x1bG": 1,
    b"\x1bM": 1,
    b"\x1bR": 1,
    b"\x1bV": 1,
    b"\x1ba": 1,
    b"\x1bd": 1,
    b"\x1bJ": 1,
    b"\x1bt": 1,
    b"\x1b{": 1,
    b"\x1c&": 0,
    b"\x1c.": 0,
    b"\x1d!": 1,
    b"\x1dB": 1,
    b"\x1dL": 2,
    b"\x1dW": 2,
    b"\x1db": 1,
    b"\x1dr": 1,
    b"\x10\x04": 1,
}
_RASTER, _EXTENDED, _CUT = b"\x1dv", b"\x1d(", b"\x1dV"
_CUTS_WITH_FEED = b"ABab\x67\x68"


@dataclass(frozen=True, slots=True)
class Command:
    """One command: its two-byte name and the bytes after it."""

    name: bytes
    data: bytes = b""


@dataclass(frozen=True, slots=True)
class TextRun:
    """Printable bytes, and line feeds as newline."""

    text: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """Bytes that this subset does not know."""

    data: bytes


Token = Command | TextRun | Unknown


def _length(buffer: bytes) -> int | None:
    """Return how many bytes the command at the front takes: None = more needed, 0 = unknown."""
    if len(buffer) < 2:
        return None
    name = buffer[:2]
    if name in _FIXED:
        return 2 + _FIXED[name]
    if name == _RASTER:
        if len(buffer) < 8:
            return None
        size = (buffer[4] + buffer[5] * 256) * (buffer[6] + buffer[7] * 256)
        return 8 + size if buffer[2] == ord("0") and size <= _MAX_RASTER_BYTES else 0
    if name == _EXTENDED:
        return 5 + buffer[3] + buffer[4] * 256 if len(buffer) >= 5 else None
    if name == _CUT:
        if len(buffer) < 3:
            return None
        return 4 if buffer[2] in _CUTS_WITH_FEED else 3
    return 0


class CommandSplitter:
    """Keeps at most one unfinished command."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def reset(self) -> None:
        """Forget an unfinished command."""
        self._buffer.clear()

    def feed(self, data: bytes) -> list[Token]:
        """Take bytes, return the commands that are complete now."""
        self._buffer += data
        tokens: list[Token] = []
        while self._buffer:
            if self._buffer[0] not in (_DLE, _ESC, _FS, _GS):
                self._take_text(tokens)
                continue
            length = _length(bytes(self._buffer[:16]))
            if length is None or length > len(self._buffer):
                break
            taken = bytes(self._buffer[: length or 2])
            del self._buffer[: length or 2]
            tokens.append(Command(taken[:2], taken[2:]) if length else Unknown(taken))
        return tokens

    def _take_text(self, tokens: list[Token]) -> None:
        end = next(
            (i for i, byte in enumerate(self._buffer) if byte in (_DLE, _ESC, _FS, _GS)),
            len(self._buffer),
        )
        run = bytes(self._buffer[:end])
        del self._buffer[:end]
        bad = bytes(byte for byte in run if not (0x20 <= byte < 0x7F or byte in (_LF, _CR)))
        text = "".join(chr(byte) for byte in run if 0x20 <= byte < 0x7F or byte == _LF)
        if text:
            tokens.append(TextRun(text))
        if bad:
            tokens.append(Unknown(bad))
