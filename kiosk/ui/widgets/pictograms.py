"""Drawings that need no words, made of a few calm shapes on a field of 200 × 150 units."""

from collections.abc import Callable

from kiosk.ui.drawing import Area, Pen
from kiosk.ui.page import Pictogram
from kiosk.ui.theme import BRAND, BRAND_SOFT, BRAND_TINT, CARD, GROUND, INK, LINE, Colour
from kiosk.ui.widgets.signs import arrow, stroke, tick

_WIDTH, _HEIGHT = 200.0, 150.0
_LARGEST = 3.6


class _Sketch:
    """Draws in units of the field instead of pixels."""

    def __init__(self, pen: Pen, area: Area) -> None:
        largest = _LARGEST * pen.theme.scale * (0.8 if pen.theme.landscape else 1)
        self.unit = min(area.w / _WIDTH, area.h / _HEIGHT, largest)
        self.left = area.x + (area.w - _WIDTH * self.unit) / 2
        self.top = area.y + (area.h - _HEIGHT * self.unit) / 2
        self.pen = pen

    def area(self, x: float, y: float, w: float, h: float) -> Area:
        unit = self.unit
        return Area(self.left + x * unit, self.top + y * unit, w * unit, h * unit)

    def point(self, x: float, y: float) -> tuple[float, float]:
        return self.left + x * self.unit, self.top + y * self.unit

    def box(self, x: float, y: float, w: float, h: float, colour: Colour, r: float = 0) -> None:
        self.pen.box(self.area(x, y, w, h), colour, r * self.unit)

    def framed(self, x: float, y: float, w: float, h: float, r: float, edge: float = 2) -> None:
        self.pen.framed(self.area(x, y, w, h), CARD, BRAND, edge * self.unit, r * self.unit)

    def disc(self, x: float, y: float, r: float, colour: Colour) -> None:
        self.pen.disc(self.area(x - r, y - r, 2 * r, 2 * r), colour)

    def stroke(
        self, start: tuple[float, float], end: tuple[float, float], width: float, colour: Colour
    ) -> None:
        pen, unit = self.pen, self.unit
        stroke(pen, self.point(*start), self.point(*end), width * unit, colour)

    def arrow(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        arrow(self.pen, self.point(*start), self.point(*end), 4 * self.unit, BRAND)

    def card(self, x: float, y: float) -> None:
        """Draw a card 112 × 72: portrait at the left, lines, QR code at the right."""
        self.framed(x, y, 112, 72, 8)
        self.box(x + 11, y + 11, 32, 40, BRAND_TINT, 3)
        self.disc(x + 27, y + 25, 7, BRAND_SOFT)
        self.box(x + 16, y + 35, 22, 16, BRAND_SOFT, 7)
        for row, width in enumerate((28, 22, 25)):
            self.box(x + 50, y + 13 + row * 13, width, 5, LINE, 2.5)
        self.box(x + 11, y + 58, 66, 4, LINE, 2)
        self.qr(x + 84, y + 44)

    def qr(self, x: float, y: float) -> None:
        """Draw what a QR code looks like from afar, 20 × 20."""
        for corner_x, corner_y in ((0, 0), (12, 0), (0, 12)):
            self.box(x + corner_x, y + corner_y, 8, 8, INK, 1)
            self.box(x + corner_x + 2, y + corner_y + 2, 4, 4, CARD, 0.5)
        for dot_x, dot_y in ((12, 12), (16, 16), (16, 12), (9, 9)):
            self.box(x + dot_x, y + dot_y, 3.4, 3.4, INK)

    def lens(self, x: float, y: float) -> None:
        """Draw a magnifying glass with its centre at x, y."""
        self.stroke((x + 17, y + 17), (x + 33, y + 33), 7, BRAND)
        self.disc(x, y, 24, BRAND)
        self.disc(x, y, 19, CARD)

    def portrait(self, x: float, y: float) -> None:
        """Draw a framed portrait, 66 × 84."""
        self.framed(x, y, 66, 84, 8)
        self.disc(x + 33, y + 32, 14, BRAND_SOFT)
        self.box(x + 11, y + 52, 44, 30, BRAND_SOFT, 15)
        self.box(x + 11, y + 70, 44, 12, BRAND_SOFT)


def _card_in(s: _Sketch) -> None:
    s.card(36, 12)
    s.box(6, 88, 172, 13, INK, 6.5)
    s.box(14, 101, 156, 22, LINE, 5)
    s.arrow((166, 34), (166, 72))


def _card_out(s: _Sketch) -> None:
    s.card(36, 12)
    s.box(6, 88, 172, 13, INK, 6.5)
    s.box(14, 101, 156, 22, LINE, 5)
    s.arrow((166, 74), (166, 34))


def _card_read(s: _Sketch) -> None:
    s.card(36, 34)
    s.lens(134, 92)


def _card_turn(s: _Sketch) -> None:
    s.card(44, 38)
    s.arrow((22, 106), (22, 44))
    s.arrow((178, 44), (178, 106))


def _checking(s: _Sketch) -> None:
    s.framed(50, 14, 84, 112, 8)
    for row, width in enumerate((54, 40, 48, 30)):
        s.box(64, 34 + row * 20, width, 7, LINE, 3.5)
    s.lens(128, 94)


def _compare(s: _Sketch) -> None:
    s.portrait(14, 33)
    s.portrait(120, 33)
    for dot in range(3):
        s.disc(90 + dot * 10, 75, 3, BRAND)


def _receipt(s: _Sketch) -> None:
    s.framed(62, 32, 76, 90, 4)
    s.box(20, 22, 160, 16, INK, 8)
    for row, width in enumerate((48, 36, 44)):
        s.box(76, 56 + row * 16, width, 6, LINE, 3)
    s.arrow((166, 62), (166, 104))


def _ticket(s: _Sketch) -> None:
    s.framed(54, 32, 92, 106, 4)
    s.box(20, 22, 160, 16, INK, 8)
    s.box(72, 52, 56, 12, BRAND, 3)  # the number
    s.qr(90, 78)
    for row, width in enumerate((62, 46)):
        s.box(100 - width / 2, 110 + row * 12, width, 5, LINE, 2.5)
    s.arrow((170, 62), (170, 104))


def _go_on(s: _Sketch) -> None:
    s.framed(10, 22, 68, 106, 4)
    s.box(22, 38, 44, 12, BRAND, 3)  # the number
    s.qr(34, 64)
    for row, width in enumerate((42, 30)):
        s.box(44 - width / 2, 98 + row * 12, width, 5, LINE, 2.5)
    s.stroke((87, 75), (113, 75), 4, BRAND)
    for y in (66, 84):
        s.stroke((104, y), (113, 75), 4, BRAND)
    s.framed(122, 50, 72, 50, 6)
    s.box(130, 59, 20, 26, BRAND_TINT, 3)
    s.disc(140, 68, 4.5, BRAND_SOFT)
    s.box(133, 75, 14, 10, BRAND_SOFT, 4)
    for row, width in enumerate((30, 22, 26)):
        s.box(156, 62 + row * 9, width, 4, LINE, 2)


def _pause(s: _Sketch) -> None:
    s.disc(100, 75, 56, BRAND)
    s.disc(100, 75, 50, CARD)
    s.box(80, 50, 13, 50, BRAND, 6)
    s.box(107, 50, 13, 50, BRAND, 6)


def _person(s: _Sketch) -> None:
    s.disc(84, 48, 23, BRAND_SOFT)
    s.box(46, 76, 76, 60, BRAND_SOFT, 30)
    s.box(24, 108, 120, 40, GROUND)
    s.box(18, 108, 132, 12, INK, 6)
    s.framed(124, 16, 56, 40, 14)
    for dot in range(3):
        s.disc(139 + dot * 13, 36, 3.4, BRAND)


def _done(s: _Sketch) -> None:
    tick(s.pen, s.area(48, 23, 104, 104))


_DRAWINGS: dict[Pictogram, Callable[[_Sketch], None]] = {
    Pictogram.CARD_IN: _card_in,
    Pictogram.CARD_READ: _card_read,
    Pictogram.CARD_TURN: _card_turn,
    Pictogram.CARD_OUT: _card_out,
    Pictogram.CHECKING: _checking,
    Pictogram.COMPARE: _compare,
    Pictogram.RECEIPT: _receipt,
    Pictogram.TICKET: _ticket,
    Pictogram.PAUSE: _pause,
    Pictogram.PERSON: _person,
    Pictogram.DONE: _done,
    Pictogram.GO_ON: _go_on,
}


def pictogram(pen: Pen, kind: Pictogram, area: Area) -> None:
    """Draw a pictogram in the middle of an area, never larger than is calm."""
    _DRAWINGS[kind](_Sketch(pen, area))
