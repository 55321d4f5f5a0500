"""The idle warning: a question with a countdown above the dimmed screen."""

from kiosk.ui.drawing import Area, Pen
from kiosk.ui.measure import line_height
from kiosk.ui.page import Overlay
from kiosk.ui.theme import BRAND, BRAND_TINT, CARD, INK, SUB, VEIL
from kiosk.ui.widgets.buttons import buttons


def overlay(pen: Pen, part: Overlay) -> None:
    """Draw it in the middle of the screen."""
    theme = pen.theme
    pen.box(Area(0, 0, theme.width, theme.height), VEIL)
    width = min(theme.width - 2 * theme.margin, theme.px(900 if not theme.landscape else 760))
    rim = theme.px(64 if not theme.landscape else 36)
    inner = width - 2 * rim
    ring = theme.px(220 if not theme.landscape else 130)
    title = line_height(theme.title) * len(pen.lines(part.title, theme.title, inner, bold=True))
    lead = line_height(theme.lead) * len(pen.lines(part.lead, theme.lead, inner))
    gap = theme.gap
    height = 2 * rim + ring + title + lead + theme.button_height + 3 * gap
    card = Area((theme.width - width) / 2, (theme.height - height) / 2, width, height)
    pen.box(card, CARD, theme.radius * 1.4)
    circle = Area(card.x + (width - ring) / 2, card.y + rim, ring, ring)
    pen.disc(circle, BRAND)
    pen.disc(circle.inset(ring * 0.055), BRAND_TINT)
    pen.centred(str(part.seconds), circle, round(ring * 0.42), BRAND, bold=True)
    y = circle.bottom + gap
    spot = Area(card.x + rim, y, inner, 0)
    y = pen.text(part.title, spot, theme.title, INK, bold=True, align=0.5)
    y = pen.text(part.lead, Area(spot.x, y, inner, 0), theme.lead, SUB, align=0.5)
    place = Area(card.x + rim, y + gap * 1.5, inner, theme.button_height)
    buttons(pen, place, part.action, None, quiet=False)
