"""The thermal head: paints print data and registered glyphs onto a back, dot by dot.

Knows the bytes that came over the line and the device's own ASCII font, nothing else.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from devices.glyphs import CELL_DOTS, HALF_CELL_DOTS, half_cell

GLYPH_BYTES = CELL_DOTS * CELL_DOTS // 8
_ESC, _NEW_LINE, _TALL, _NORMAL = 0x1B, 0x0D, 0x11, 0x14
_SHIFT_JIS_ASCII = {0x5C: "\u00a5", 0x7E: "\u00af"}

Dots = NDArray[np.bool_]


class UnprintableData(Exception):
    """The head met data it cannot print: a glyph nobody registered, an unknown escape."""


@dataclass(slots=True)
class _Cursor:
    row: int
    left: int = 0
    height: int = 1  # of what comes next
    line_height: int = 1  # the tallest thing on this line so far


def parse_glyph(data: bytes) -> Dots:
    """Decode 72 bytes, row by row, most significant bit first, into 24 x 24 dots."""
    if len(data) != GLYPH_BYTES:
        raise ValueError(f"a glyph has {GLYPH_BYTES} bytes, not {len(data)}")
    bits = np.unpackbits(np.frombuffer(data, np.uint8)).astype(np.bool_)
    return bits.reshape(CELL_DOTS, CELL_DOTS)


def paint(back: Dots, first_row: int, data: bytes, glyphs: dict[int, Dots]) -> None:
    """Print one piece of data, beginning at a row (from 0). Raises UnprintableData."""
    cursor = _Cursor(first_row)
    position = 0
    while position < len(data):
        byte = data[position]
        if byte == _ESC:
            position += _escape(back, cursor, data[position : position + 4], glyphs)
            continue
        position += 1
        if byte == _NEW_LINE:
            cursor.row += cursor.line_height
            cursor.left, cursor.height, cursor.line_height = 0, 1, 1
        elif byte in (_TALL, _NORMAL):
            cursor.height = 2 if byte == _TALL else 1
        elif 0x20 <= byte < 0x7F:
            char = _SHIFT_JIS_ASCII.get(byte, chr(byte))
            _stamp(back, cursor, half_cell(char))
        else:
            raise UnprintableData(f"byte {byte:02X}")


def _escape(back: Dots, cursor: _Cursor, sequence: bytes, glyphs: dict[int, Dots]) -> int:
    if len(sequence) >= 3 and sequence[1:2] == b"g":
        glyph = glyphs.get(sequence[2])
        if glyph is None:
            raise UnprintableData(f"glyph {sequence[2]} is not registered")
        _stamp(back, cursor, glyph)
        return 3
    if len(sequence) >= 4 and sequence[1:2] == b"s" and sequence[2:3] in (b"1", b"2"):
        cursor.height = sequence[2] - ord("0")
        return 4
    raise UnprintableData(f"escape {sequence.hex()}")


def _stamp(back: Dots, cursor: _Cursor, cell: Dots) -> None:
    """Darken the dots of a cell; what runs over the card's edge is lost."""
    tall = np.repeat(cell, cursor.height, axis=0)
    top = cursor.row * CELL_DOTS
    target = back[top : top + len(tall), cursor.left : cursor.left + cell.shape[1]]
    target |= tall[: target.shape[0], : target.shape[1]]
    cursor.left += cell.shape[1]
    cursor.line_height = max(cursor.line_height, cursor.height)


__all__ = ["GLYPH_BYTES", "HALF_CELL_DOTS", "UnprintableData", "paint", "parse_glyph"]
