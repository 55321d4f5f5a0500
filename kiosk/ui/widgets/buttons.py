"""The one main button, and a quieter one beside it."""

from kiosk.ui.drawing import Area, Pen
from kiosk.ui.page import Action
from kiosk.ui.theme import BRAND, CARD, INK, OFF

_SECOND_SHARE = 0.34


def buttons(pen: Pen, area: Area, main: Action | None, second: Action | None, quiet: bool) -> None:
    """Draw main right and second left; the main one alone takes the whole width."""
    gap = pen.theme.px(24)
    if second is not None:
        width = round(area.w * _SECOND_SHARE)
        _outlined(pen, Area(area.x, area.y, width, area.h), second, pen.theme.footer_text)
        area = Area(area.x + width + gap, area.y, area.w - width - gap, area.h)
    if main is None:
        return
    if quiet:
        _outlined(pen, area, main, round(pen.theme.button * 0.86))
        return
    pen.box(area, BRAND if main.enabled else OFF, pen.theme.radius)
    colour = CARD if main.enabled else INK
    pen.centred(main.text, _text(pen, area), pen.theme.button, colour, bold=True)
    pen.touch(area, main)


def _text(pen: Pen, area: Area) -> Area:
    rim = pen.theme.px(20)
    return Area(area.x + rim, area.y, area.w - 2 * rim, area.h)


def _outlined(pen: Pen, area: Area, action: Action, size: int) -> None:
    pen.framed(area, CARD, BRAND if action.enabled else OFF, pen.theme.px(4))
    pen.centred(action.text, _text(pen, area), size, BRAND if action.enabled else INK, bold=True)
    pen.touch(area, action)
