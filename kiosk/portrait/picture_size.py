"""How large an encoded picture is, read from its header before anything is decoded. Pure."""

import struct
from typing import NamedTuple

JPEG_2000 = (bytes.fromhex("0000000c6a502020"), bytes.fromhex("ff4fff51"))  # file, codestream
_JPEG = bytes.fromhex("ffd8ff")
_PNG = bytes.fromhex("89504e470d0a1a0a")
SIGNATURES = (*JPEG_2000, _JPEG, _PNG)

_NO_LENGTH = (0x00, 0x01, *range(0xD0, 0xD9), 0xFF)  # of a marker: none, restarts, start, filling
_START_OF_FRAME = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


class Size(NamedTuple):
    """Width and height in pixels."""

    width: int
    height: int


def read_size(picture: bytes) -> Size | None:
    """Return the size that JPEG, JPEG 2000 or PNG bytes say; None when they say none."""
    try:
        if picture.startswith(JPEG_2000):
            size = _jpeg_2000(picture)
        elif picture.startswith(_JPEG):
            size = _jpeg(picture)
        elif picture.startswith(_PNG):
            size = Size(*struct.unpack_from(">II", picture, 16))
        else:
            return None
    except (struct.error, IndexError):
        return None
    return size if size is not None and min(size) > 0 else None


def _jpeg_2000(picture: bytes) -> Size | None:
    """Read the SIZ segment of the codestream, which follows its start (ISO/IEC 15444-1, A.5.1)."""
    start = picture.find(JPEG_2000[1])
    if start < 0:
        return None
    right, bottom, left, top = struct.unpack_from(">IIII", picture, start + 8)
    return Size(right - left, bottom - top)


def _jpeg(picture: bytes) -> Size | None:
    """Walk over the segments to the first frame (ISO/IEC 10918-1, B.2.2)."""
    at = 2
    while (at := picture.find(b"\xff", at)) >= 0:
        marker = picture[at + 1]
        if marker in _START_OF_FRAME:
            height, width = struct.unpack_from(">HH", picture, at + 5)
            return Size(width, height)
        at += 1 if marker in _NO_LENGTH else 2 + int.from_bytes(picture[at + 2 : at + 4], "big")
    return None
