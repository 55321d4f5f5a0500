"""How large an encoded picture is, from its header: asked before anything is unpacked. Pure.

A few kilobytes can unpack to gigabytes. The headers are those that the decoders themselves go by:
PNG's IHDR, JPEG's frame header, and the codestream's SIZ in JPEG 2000, whatever the boxes around
it say. Nothing is decoded here.
"""

from dataclasses import dataclass

PNG = bytes.fromhex("89504e470d0a1a0a")
JPEG = bytes.fromhex("ffd8ff")
JP2_FILE = bytes.fromhex("0000000c6a502020")
JP2_CODESTREAM = bytes.fromhex("ff4fff51")

_FRAME_HEADERS = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})  # SOF0 to SOF15
_WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xD9)})  # TEM, RST0 to RST7, SOI
_LAST_BEFORE_DATA = frozenset({0xD9, 0xDA})  # EOI, SOS


@dataclass(frozen=True, slots=True)
class PictureSize:
    """Width and height in pixels, and how many values each pixel has."""

    width: int
    height: int
    channels: int


def picture_size(data: bytes) -> PictureSize | None:
    """Return the size of a PNG, JPEG or JPEG 2000 picture; None where none is stated."""
    if data.startswith(PNG):
        size = _png(data)
    elif data.startswith(JPEG):
        size = _jpeg(data)
    elif data.startswith(JP2_FILE):
        size = _jp2_codestream(data, _codestream_start(data))
    else:
        size = _jp2_codestream(data, 0)
    return size if size is not None and min(size.width, size.height, size.channels) > 0 else None


def _number(data: bytes, at: int, length: int) -> int:
    """Return a big-endian number; 0 where the data end before it."""
    return int.from_bytes(data[at : at + length]) if at + length <= len(data) else 0


def _png(data: bytes) -> PictureSize | None:
    if data[12:16] != b"IHDR":
        return None
    return PictureSize(_number(data, 16, 4), _number(data, 20, 4), 4)


def _jpeg(data: bytes) -> PictureSize | None:
    """Walk the segments up to the frame header."""
    at = 2
    while at + 2 <= len(data):
        if data[at] != 0xFF or data[at + 1] == 0xFF:
            at += 1  # decoders skip what lies between segments, and fill bytes
            continue
        marker = data[at + 1]
        if marker in _FRAME_HEADERS:
            return PictureSize(
                _number(data, at + 7, 2), _number(data, at + 5, 2), _number(data, at + 9, 1)
            )
        if marker in _LAST_BEFORE_DATA:
            return None
        at += 2 if marker in _WITHOUT_LENGTH or marker == 0 else 2 + _number(data, at + 2, 2)
    return None


def _codestream_start(data: bytes) -> int:
    """Return where the codestream lies in a JPEG 2000 file; behind its end when nowhere."""
    at = 0
    while at + 8 <= len(data):
        length, kind, header = _number(data, at, 4), data[at + 4 : at + 8], 8
        if length == 1:
            length, header = _number(data, at + 8, 8), 16
        if kind == b"jp2c":
            return at + header
        if length < header:  # 0: up to the end of the file
            break
        at += length
    return len(data)


def _jp2_codestream(data: bytes, at: int) -> PictureSize | None:
    """Read SIZ: the reference grid from its offset, and the number of components."""
    if data[at : at + 4] != JP2_CODESTREAM:
        return None
    right, bottom, left, top = (_number(data, at + 8 + 4 * part, 4) for part in range(4))
    return PictureSize(right - left, bottom - top, _number(data, at + 40, 2))
