"""A QR code on white, with the amount above and a line below."""

from kiosk.ui.drawing import Area, Pen, QrSquare
from kiosk.ui.measure import line_height
from kiosk.ui.page import Code
from kiosk.ui.theme import BRAND, CARD, LINE, SUB


def code(pen: Pen, part: Code, area: Area) -> None:
    """Draw it as large as is useful, in the middle of the area."""
    theme = pen.theme
    rim = theme.px(36 if not theme.landscape else 20)
    head = line_height(theme.title) if part.headline else 0
    foot = line_height(theme.body) + theme.px(8) if part.caption else 0
    largest = theme.px(560 if not theme.landscape else 330)
    side = max(theme.px(120), min(largest, area.h - head - foot - 2 * rim, area.w - 2 * rim))
    total = head + side + foot + 2 * rim
    width = max(side + 2 * rim, min(area.w, theme.px(760 if not theme.landscape else 480)))
    top = area.y + max(0.0, (area.h - total) / 2)
    card = Area(area.x + (area.w - width) / 2, top, width, total)
    pen.framed(card, CARD, LINE, theme.px(3))
    y = card.y + rim
    if part.headline:
        spot = Area(card.x, y - theme.px(8), card.w, 0)
        pen.text(part.headline, spot, theme.title, BRAND, bold=True, align=0.5)
        y += head
    pen.marks.append(QrSquare(Area(card.x + (card.w - side) / 2, y, side, side), part.text))
    if part.caption:
        spot = Area(card.x + rim, y + side + theme.px(8), card.w - 2 * rim, 0)
        pen.text(part.caption, spot, theme.body, SUB, align=0.5)
