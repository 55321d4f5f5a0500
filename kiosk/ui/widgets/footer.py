"""Footer: the way to a person at the left, the way out at the right; on every screen."""

from kiosk.ui.drawing import Area, Pen
from kiosk.ui.measure import face_for, text_width
from kiosk.ui.page import Action, Page
from kiosk.ui.theme import BRAND, BRAND_TINT, CARD, GOOD, GOOD_TINT, LINE, SUB, Colour


def footer(pen: Pen, page: Page) -> None:
    """Draw the footer across the bottom."""
    theme = pen.theme
    top = theme.height - theme.footer
    pen.box(Area(0, top, theme.width, theme.footer), CARD)
    pen.box(Area(0, top, theme.width, 2), LINE)
    height = theme.target if not theme.landscape else theme.footer - theme.px(24)
    height = max(height, theme.px(132) if not theme.landscape else 0)
    y = top + (theme.footer - height) / 2
    if page.help is not None:
        _pill(pen, y, height, page.help, left=True)
    elif page.called:
        width = _width(pen, page.called) + 2 * theme.px(40)
        area = Area(theme.margin, y, width, height)
        pen.box(area, GOOD_TINT, height / 2)
        pen.centred(page.called, area, _size(pen, page.called), GOOD, bold=True)
    if page.exit is not None:
        _pill(pen, y, height, page.exit, left=False)
    elif page.status:
        area = Area(theme.width * 0.5, top, theme.width * 0.5 - theme.margin, theme.footer)
        pen.centred(page.status, area, theme.footer_text, SUB, align=1)


def _size(pen: Pen, text: str) -> int:
    two = "\n" in text
    return round(pen.theme.footer_text * (0.93 if two else 1))


def _width(pen: Pen, text: str) -> float:
    face = face_for(pen.language, bold=True)
    return max(text_width(line, face, _size(pen, text)) for line in text.split("\n"))


def _pill(pen: Pen, y: float, height: float, action: Action, left: bool) -> None:
    theme = pen.theme
    width = _width(pen, action.text) + 2 * theme.px(42)
    x = theme.margin if left else theme.width - theme.margin - width
    area = Area(x, y, width, height)
    colour: Colour = BRAND if left else SUB
    if left:
        pen.box(area, BRAND_TINT, height / 2)
    else:
        pen.framed(area, CARD, LINE, theme.px(3), height / 2)
    pen.centred(action.text, area, _size(pen, action.text), colour, bold=left)
    pen.touch(area, action, height / 2)
