"""Draws single characters into square or half-width cells of dots."""

from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

CELL_DOTS = 24
HALF_CELL_DOTS = 12
_FONTS = Path(__file__).parents[2] / "assets" / "fonts"
_BASELINE = 0.86  # of the cell; keeps CJK strokes and Latin descenders inside the square
_INK = 112  # grey level from which a dot is printed; a little under half keeps thin strokes whole

Bitmap = NDArray[np.bool_]


@lru_cache(maxsize=16)
def open_font(size: int, bold: bool = False) -> ImageFont.FreeTypeFont:
    """Open the bundled Simplified Chinese face, which covers Big5 characters too."""
    name = "NotoSansSC-Bold.otf" if bold else "NotoSansSC-Regular.otf"
    return ImageFont.truetype(_FONTS / name, size, layout_engine=ImageFont.Layout.BASIC)


def is_half(char: str) -> bool:
    """Say whether a character takes half a cell: printable ASCII does, all else is square."""
    return " " <= char <= "~"


def columns_of(text: str) -> int:
    """Count half-cell columns: 1 for ASCII, 2 for everything else."""
    return sum(1 if is_half(char) else 2 for char in text)


def _draw(char: str, width: int, height: int, size: int, bold: bool) -> Bitmap:
    font = open_font(size, bold)
    advance = font.getlength(char)
    canvas = Image.new("L", (max(width, round(advance) + 1), height), 0)
    left = max(0.0, (canvas.width - advance) / 2)
    ImageDraw.Draw(canvas).text((left, height * _BASELINE), char, 255, font, anchor="ls")
    if canvas.width > width:
        canvas = canvas.resize((width, height), Image.Resampling.BOX)
    return np.asarray(canvas) >= _INK


@lru_cache(maxsize=4096)
def full_cell(char: str, scale: int = 1, bold: bool = False) -> Bitmap:
    """Draw one character into a square cell of 24 * ``scale`` dots; True is ink."""
    side = CELL_DOTS * scale
    cell = _draw(char, side, side, side, bold)
    cell.setflags(write=False)
    return cell


@lru_cache(maxsize=1024)
def half_cell(char: str, scale: int = 1, bold: bool = False) -> Bitmap:
    """Draw one ASCII character into a cell 12 * ``scale`` dots wide and 24 * ``scale`` high."""
    height = CELL_DOTS * scale
    # A little smaller than the square cells: Latin capitals would look large beside hanzi.
    cell = _draw(char, HALF_CELL_DOTS * scale, height, round(height * 0.875), bold)
    cell.setflags(write=False)
    return cell
