"""Characters as dots, from the bundled font: cells for printers, and reading them back.

One renderer serves the card printer's user glyphs and the receipt's rasters, so that a picture
on a fixed grid of cells can be read back exactly.
"""

from devices.glyphs.font import CELL_DOTS, HALF_CELL_DOTS, columns_of, full_cell, half_cell, is_half
from devices.glyphs.reading import UNKNOWN_CELL, read_row

__all__ = [
    "CELL_DOTS",
    "HALF_CELL_DOTS",
    "UNKNOWN_CELL",
    "columns_of",
    "full_cell",
    "half_cell",
    "is_half",
    "read_row",
]
