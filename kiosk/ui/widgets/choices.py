"""Questions with short answers side by side, and a value with a step less and a step more."""

from math import ceil

from kiosk.ui.drawing import Area, Pen
from kiosk.ui.measure import line_height
from kiosk.ui.page import Choices, Stepper
from kiosk.ui.theme import BRAND, BRAND_TINT, CARD, INK, LINE, SUB


def choices(pen: Pen, part: Choices, area: Area) -> float:
    """Draw the question and its answers; return the lower edge."""
    theme = pen.theme
    gap = theme.px(24)
    top = _heading(pen, part.heading, area)
    width = (area.w - gap * (part.columns - 1)) / part.columns
    height = theme.target
    for index, item in enumerate(part.items):
        row, column = divmod(index, part.columns)
        spot = Area(area.x + column * (width + gap), top + row * (height + gap), width, height)
        if item.selected:
            pen.framed(spot, BRAND_TINT, BRAND, theme.px(5))
        else:
            pen.framed(spot, CARD, LINE, theme.px(3))
        words = Area(spot.x + theme.px(16), spot.y, spot.w - 2 * theme.px(16), spot.h)
        size = theme.footer_text
        colour = BRAND if item.selected else INK
        pen.centred(item.action.text, words, size, colour, bold=item.selected, fit=True)
        pen.touch(spot, item.action)
    lines = ceil(len(part.items) / part.columns)
    return top + lines * height + (lines - 1) * gap


def stepper(pen: Pen, part: Stepper, area: Area) -> float:
    """Draw minus, value, plus; return the lower edge."""
    theme = pen.theme
    top = _heading(pen, part.heading, area)
    height = theme.target
    width = theme.px(200 if not theme.landscape else 140)
    for action, x in ((part.less, area.x), (part.more, area.right - width)):
        spot = Area(x, top, width, height)
        pen.framed(spot, CARD, BRAND if action.enabled else LINE, theme.px(4))
        colour = BRAND if action.enabled else SUB
        pen.centred(action.text, spot, theme.title, colour, bold=True)
        pen.touch(spot, action)
    pen.centred(part.value, Area(area.x, top, area.w, height), theme.title, INK, bold=True)
    return top + height


def _heading(pen: Pen, text: str, area: Area) -> float:
    size = pen.theme.body
    pen.text(text, area, size, SUB, bold=True)
    return area.y + line_height(size) + pen.theme.px(10 if not pen.theme.landscape else 4)
