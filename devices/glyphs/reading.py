"""Reads text back from dots on the cell grid: what was printed, not what was asked for.

Works by looking each cell up among all characters the bundled font can draw. It knows nothing
of drivers, registered glyph numbers or messages; wrong dots come back as UNKNOWN_CELL.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from devices.glyphs.charset import covered
from devices.glyphs.font import CELL_DOTS, full_cell, half_cell, is_half

UNKNOWN_CELL = "\ufffd"
_NOTDEF = "\U0010fffe"  # not in any font: shows how the font draws what it lacks


def _key(cell: NDArray[np.bool_]) -> bytes:
    return np.packbits(cell).tobytes()


def _preference(point: int) -> tuple[int, int]:
    """Order look-alikes: hanzi before compatibility and full-width forms."""
    if 0x4E00 <= point <= 0x9FFF:
        return (0, point)
    return (1 if point < 0xFF00 else 2, point)


@lru_cache(maxsize=8)
def _squares(scale: int, bold: bool) -> dict[bytes, str]:
    notdef = _key(full_cell(_NOTDEF, scale, bold))
    blank = _key(np.zeros((CELL_DOTS * scale, CELL_DOTS * scale), np.bool_))
    known: dict[bytes, str] = {}
    draw = full_cell.__wrapped__  # 13,000 cells would only push useful ones out of the cache
    for point in sorted(covered(), key=_preference):
        key = _key(draw(chr(point), scale, bold))
        if key not in (notdef, blank):
            known.setdefault(key, chr(point))
    return known


@lru_cache(maxsize=8)
def _halves(scale: int, bold: bool) -> dict[bytes, str]:
    chars = [chr(point) for point in range(0x20, 0x7F)]
    return {_key(half_cell(char, scale, bold)): char for char in reversed(chars) if is_half(char)}


def _match(row: NDArray[np.bool_], left: int, right: int, table: dict[bytes, str]) -> str | None:
    if right > row.shape[1]:
        return None
    return table.get(_key(row[:, left:right]))


def read_row(row: NDArray[np.bool_], *, scale: int = 1, bold: bool = False) -> str:
    """Read one row of cells, 24 * ``scale`` dots high; trailing blanks are dropped.

    Cells begin at multiples of half a cell. Dots that are no character of the font become
    UNKNOWN_CELL, one for each half cell.
    """
    half = CELL_DOTS * scale // 2
    squares, halves = _squares(scale, bold), _halves(scale, bold)
    text: list[str] = []
    left = 0
    while left + half <= row.shape[1]:
        char = _match(row, left, left + half, halves)
        if char is None or char == " ":
            # A square cell may begin with a blank half ("卜"): a whole match wins over a space.
            square = _match(row, left, left + 2 * half, squares)
            if square is not None:
                text.append(square)
                left += 2 * half
                continue
        text.append(char if char is not None else UNKNOWN_CELL)
        left += half
    return "".join(text).rstrip(" ")
