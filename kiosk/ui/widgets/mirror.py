"""What lies on the camera picture: one hint in a pill, and how far the capture is."""

from kiosk.ui.drawing import Area, Pen
from kiosk.ui.measure import face_for, text_width
from kiosk.ui.texts import portrait
from kiosk.ui.theme import BRAND, CARD, GOOD, INK, LINE
from kiosk.ui.widgets.hint_signs import hint_sign
from kiosk.values import Hint


def bar_height(pen: Pen) -> int:
    """Return how much of the mirror's area the progress bar takes below the picture."""
    return pen.theme.px(52 if not pen.theme.landscape else 34)


def oval(area: Area) -> Area:
    """Return where the face belongs: three to four, in the upper part of the picture."""
    height = min(area.h * 0.76, area.w * 0.98)
    width = height * 0.76
    return Area(area.x + (area.w - width) / 2, area.y + area.h * 0.05, width, height)


def hint_pill(pen: Pen, hint: Hint, picture: Area) -> None:
    """Draw the hint on the lower part of the picture."""
    theme = pen.theme
    size = theme.px(50 if not theme.landscape else 34)
    text = portrait.HINTS[hint].in_language(pen.language)
    sign = size * 1.4
    width = text_width(text, face_for(pen.language, bold=True), size) + sign + theme.px(120)
    height = theme.px(124 if not theme.landscape else 78)
    pill = Area(
        picture.x + (picture.w - width) / 2,
        picture.bottom - height - theme.px(36 if not theme.landscape else 16),
        width,
        height,
    )
    pen.box(pill, CARD, height / 2)
    spot = Area(pill.x + theme.px(44), pill.y + (height - sign) / 2, sign, sign)
    hint_sign(pen, hint, spot)
    words = Area(spot.right + theme.px(24), pill.y, width, height)
    pen.centred(text, words, size, GOOD if hint is Hint.GOOD else INK, bold=True, align=0)


def capture_bar(pen: Pen, progress: float, area: Area) -> None:
    """Draw how far the capture is, 0..1, at the bottom of the mirror's area."""
    height = pen.theme.px(20 if not pen.theme.landscape else 14)
    track = Area(area.x, area.bottom - height, area.w, height)
    pen.box(track, LINE, height / 2)
    part = max(0.0, min(1.0, progress))
    if part > 0:
        filled = max(height, track.w * part)
        pen.box(Area(track.x, track.y, filled, height), BRAND, height / 2)
