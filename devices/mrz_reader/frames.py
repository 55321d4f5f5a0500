"""Elyctis frames: command letter, big-endian length of two bytes, data. Pure.

Source: Elyctis, "Scanner Command Set 1.7". ``I`` inquires for the MRZ; the answer repeats the
letter and carries the MRZ in ASCII, length 0 when none was read. There is no checksum: what
protects the MRZ is its own check digits.
"""

from dataclasses import dataclass

from devices.framing import StreamParser

INQUIRE = 0x49
MAX_MRZ = 128  # three lines of 30 or two of 44 with separators; anything longer is noise
_HEADER = 3


@dataclass(frozen=True, slots=True)
class ElyctisFrame:
    """One command or answer."""

    command: int
    data: bytes = b""

    def to_bytes(self) -> bytes:
        """Return letter, length and data."""
        return bytes([self.command]) + len(self.data).to_bytes(2, "big") + self.data


def is_mrz_text(data: bytes) -> bool:
    """Say whether these bytes are printable ASCII and line ends, as an MRZ must be."""
    return all(0x20 <= byte < 0x7F or byte in b"\r\n" for byte in data)


class FrameParser(StreamParser[ElyctisFrame]):
    """Cuts a byte stream into ``I`` frames.

    Without a checksum a false start is told by its length or by bytes that no MRZ holds;
    then the search goes on at the next letter.
    """

    def __init__(self) -> None:
        super().__init__(MAX_MRZ)

    def _next(self) -> tuple[int, ElyctisFrame | None] | None:
        buffer = self._buffer
        start = buffer.find(INQUIRE)
        if start < 0:
            return (len(buffer), None) if buffer else None
        if start:
            return start, None
        if len(buffer) < _HEADER:
            return None
        size = int.from_bytes(buffer[1:_HEADER], "big")
        arrived = bytes(buffer[_HEADER : _HEADER + size])
        if size > MAX_MRZ or not is_mrz_text(arrived):
            return 1, None
        if len(arrived) < size:
            return None
        return _HEADER + size, ElyctisFrame(INQUIRE, arrived)
