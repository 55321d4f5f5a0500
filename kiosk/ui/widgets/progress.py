"""Progress line: five steps, where one is."""

from kiosk.ui.drawing import Area, Pen
from kiosk.ui.theme import BRAND, BRAND_SOFT, LINE, SUB


def progress(pen: Pen, steps: tuple[str, ...], now: int) -> None:
    """Draw the steps below the header; ``now`` counts from 1."""
    theme = pen.theme
    gap = theme.px(14)
    size = theme.px(32 if not theme.landscape else 25)
    width = (theme.width - 2 * theme.margin - gap * (len(steps) - 1)) / len(steps)
    bar, top = theme.px(11), theme.header + theme.px(36 if not theme.landscape else 18)
    for index, name in enumerate(steps, start=1):
        x = theme.margin + (index - 1) * (width + gap)
        colour = BRAND if index == now else BRAND_SOFT if index < now else LINE
        pen.box(Area(x, top, width, bar), colour, bar / 2)
        below = Area(x, top + bar + theme.px(10), width, 0)
        current = index == now
        pen.text(name, below, size, BRAND if current else SUB, bold=current, align=0.5)
