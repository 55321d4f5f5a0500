"""What lies on the camera picture: one hint in a pill, and how far the capture is."""

from kiosk.ui.drawing import Area, Pen
from kiosk.ui.measure import face_for, text_width
from kiosk.ui.sources import Guidance
from kiosk.ui.texts import portrait
from kiosk.ui.theme import BRAND, CARD, GOOD, INK, LINE
from kiosk.ui.widgets.hint_signs import hint_sign
from kiosk.ui.widgets.signs import stroke
from kiosk.values import HeadMove, Hint


def bar_height(pen: Pen) -> int:
    """Return how much of the mirror's area the progress bar takes below the picture."""
    return pen.theme.px(52 if not pen.theme.landscape else 34)


def oval(area: Area) -> Area:
    """Return where the face belongs: three to four, in the upper part of the picture."""
    height = min(area.h * 0.76, area.w * 0.98)
    width = height * 0.76
    return Area(area.x + (area.w - width) / 2, area.y + area.h * 0.05, width, height)


def told(pen: Pen, guidance: Guidance, picture: Area) -> None:
    """Draw what to do: the move that is asked for, otherwise the hint."""
    if guidance.move is None:
        hint_pill(pen, guidance.hint, picture)
    else:
        move_card(pen, guidance.move, picture)


def move_card(pen: Pen, move: HeadMove, picture: Area) -> None:
    """Draw one move below the face: a large sign and its words, larger than any hint."""
    theme = pen.theme
    size = theme.px(60 if not theme.landscape else 40)
    sign = theme.px(170 if not theme.landscape else 100)
    margin = theme.px(28 if not theme.landscape else 14)
    text = portrait.MOVES[move].in_language(pen.language)
    words = text_width(text, face_for(pen.language, bold=True), size)
    width, height = sign + words + 4 * margin, sign + 1.4 * margin
    card = Area(
        picture.x + (picture.w - width) / 2, picture.bottom - height - margin, width, height
    )
    pen.box(card, CARD, margin)
    spot = Area(card.x + 1.2 * margin, card.y + (height - sign) / 2, sign, sign)
    _move_sign(pen, move, spot)
    room = Area(spot.right + 1.2 * margin, card.y, words + margin, height)
    pen.centred(text, room, size, INK, bold=True, align=0)


def _move_sign(pen: Pen, move: HeadMove, area: Area) -> None:
    """Draw a head with the way it goes; the picture is a mirror, so left points left."""

    def at(x: float, y: float) -> tuple[float, float]:
        return area.x + area.w * x, area.y + area.h * y

    def disc(x: float, y: float, r: float) -> None:
        pen.disc(Area(at(x - r, 0)[0], at(0, y - r)[1], 2 * r * area.w, 2 * r * area.h), BRAND)

    wide = area.w * 0.06
    if move is HeadMove.COME_CLOSER:
        disc(0.5, 0.3, 0.13)
        pen.disc(Area(at(0.2, 0)[0], area.y, area.w * 0.6, area.h * 0.6).inset(0), BRAND)
        pen.disc(Area(at(0.2, 0)[0], area.y, area.w * 0.6, area.h * 0.6).inset(wide / 2), CARD)
        disc(0.5, 0.3, 0.16)
        for x in (0.22, 0.78):
            out = 0.16 if x > 0.5 else -0.16
            stroke(pen, at(x, 0.72), at(x + out, 0.94), wide, BRAND)
            stroke(pen, at(x + out, 0.94), at(x + out, 0.80), wide, BRAND)
            stroke(pen, at(x + out, 0.94), at(x + out * 0.25, 0.94), wide, BRAND)
        return
    way = -1.0 if move is HeadMove.TURN_LEFT else 1.0
    disc(0.5, 0.32, 0.28)
    disc(0.5 + way * 0.29, 0.36, 0.07)  # the nose
    tip = 0.5 + way * 0.42
    stroke(pen, at(0.5 - way * 0.34, 0.84), at(tip, 0.84), wide, BRAND)
    stroke(pen, at(tip - way * 0.16, 0.70), at(tip, 0.84), wide, BRAND)
    stroke(pen, at(tip - way * 0.16, 0.98), at(tip, 0.84), wide, BRAND)


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


def opening_pill(pen: Pen, picture: Area) -> None:
    """Say on the empty picture that the camera is being opened, where hints come later."""
    theme = pen.theme
    text = portrait.OPENING.in_language(pen.language)
    size = theme.px(44 if not theme.landscape else 28)
    width = text_width(text, face_for(pen.language, bold=True), size) + 2 * size
    height = theme.px(124 if not theme.landscape else 56)
    top = picture.bottom - height - theme.px(36 if not theme.landscape else 10)
    pill = Area(picture.x + (picture.w - width) / 2, top, width, height)
    pen.box(pill, CARD, height / 2)
    pen.centred(text, pill, size, INK, bold=True)


def capture_bar(pen: Pen, progress: float, area: Area) -> None:
    """Draw how far the capture is, 0..1, at the bottom of the mirror's area."""
    height = pen.theme.px(20 if not pen.theme.landscape else 14)
    track = Area(area.x, area.bottom - height, area.w, height)
    pen.box(track, LINE, height / 2)
    part = max(0.0, min(1.0, progress))
    if part > 0:
        filled = max(height, track.w * part)
        pen.box(Area(track.x, track.y, filled, height), BRAND, height / 2)
