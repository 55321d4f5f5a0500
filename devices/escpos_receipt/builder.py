"""Builds a receipt's bytes with python-escpos; text beyond ASCII goes as raster. No I/O.

Printers differ in their Chinese fonts and in how they are switched on; dots look the same on
all of them. The bundled font is drawn on the printer's own 12 x 24 grid.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from devices.escpos_receipt.library import load_builder
from devices.glyphs import HALF_CELL_DOTS, columns_of, full_cell, half_cell, is_half
from devices.glyphs.wrapping import wrap, wrap_sentence
from devices.interfaces import QrCode, ReceiptPart, Row, Rule, Text

if TYPE_CHECKING:
    from escpos.printer import Dummy
else:
    Dummy = load_builder()

_LEADING_DOTS = 4  # blank above and below each line, times its scale
_SLICE_LINES = 255  # some printers take the height of a raster from one byte only
_QUIET_MODULES = 4  # ISO 18004: blank all around, or readers may not find the code
_RULE_DOTS = 2
_RULE_SPACE_DOTS = 5


@dataclass(frozen=True, slots=True)
class ReceiptStyle:
    """What the printer at hand can do.

    ``native_qr`` lets the printer draw QR codes; a printer that cannot gets them as raster.
    """

    width_dots: int = 576
    native_qr: bool = True
    qr_module_dots: int = 7
    cut: bool = True

    def columns(self, scale: int) -> int:
        """Return how many half-width characters fit a line."""
        return self.width_dots // (HALF_CELL_DOTS * scale)


def build_receipt(parts: Sequence[ReceiptPart], style: ReceiptStyle) -> bytes:
    """Return the bytes of one whole receipt, from reset to cut."""
    printer = _open_builder(style)
    printer.hw("INIT")
    for part in parts:
        _add(printer, part, style)
    if style.cut:
        printer.cut(mode="PART")
    else:
        printer.print_and_feed(4)
    return bytes(printer.output)


def _open_builder(style: ReceiptStyle) -> Dummy:
    """Make the byte builder; it prints complaints to stdout while it knows no paper width."""
    printer = Dummy(profile="default")
    width = {"pixels": style.width_dots, "mm": "Unknown"}
    printer.profile.profile_data = {**printer.profile.profile_data, "media": {"width": width}}
    return printer


def _add(printer: Dummy, part: ReceiptPart, style: ReceiptStyle) -> None:
    match part:
        case Text():
            for line in _lines(part, style):
                _add_line(printer, line, part, style)
        case Row():
            for line in _row_lines(part, style.columns(1)):
                _add_line(printer, line, Text(line), style)
        case QrCode():
            _add_qr(printer, part.text, style)
        case Rule():
            _feed(printer, _RULE_SPACE_DOTS)
            _add_raster(printer, np.ones((_RULE_DOTS, style.width_dots), np.bool_))
            _feed(printer, _RULE_SPACE_DOTS)


def _lines(part: Text, style: ReceiptStyle) -> Iterator[str]:
    for paragraph in part.text.split("\n"):
        yield from wrap_sentence(paragraph, style.columns(part.scale))


def _row_lines(row: Row, columns: int) -> list[str]:
    gap = columns - columns_of(row.label) - columns_of(row.value)
    if gap >= 1:
        return [row.label + " " * gap + row.value]
    values = wrap(row.value, columns)
    return wrap(row.label, columns) + [" " * (columns - columns_of(v)) + v for v in values]


def _add_line(printer: Dummy, line: str, style_of: Text, style: ReceiptStyle) -> None:
    if all(is_half(char) for char in line):
        printer.set(
            align="center" if style_of.centred else "left",
            bold=style_of.bold,
            custom_size=True,
            width=style_of.scale,
            height=style_of.scale,
        )
        printer.text(line + "\n")
        return
    # What is blank is fed, not sent: on a slow line a receipt's dots take many seconds.
    _feed(printer, _LEADING_DOTS * style_of.scale)
    _add_raster(printer, _draw_line(line, style_of, style.width_dots), centred=style_of.centred)
    _feed(printer, _LEADING_DOTS * style_of.scale)


def _draw_line(line: str, style_of: Text, width: int) -> NDArray[np.bool_]:
    """Return the cells of a line, (24 * scale, used width)."""
    scale, bold = style_of.scale, style_of.bold
    cells = [
        half_cell(char, scale, bold) if is_half(char) else full_cell(char, scale, bold)
        for char in line
    ]
    return np.concatenate(cells, axis=1)[:, :width]


def _add_raster(printer: Dummy, dots: NDArray[np.bool_], *, centred: bool = False) -> None:
    picture = Image.fromarray(np.where(dots, 0, 255).astype(np.uint8))
    printer.set(align="center" if centred else "left")
    printer.image(picture, impl="bitImageRaster", fragment_height=_SLICE_LINES, center=False)


def _feed(printer: Dummy, dots: int) -> None:
    """Move the paper on by so many dots (ESC J)."""
    printer._raw(b"\x1bJ" + bytes((dots,)))


def _add_qr(printer: Dummy, text: str, style: ReceiptStyle) -> None:
    printer.set(align="center")
    _feed(printer, _QUIET_MODULES * style.qr_module_dots)
    printer.qr(
        text,
        native=style.native_qr,
        size=style.qr_module_dots,
        # ESC a centres it already.
        image_arguments={
            "impl": "bitImageRaster",
            "fragment_height": _SLICE_LINES,
            "center": False,
        },
    )
    _feed(printer, _QUIET_MODULES * style.qr_module_dots)
    printer.set(align="left")
