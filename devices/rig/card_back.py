"""Reads the text on a card's back from its dots alone."""

import numpy as np
from numpy.typing import NDArray

from devices.glyphs import CELL_DOTS, read_row
from devices.rig.card import Card

_Dots = NDArray[np.bool_]


def _is_doubled(block: _Dots) -> bool:
    """Say whether every second row repeats the one above: text in double height."""
    return bool(block.any()) and np.array_equal(block[0::2], block[1::2])


def read_back(back: _Dots) -> list[str]:
    """Read the printed lines from top to bottom; blank lines are left out."""
    lines: list[str] = []
    top = 0
    while top + CELL_DOTS <= len(back):
        tall = back[top : top + 2 * CELL_DOTS]
        if len(tall) == 2 * CELL_DOTS and tall[:CELL_DOTS].any() and _is_doubled(tall):
            lines.append(read_row(np.ascontiguousarray(tall[0::2])))
            top += 2 * CELL_DOTS
            continue
        row = back[top : top + CELL_DOTS]
        if row.any():
            lines.append(read_row(row))
        top += CELL_DOTS
    return lines


def back_text(card: Card) -> str:
    """Return what a person reads on this card's back, lines joined by newline."""
    return "\n".join(read_back(card.back))
