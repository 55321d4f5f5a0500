"""Header: the name of the service and the language switch."""

from kiosk.session.events import LanguageChosen
from kiosk.ui.drawing import Area, Pen
from kiosk.ui.page import Action
from kiosk.ui.theme import BRAND, BRAND_TINT, CARD, LINE, SUB
from kiosk.values import Language

_NAMES = {Language.ZH_HANS: "简", Language.ZH_HANT: "繁", Language.EN: "EN"}


def header(pen: Pen, title: str) -> None:
    """Draw the header across the top."""
    theme = pen.theme
    area = Area(0, 0, theme.width, theme.header)
    pen.box(area, CARD)
    pen.box(Area(0, area.h - 2, area.w, 2), LINE)
    height = max(theme.px(108), theme.target) if theme.landscape else theme.px(108)
    height = min(height, theme.header - 8)
    width, gap = theme.px(112), theme.px(24)
    x = theme.width - theme.margin - 3 * width - 2 * gap
    room = Area(theme.margin, 0, x - theme.margin - gap, theme.header)
    pen.centred(title, room, theme.footer_text, BRAND, bold=True, align=0, fit=True)
    for language, name in _NAMES.items():
        spot = Area(x, (theme.header - height) / 2, width, height)
        chosen = language is pen.language
        if chosen:
            pen.box(spot, BRAND_TINT, theme.px(18))
        pen.centred(name, spot, theme.footer_text, BRAND if chosen else SUB, bold=chosen)
        action = Action(f"language:{language.value}", name, LanguageChosen(language))
        pen.touch(spot, action, theme.px(18))
        x += width + gap
