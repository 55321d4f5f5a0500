"""The one main button, and a quieter one beside it."""

from kiosk.ui.drawing import Area, Pen
from kiosk.ui.measure import face_for, text_width
from kiosk.ui.page import Action
from kiosk.ui.theme import BRAND, CARD, INK, OFF

_SECOND_LEAST, _SECOND_MOST = 0.27, 0.48


def buttons(pen: Pen, area: Area, main: Action | None, second: Action | None, quiet: bool) -> None:
    """Draw main right and second left; the main one alone takes the whole width."""
    gap = pen.theme.px(24)
    if second is not None:
        width = _second_width(pen, area.w, second)
        _outlined(pen, Area(area.x, area.y, width, area.h), second, pen.theme.footer_text)
        area = Area(area.x + width + gap, area.y, area.w - width - gap, area.h)
    if main is None:
        return
    if quiet:
        _outlined(pen, area, main, round(pen.theme.button * 0.86))
        return
    pen.box(area, BRAND if main.enabled else OFF, pen.theme.radius)
    colour = CARD if main.enabled else INK
    pen.centred(main.text, _text(pen, area), pen.theme.button, colour, bold=True, fit=True)
    pen.touch(area, main)


def _second_width(pen: Pen, whole: float, second: Action) -> float:
    """Return as much as its words need, so that the main button stays the larger one."""
    face = face_for(pen.language, bold=True)
    lines = second.text.split("\n")
    needed = max(text_width(line, face, pen.theme.footer_text) for line in lines)
    share = (needed + pen.theme.px(56)) / whole
    return round(whole * min(_SECOND_MOST, max(_SECOND_LEAST, share)))


def _text(pen: Pen, area: Area) -> Area:
    rim = pen.theme.px(20)
    return Area(area.x + rim, area.y, area.w - 2 * rim, area.h)


def _outlined(pen: Pen, area: Area, action: Action, size: int) -> None:
    pen.framed(area, CARD, BRAND if action.enabled else OFF, pen.theme.px(4))
    pen.centred(
        action.text, _text(pen, area), size, BRAND if action.enabled else INK, bold=True, fit=True
    )
    pen.touch(area, action)
