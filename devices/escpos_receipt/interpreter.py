"""Plays a receipt printer: ESC/POS commands in, picture and text out.

Used by the emulator, the tests and the demo. Knows nothing of receipts, only of commands; what
it cannot carry out is listed in ``Receipt.unknown``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import qrcode
from numpy.typing import NDArray
from PIL import Image
from qrcode.exceptions import DataOverflowError

from devices.escpos_receipt.commands import Command, CommandSplitter, TextRun, Token, Unknown
from devices.escpos_receipt.raster_text import describe_raster
from devices.glyphs import CELL_DOTS, HALF_CELL_DOTS, half_cell

PAPER_DOTS = 576
_LINE_SPACING = 30
_MARGIN = 24
_QR_STORE, _QR_PRINT, _QR_MODULE, _QR_LEVEL = 80, 81, 67, 69
_QR_LEVELS = {48: 1, 49: 0, 50: 3, 51: 2}  # ESC/POS L, M, Q, H in the numbering of ISO 18004
_MAX_SCALE = 8

Dots = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Receipt:
    """One piece of paper: ``dots`` are True where it is black; ``cut`` says whether it is off."""

    dots: Dots
    contents: tuple[str | Dots, ...]
    cut: bool
    unknown: tuple[bytes, ...] = ()

    @property
    def text(self) -> str:
        """Return what a person reads, line by line; rasters are read from their dots.

        Takes a second or more the first time: every character of the font is looked at.
        """
        return "\n".join(
            part if isinstance(part, str) else describe_raster(part) for part in self.contents
        )

    def picture(self) -> Image.Image:
        """Return the paper with a white margin, 8 dots a millimetre."""
        paper = np.pad(self.dots, _MARGIN)
        return Image.fromarray(np.where(paper, 24, 255).astype(np.uint8))


@dataclass(slots=True)
class _Style:
    align: int = 0
    bold: bool = False
    width: int = 1
    height: int = 1
    spacing: int = _LINE_SPACING


@dataclass(slots=True)
class _Qr:
    module: int = 3
    level: int = 48
    text: str = ""


@dataclass(slots=True)
class _Sheet:
    strips: list[Dots] = field(default_factory=list)
    contents: list[str | Dots] = field(default_factory=list)
    unknown: list[bytes] = field(default_factory=list)


class Interpreter:
    """Carries commands out one by one; finished receipts collect in ``receipts``."""

    def __init__(self) -> None:
        self.receipts: list[Receipt] = []
        self._style = _Style()
        self._qr = _Qr()
        self._sheet = _Sheet()
        self._line: list[tuple[str, Dots]] = []
        self._commands: dict[bytes, Callable[[bytes], None]] = {
            b"\x1b@": lambda _data: self._reset(),
            b"\x1ba": self._set_align,
            b"\x1bE": self._set_bold,
            b"\x1bG": self._set_bold,
            b"\x1d!": self._set_size,
            b"\x1b!": self._set_mode,
            b"\x1b2": lambda _data: self._set_spacing(bytes((_LINE_SPACING,))),
            b"\x1b3": self._set_spacing,
            b"\x1bd": lambda data: self._feed(data[0] * self._style.spacing),
            b"\x1bJ": lambda data: self._feed(data[0]),
            b"\x1bt": lambda _data: None,  # code pages differ beyond ASCII only
            b"\x1bR": lambda _data: None,
            b"\x1bM": lambda _data: None,
            b"\x1dv": self._raster,
            b"\x1d(": self._extended,
            b"\x1dV": self._cut,
        }

    def carry_out(self, token: Token) -> None:
        """Carry out one command."""
        match token:
            case TextRun(text=text):
                self._text(text)
            case Unknown(data=data):
                self._sheet.unknown.append(data)
            case Command(name=name, data=data):
                command = self._commands.get(name)
                if command is None:
                    self._sheet.unknown.append(name + data[:8])
                else:
                    command(data)

    def tear_off(self) -> Receipt | None:
        """Return the paper printed since the last cut, None when it is blank."""
        self._end_line()
        sheet, self._sheet = self._sheet, _Sheet()
        if not any(strip.any() for strip in sheet.strips) and not sheet.unknown:
            return None
        return self._finish(sheet, cut=False)

    @staticmethod
    def _finish(sheet: _Sheet, *, cut: bool) -> Receipt:
        blank = np.zeros((0, PAPER_DOTS), np.bool_)
        dots = np.concatenate(sheet.strips) if sheet.strips else blank
        return Receipt(dots, tuple(sheet.contents), cut, tuple(sheet.unknown))

    def _reset(self) -> None:
        self._end_line()
        self._style, self._qr = _Style(), _Qr()

    def _set_align(self, data: bytes) -> None:
        self._style.align = data[0] & 3

    def _set_bold(self, data: bytes) -> None:
        self._style.bold = bool(data[0] & 1)

    def _set_size(self, data: bytes) -> None:
        self._style.width = (data[0] >> 4 & 7) + 1
        self._style.height = (data[0] & 7) + 1

    def _set_mode(self, data: bytes) -> None:
        self._style.bold = bool(data[0] & 0x08)
        self._style.height = 2 if data[0] & 0x10 else 1
        self._style.width = 2 if data[0] & 0x20 else 1

    def _set_spacing(self, data: bytes) -> None:
        self._style.spacing = data[0]

    def _text(self, text: str) -> None:
        style = self._style
        for char in text:
            if char == "\n":
                self._feed_line()
                continue
            cell = _native_cell(char, style)
            used = sum(dots.shape[1] for _, dots in self._line)
            if used + cell.shape[1] > PAPER_DOTS:
                self._feed_line()
            self._line.append((char, cell))

    def _feed_line(self) -> None:
        if self._line:
            self._end_line()
        else:
            self._feed(self._style.spacing)

    def _end_line(self) -> None:
        if not self._line:
            return
        height = max(dots.shape[0] for _, dots in self._line)
        cells = [np.pad(dots, ((height - dots.shape[0], 0), (0, 0))) for _, dots in self._line]
        self._sheet.contents.append("".join(char for char, _ in self._line).rstrip())
        self._line = []
        self._place(np.concatenate(cells, axis=1))
        self._feed(max(0, self._style.spacing - CELL_DOTS))

    def _feed(self, dots: int) -> None:
        self._end_line()
        self._sheet.strips.append(np.zeros((dots, PAPER_DOTS), np.bool_))

    def _place(self, block: Dots) -> None:
        """Put a block on the paper as the alignment says; what is too wide is cut off."""
        block = block[:, :PAPER_DOTS]
        room = PAPER_DOTS - block.shape[1]
        left = (0, room // 2, room, 0)[self._style.align]
        self._sheet.strips.append(np.pad(block, ((0, 0), (left, room - left))))

    def _raster(self, data: bytes) -> None:
        width, height = data[2] + data[3] * 256, data[4] + data[5] * 256
        packed = np.frombuffer(data[6:], np.uint8).reshape(height, width)
        dots = np.unpackbits(packed, axis=1).astype(np.bool_)
        self._end_line()
        self._place(dots)
        self._sheet.contents.append(dots)

    def _extended(self, data: bytes) -> None:
        if data[:1] != b"k" or len(data) < 6 or data[3] != 49:
            self._sheet.unknown.append(b"\x1d(" + data[:8])
            return
        function, value = data[4], data[5:]
        if function == _QR_MODULE:
            self._qr.module = max(1, min(16, value[0]))
        elif function == _QR_LEVEL:
            self._qr.level = value[0]
        elif function == _QR_STORE:
            self._qr.text = value[1:].decode("utf-8", errors="replace")
        elif function == _QR_PRINT:
            self._print_qr()

    def _print_qr(self) -> None:
        code = qrcode.QRCode(
            error_correction=_QR_LEVELS.get(self._qr.level, 1), border=0, box_size=1
        )
        try:
            code.add_data(self._qr.text)
            code.make(fit=True)
        except (ValueError, DataOverflowError):
            self._sheet.unknown.append(b"\x1d(k: more than a QR code holds")
            return
        modules = np.array(code.get_matrix(), np.bool_)
        self._end_line()
        self._place(np.kron(modules, np.ones((self._qr.module,) * 2, np.bool_)))
        self._sheet.contents.append(f"[QR {self._qr.text}]")

    def _cut(self, _data: bytes) -> None:
        self._end_line()
        sheet, self._sheet = self._sheet, _Sheet()
        self.receipts.append(self._finish(sheet, cut=True))


def _native_cell(char: str, style: _Style) -> Dots:
    """Draw a character of the printer's own font, multiplied as printers do."""
    if style.width == style.height and style.width <= 3:
        return half_cell(char, style.width, style.bold)
    cell = half_cell(char, 1, style.bold)
    return np.repeat(np.repeat(cell, style.height, axis=0), style.width, axis=1)


def interpret(data: bytes) -> Sequence[Receipt]:
    """Print these bytes; the last receipt may be uncut."""
    interpreter = Interpreter()
    for token in CommandSplitter().feed(data):
        interpreter.carry_out(token)
    rest = interpreter.tear_off()
    return [*interpreter.receipts, *([rest] if rest is not None else [])]


__all__ = ["HALF_CELL_DOTS", "PAPER_DOTS", "Interpreter", "Receipt", "interpret"]
