"""Facts in a card, lines of progress, a short word in a ring, statements, notes."""

from kiosk.ui.drawing import Area, Pen
from kiosk.ui.measure import face_for, line_height, text_width
from kiosk.ui.page import Badge, Bullets, Checklist, Note, Rows, StepState, Tone
from kiosk.ui.theme import (
    ATTENTION,
    ATTENTION_LINE,
    ATTENTION_TINT,
    BRAND,
    BRAND_SOFT,
    BRAND_TINT,
    CARD,
    GOOD,
    GOOD_TINT,
    INK,
    LINE,
    SUB,
)
from kiosk.ui.widgets.signs import exclamation, tick


def rows(pen: Pen, part: Rows, area: Area) -> float:
    """Draw facts; return the lower edge."""
    theme = pen.theme
    rim = theme.px(48 if not theme.landscape else 28)
    inner = theme.px(24 if not theme.landscape else 10)
    value_size = theme.option
    x, width = area.x + rim, area.w - 2 * rim
    label_width = _label_width(pen, part, width)
    value_width = width - label_width - theme.px(32 if not theme.landscape else 20)
    heights = []
    for row in part.rows:
        size = round(value_size * 1.3) if row.strong and len(part.rows) == 1 else value_size
        count = len(pen.lines(row.value, size, value_width, bold=True))
        heights.append(line_height(size) * count + 2 * inner)
    edge = theme.px(16 if not theme.landscape else 8)
    total = sum(heights) + 2 * edge
    pen.framed(Area(area.x, area.y, area.w, total), CARD, LINE, theme.px(3))
    y = area.y + edge
    for index, (row, height) in enumerate(zip(part.rows, heights, strict=True)):
        if index:
            pen.box(Area(x, y, width, 2), LINE)
        pen.centred(row.label, Area(x, y, label_width, height), theme.body, SUB, align=0)
        size = round(value_size * 1.3) if row.strong and len(part.rows) == 1 else value_size
        spot = Area(x + width - value_width, y, value_width, height)
        pen.centred(row.value, spot, size, BRAND if row.strong else INK, bold=True, align=1)
        y += height
    return area.y + total


def _label_width(pen: Pen, part: Rows, width: float) -> float:
    """Return what the longest label takes; the values need the rest, so that they break late."""
    face = face_for(pen.language)
    longest = max((text_width(row.label, face, pen.theme.body) for row in part.rows), default=0)
    return min(width * 0.36, longest + 1)


def checklist(pen: Pen, part: Checklist, area: Area) -> float:
    """Draw the machine's steps with a sign each; return the lower edge."""
    theme = pen.theme
    rim = theme.px(44)
    height = theme.px(104 if not theme.landscape else 74)
    total = height * len(part.items) + 2 * theme.px(16)
    pen.framed(Area(area.x, area.y, area.w, total), CARD, LINE, theme.px(3))
    y = area.y + theme.px(16)
    sign = theme.px(46)
    for text, state in part.items:
        spot = Area(area.x + rim, y + (height - sign) / 2, sign, sign)
        if state is StepState.DONE:
            tick(pen, spot)
        else:
            pen.disc(spot, BRAND if state is StepState.NOW else LINE)
            pen.disc(spot.inset(theme.px(7)), CARD)
        if state is StepState.NOW:
            pen.disc(spot.inset(theme.px(14)), BRAND)
        words = Area(spot.right + theme.px(28), y, area.w - 2 * rim - sign - theme.px(28), height)
        now = state is StepState.NOW
        pen.centred(text, words, theme.option, INK if now else SUB, bold=now, align=0)
        y += height
    return area.y + total


def badge_size(pen: Pen) -> int:
    """Return the diameter of the ring."""
    return pen.theme.px(220 if not pen.theme.landscape else 128)


def badge(pen: Pen, part: Badge, area: Area) -> float:
    """Draw a short word in a ring at the top left of an area; return the lower edge."""
    size = badge_size(pen)
    ring = Area(area.x, area.y, size, size)
    pen.disc(ring, BRAND)
    pen.disc(ring.inset(size * 0.055), BRAND_TINT)
    pen.centred(part.text, ring.inset(size * 0.14), round(size * 0.28), BRAND, bold=True, fit=True)
    return area.y + size


def bullets(pen: Pen, part: Bullets, area: Area) -> float:
    """Draw statements, each with its heading and a mark; return the lower edge."""
    theme = pen.theme
    rim = theme.px(40 if not theme.landscape else 24)
    gap = theme.px(24 if not theme.landscape else 10)
    y = area.y
    width = area.w - 2 * rim - theme.px(24)
    for heading, text in part.items:
        head = line_height(theme.option)
        body = line_height(theme.body) * len(pen.lines(text, theme.body, width))
        inner = theme.px(26 if not theme.landscape else 10)
        card = Area(area.x, y, area.w, head + body + 2 * inner)
        pen.framed(card, CARD, LINE, theme.px(3))
        pen.box(
            Area(
                card.x + rim - theme.px(12),
                card.y + inner + theme.px(8),
                theme.px(10),
                card.h - 2 * inner - theme.px(16),
            ),
            BRAND_SOFT,
            theme.px(5),
        )
        spot = Area(card.x + rim + theme.px(24), card.y + inner, width, 0)
        below = pen.text(heading, spot, theme.option, INK, bold=True)
        pen.text(text, Area(spot.x, below, width, 0), theme.body, SUB)
        y = card.bottom + gap
    return y - gap


def note(pen: Pen, part: Note, area: Area) -> float:
    """Draw a sentence; good news and warnings have a ground and a sign; return the lower edge."""
    theme = pen.theme
    if part.tone is Tone.CALM:
        return pen.text(part.text, area, theme.body, SUB)
    if part.tone is Tone.STRONG:
        return pen.text(part.text, area, theme.option, INK, bold=True)
    rim, sign = theme.px(32 if not theme.landscape else 18), theme.px(52)
    width = area.w - 2 * rim - sign - theme.px(24)
    height = line_height(theme.body) * len(pen.lines(part.text, theme.body, width)) + 2 * rim
    card = Area(area.x, area.y, area.w, height)
    good = part.tone is Tone.GOOD
    edge = BRAND_SOFT if good else ATTENTION_LINE
    pen.framed(card, GOOD_TINT if good else ATTENTION_TINT, edge, theme.px(3))
    spot = Area(card.x + rim, card.y + rim, sign, sign)
    if good:
        tick(pen, spot)
    else:
        exclamation(pen, spot)
    words = Area(spot.right + theme.px(24), card.y, width, height)
    pen.centred(part.text, words, theme.body, GOOD if good else ATTENTION, align=0)
    return card.bottom
