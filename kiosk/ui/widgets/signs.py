"""Small signs that go with a colour, so that colour is never alone."""

from math import atan2, degrees, hypot

from kiosk.ui.drawing import Area, Pen
from kiosk.ui.theme import ATTENTION, CARD, GOOD, Colour


def stroke(
    pen: Pen, start: tuple[float, float], end: tuple[float, float], width: float, colour: Colour
) -> None:
    """Draw a straight line with round ends."""
    (x1, y1), (x2, y2) = start, end
    length = hypot(x2 - x1, y2 - y1) + width
    middle_x, middle_y = (x1 + x2) / 2, (y1 + y2) / 2
    area = Area(middle_x - length / 2, middle_y - width / 2, length, width)
    pen.box(area, colour, width / 2, degrees(atan2(y2 - y1, x2 - x1)))


def tick(pen: Pen, area: Area, ground: Colour = GOOD, sign: Colour = CARD) -> None:
    """Draw a tick in a disc."""
    pen.disc(area, ground)
    at = [(area.x + area.w * x, area.y + area.h * y) for x, y in _TICK]
    stroke(pen, at[0], at[1], area.w * 0.1, sign)
    stroke(pen, at[1], at[2], area.w * 0.1, sign)


_TICK = ((0.28, 0.52), (0.44, 0.68), (0.73, 0.35))


def exclamation(pen: Pen, area: Area) -> None:
    """Draw an exclamation mark in a disc."""
    pen.disc(area, ATTENTION)
    width = area.w * 0.13
    x = area.x + area.w / 2
    stroke(pen, (x, area.y + area.h * 0.27), (x, area.y + area.h * 0.55), width, CARD)
    pen.disc(Area(x - width / 2, area.y + area.h * 0.69, width, width), CARD)


def arrow(
    pen: Pen, start: tuple[float, float], end: tuple[float, float], width: float, colour: Colour
) -> None:
    """Draw a vertical arrow from start to end."""
    stroke(pen, start, end, width, colour)
    x, y = end
    head = abs(end[1] - start[1]) * 0.3
    back = -head if end[1] > start[1] else head
    stroke(pen, (x - head, y + back), end, width, colour)
    stroke(pen, (x + head, y + back), end, width, colour)
