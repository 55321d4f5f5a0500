"""Reads text back from dots on the cell grid: what was printed, not what was asked for.

Works by looking each cell up among all characters the bundled font can draw. It knows nothing
of drivers, registered glyph numbers or messages; wrong dots come back as UNKNOWN_CELL.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from devices.glyphs.charset import common, covered
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


@lru_cache(maxsize=16)
def _squares(scale: int, bold: bool, rare: bool) -> dict[bytes, str]:
    notdef = _key(full_cell(_NOTDEF, scale, bold))
    blank = _key(np.zeros((CELL_DOTS * scale, CELL_DOTS * scale), np.bool_))
    known: dict[bytes, str] = {}
    draw = full_cell.__wrapped__  # 13,000 cells would only push useful ones out of the cache
    points = covered() - common() if rare else common()
    for point in sorted(points, key=_preference):
        key = _key(draw(chr(point), scale, bold))
        if key not in (notdef, blank):
            known.setdefault(key, chr(point))
    return known


@lru_cache(maxsize=8)
def _halves(scale: int, bold: bool) -> dict[bytes, str]:
    chars = [chr(point) for point in range(0x20, 0x7F)]
    return {_key(half_cell(char, scale, bold)): char for char in reversed(chars) if is_half(char)}


@dataclass(frozen=True, slots=True)
class _Reader:
    row: NDArray[np.bool_]
    scale: int
    bold: bool
    with_rare: bool

    def half(self, left: int, width: int) -> str | None:
        """Match a half cell."""
        return _halves(self.scale, self.bold).get(_key(self.row[:, left : left + width]))

    def square(self, left: int, width: int) -> str | None:
        """Match a square cell; hanzi that are rare are looked at only when nothing else fits."""
        if left + width > self.row.shape[1]:
            return None
        key = _key(self.row[:, left : left + width])
        char = _squares(self.scale, self.bold, False).get(key)
        if char is None and self.with_rare and self.row[:, left : left + width].any():
            char = _squares(self.scale, self.bold, True).get(key)
        return char


def read_row(
    row: NDArray[np.bool_], *, scale: int = 1, bold: bool = False, with_rare: bool = True
) -> str:
    """Read one row of cells, 24 * ``scale`` dots high; trailing blanks are dropped.

    Cells begin at multiples of half a cell. Dots that are no character of the font become
    UNKNOWN_CELL, one for each half cell. Without ``with_rare`` only common hanzi are known,
    which spares a first reading in this size some seconds.
    """
    half = CELL_DOTS * scale // 2
    reader = _Reader(row, scale, bold, with_rare)
    text: list[str] = []
    left = 0
    while left + half <= row.shape[1]:
        char = reader.half(left, half)
        if char is None or char == " ":
            # A square cell may begin with a blank half ("卜"): a whole match wins over a space.
            square = reader.square(left, 2 * half)
            if square is not None:
                text.append(square)
                left += 2 * half
                continue
        text.append(char if char is not None else UNKNOWN_CELL)
        left += half
    return "".join(text).rstrip(" ")
