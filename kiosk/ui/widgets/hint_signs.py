"""A sign for each hint at the mirror: a head and what it should do, readable without words."""

from collections.abc import Callable
from itertools import pairwise

from kiosk.ui.drawing import Area, Pen
from kiosk.ui.theme import ATTENTION_LINE, BRAND, BRAND_SOFT, CARD, GOOD, INK, Colour
from kiosk.ui.widgets.signs import stroke, tick
from kiosk.values import Hint

_Point = tuple[float, float]


class _Sign:
    """Draws in a square of 100 units."""

    def __init__(self, pen: Pen, area: Area) -> None:
        self._pen, self._area = pen, area

    def box(
        self, x: float, y: float, w: float, h: float, colour: Colour = BRAND, r: float = 0
    ) -> None:
        area, unit = self._area, self._area.w / 100
        part = Area(area.x + x * unit, area.y + y * unit, w * unit, h * unit)
        self._pen.box(part, colour, r * unit)

    def disc(self, x: float, y: float, r: float, colour: Colour = BRAND) -> None:
        """Draw a disc around x, y."""
        self.box(x - r, y - r, 2 * r, 2 * r, colour, r)

    def line(self, *points: _Point, width: float = 9, colour: Colour = BRAND) -> None:
        """Draw straight lines from point to point."""
        unit = self._area.w / 100
        at = [(self._area.x + x * unit, self._area.y + y * unit) for x, y in points]
        for start, end in pairwise(at):
            stroke(self._pen, start, end, width * unit, colour)

    def head(self, x: float = 50, y: float = 50, size: float = 1.0) -> None:
        """Draw a head with eyes."""
        self.box(x - 26 * size, y - 34 * size, 52 * size, 68 * size, BRAND_SOFT, 26 * size)
        for side in (-10, 10):
            self.disc(x + side * size, y - 6 * size, 4.5 * size, INK)

    def arrow(self, start: _Point, end: _Point) -> None:
        """Draw an arrow along one axis."""
        (x1, y1), (x2, y2) = start, end
        step_x, step_y = (x2 > x1) - (x2 < x1), (y2 > y1) - (y2 < y1)
        self.line(start, end)
        for side in (-1, 1):
            wing = (x2 - 13 * step_x + 13 * side * step_y, y2 - 13 * step_y + 13 * side * step_x)
            self.line(wing, end)


def _take_off(s: _Sign) -> None:
    s.head(40)
    s.box(16, 54, 48, 26, BRAND, 8)
    s.arrow((84, 70), (84, 26))


def _look(s: _Sign) -> None:
    s.disc(50, 50, 44)
    s.disc(50, 50, 34, CARD)
    s.disc(50, 50, 18)


def _one_person(s: _Sign) -> None:
    s.head(30, 52, 0.85)
    s.head(78, 56, 0.6)
    s.line((62, 26), (96, 86), width=10, colour=ATTENTION_LINE)


def _closer(s: _Sign) -> None:
    s.head(50, 50, 0.72)
    for side in (-1, 1):
        s.arrow((50 + side * 24, 50), (50 + side * 46, 50))


def _back(s: _Sign) -> None:
    s.head(50, 50, 0.72)
    for side in (-1, 1):
        s.arrow((50 + side * 48, 50), (50 + side * 27, 50))


def _centre(s: _Sign) -> None:
    s.box(40, 6, 56, 88, BRAND, 28)
    s.box(46, 12, 44, 76, CARD, 22)
    s.head(22, 50, 0.6)
    s.arrow((44, 50), (70, 50))


def _forward(s: _Sign) -> None:
    s.head(50, 38, 0.95)
    s.line((50, 36), (50, 48), width=6, colour=INK)
    s.arrow((12, 88), (36, 88))
    s.arrow((88, 88), (64, 88))


def _straight(s: _Sign) -> None:
    s.head()
    s.line((50, 4), (50, 14))
    s.line((50, 86), (50, 96))
    s.line((36, 70), (64, 70), width=5, colour=INK)


def _chin_up(s: _Sign) -> None:
    s.head(38)
    s.arrow((84, 78), (84, 22))


def _chin_down(s: _Sign) -> None:
    s.head(38)
    s.arrow((84, 22), (84, 78))


def _sun(s: _Sign, colour: Colour = BRAND) -> None:
    s.disc(50, 50, 20, colour)
    for x, y in ((0, -1), (0, 1), (-1, 0), (1, 0), (0.7, 0.7), (-0.7, 0.7), (0.7, -0.7)):
        s.line((50 + 31 * x, 50 + 31 * y), (50 + 43 * x, 50 + 43 * y), width=7, colour=colour)
    s.line((28.3, 28.3), (19.9, 19.9), width=7, colour=colour)


def _less_light(s: _Sign) -> None:
    _sun(s, ATTENTION_LINE)
    s.line((14, 86), (86, 14), width=9)


def _even_light(s: _Sign) -> None:
    s.head(66)
    s.disc(14, 50, 12, ATTENTION_LINE)
    s.line((32, 50), (40, 50), width=7, colour=ATTENTION_LINE)
    s.line((28, 34), (36, 28), width=7, colour=ATTENTION_LINE)
    s.line((28, 66), (36, 72), width=7, colour=ATTENTION_LINE)


def _eyes(s: _Sign) -> None:
    s.box(4, 26, 92, 48, BRAND, 24)
    s.box(12, 34, 76, 32, CARD, 16)
    s.disc(50, 50, 15, INK)


def _uncover(s: _Sign) -> None:
    s.head()
    s.box(25, 54, 50, 26, BRAND, 8)
    s.line((20, 52), (80, 86), width=8, colour=ATTENTION_LINE)


def _wait(s: _Sign) -> None:
    s.disc(50, 50, 44)
    s.disc(50, 50, 35, CARD)
    s.line((50, 50), (50, 26), width=8)
    s.line((50, 50), (68, 58), width=8)


_SIGNS: dict[Hint, Callable[[_Sign], None]] = {
    Hint.TAKE_OFF: _take_off,
    Hint.LOOK_AT_CAMERA: _look,
    Hint.ONE_PERSON: _one_person,
    Hint.COME_CLOSER: _closer,
    Hint.STEP_BACK: _back,
    Hint.CENTRE_FACE: _centre,
    Hint.FACE_FORWARD: _forward,
    Hint.HOLD_HEAD_STRAIGHT: _straight,
    Hint.CHIN_UP: _chin_up,
    Hint.CHIN_DOWN: _chin_down,
    Hint.MORE_LIGHT: _sun,
    Hint.LESS_LIGHT: _less_light,
    Hint.EVEN_LIGHT: _even_light,
    Hint.SHOW_EYES: _eyes,
    Hint.UNCOVER_FACE: _uncover,
    Hint.WAIT_A_MOMENT: _wait,
}


def hint_sign(pen: Pen, hint: Hint, area: Area) -> None:
    """Draw the sign of a hint; a tick where the resident has only to stay as they are."""
    if hint in (Hint.GOOD, Hint.HOLD_STILL):
        tick(pen, area, GOOD if hint is Hint.GOOD else BRAND)
        return
    _SIGNS[hint](_Sign(pen, area))
