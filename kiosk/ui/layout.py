"""Where everything of a page goes. Pure: a page and a theme give slots of marks.

Portrait is one column; landscape has two: what is said and the buttons at the left, what is
shown at the right. A slot is redrawn only when its marks change.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from kiosk.ui.drawing import Area, Drawing, Live, LiveKind, Pen
from kiosk.ui.page import (
    Badge,
    Bullets,
    Checklist,
    Choices,
    Code,
    Mirror,
    Note,
    Options,
    Page,
    Part,
    Picture,
    Rows,
    Stepper,
    Tone,
)
from kiosk.ui.theme import INK, SUB, Theme
from kiosk.ui.widgets import choices, code, options, overlay, pictograms, rows
from kiosk.ui.widgets.buttons import buttons
from kiosk.ui.widgets.footer import footer
from kiosk.ui.widgets.header import header
from kiosk.ui.widgets.progress import progress

_FLEXIBLE = (Picture, Options, Code, Mirror)
_LEFT_SHARE = 0.46
_PICTURE_AT_LEAST, _PICTURE_AT_MOST = 150, 760
_RIGHT_COLUMNS = 2


@dataclass(frozen=True, slots=True)
class Slot:
    """One independently drawn piece of the screen."""

    key: str
    drawing: Drawing


def lay_out(page: Page, theme: Theme) -> tuple[Slot, ...]:
    """Return the slots of a page, back to front."""
    slots = [_slot(page, theme, "header", lambda pen: header(pen, page.header))]
    step = page.step
    if step is not None:
        slots.append(_slot(page, theme, "progress", lambda pen: progress(pen, page.steps, step)))
    slots += _landscape(page, theme) if theme.landscape else _portrait(page, theme)
    slots.append(_slot(page, theme, "footer", lambda pen: footer(pen, page)))
    if page.overlay is not None:
        above = page.overlay
        slots.append(_slot(page, theme, "overlay", lambda pen: overlay.overlay(pen, above)))
    return tuple(slots)


def _slot(page: Page, theme: Theme, key: str, draw: Callable[[Pen], None]) -> Slot:
    pen = Pen(theme, page.language)
    draw(pen)
    return Slot(key, pen.drawing())


def _top(page: Page, theme: Theme) -> float:
    if page.step is not None:
        return float(theme.header + theme.progress)
    if page.large and not theme.landscape:
        return float(theme.header + theme.px(150))
    return float(theme.header + theme.px(64 if not theme.landscape else 30))


def _portrait(page: Page, theme: Theme) -> list[Slot]:
    x, width = float(theme.margin), float(theme.width - 2 * theme.margin)
    end = float(theme.height - theme.footer - theme.px(56))
    slots: list[Slot] = []
    if page.main is not None or page.second is not None:
        place = Area(x, end - theme.button_height, width, theme.button_height)
        slots.append(_buttons(page, theme, place))
        end = place.y - theme.px(48)
    parts = page.parts
    heading = Pen(theme, page.language)
    y = _top(page, theme)
    centred = bool(parts) and isinstance(parts[0], Badge)
    if centred and isinstance(parts[0], Badge):
        size = rows.badge_size(heading)
        y = rows.badge(heading, parts[0], Area(x + (width - size) / 2, y, width, 0))
        y += theme.px(16)
        parts = parts[1:]
    y = _heading(heading, page, Area(x, y, width, 0), 0.5 if centred else 0.0)
    slots.append(Slot("heading", heading.drawing()))
    slots += _column(page, theme, parts, Area(x, y + theme.gap, width, end - y - theme.gap))
    return slots


def _landscape(page: Page, theme: Theme) -> list[Slot]:
    top = _top(page, theme)
    end = float(theme.height - theme.footer - theme.px(20))
    left = Area(theme.margin, top, round(theme.width * _LEFT_SHARE) - theme.margin, end - top)
    x = left.right + theme.margin
    right = Area(x, top, theme.width - theme.margin - x, end - top)
    slots: list[Slot] = []
    below = end
    if page.main is not None or page.second is not None:
        place = Area(left.x, end - theme.button_height, left.w, theme.button_height)
        slots.append(_buttons(page, theme, place))
        below = place.y - theme.px(16)
    heading = Pen(theme, page.language)
    parts = page.parts
    spot = left
    if parts and isinstance(parts[0], Badge):
        size = rows.badge_size(heading)
        rows.badge(heading, parts[0], left)
        indent = size + theme.px(24)
        spot = Area(left.x + indent, left.y, left.w - indent, 0)
        parts = parts[1:]
        title_end = pen_title(heading, page, spot, 0)
        y = max(title_end, left.y + size) + theme.px(8)
        y = heading.text(page.lead, Area(left.x, y, left.w, 0), theme.lead, SUB)
    else:
        # Questions need the room that a lead would take.
        asks = any(isinstance(part, Stepper | Choices) for part in parts)
        y = _heading(heading, replace(page, lead="") if asks else page, left, 0)
    slots.append(Slot("heading", heading.drawing()))
    said = tuple(part for part in parts if _goes_left(part, parts))
    shown = tuple(part for part in parts if part not in said)
    if not shown:
        slots += _column(page, theme, said, right)
        return slots
    y += theme.px(14)
    slots += _column(page, theme, said, Area(left.x, y, left.w, below - y), "said")
    slots += _column(page, theme, shown, right)
    return slots


def _goes_left(part: Part, parts: tuple[Part, ...]) -> bool:
    """Say whether a part belongs to what is said rather than to what is shown."""
    match part:
        case Stepper():
            return True
        case Choices(columns=columns):
            return columns > _RIGHT_COLUMNS
        case Note(tone=tone):
            return tone is not Tone.CALM or not any(isinstance(other, Rows) for other in parts)
        case _:
            return False


def _buttons(page: Page, theme: Theme, place: Area) -> Slot:
    pen = Pen(theme, page.language)
    buttons(pen, place, page.main, page.second, page.main_quiet)
    return Slot("buttons", pen.drawing())


def pen_title(pen: Pen, page: Page, area: Area, align: float) -> float:
    """Write the title; return the lower edge."""
    size = pen.theme.large_title if page.large else pen.theme.title
    return pen.text(page.title, area, size, INK, bold=True, align=align)


def _heading(pen: Pen, page: Page, area: Area, align: float) -> float:
    y = pen_title(pen, page, area, align)
    if page.lead:
        spot = Area(area.x, y + pen.theme.px(8), area.w, 0)
        y = pen.text(page.lead, spot, pen.theme.lead, SUB, align=align)
    return y


def _column(
    page: Page, theme: Theme, parts: tuple[Part, ...], area: Area, prefix: str = "part"
) -> list[Slot]:
    gap = theme.gap
    fixed = [_fixed_height(page, theme, part, area.w) for part in parts]
    flexible = sum(isinstance(part, _FLEXIBLE) for part in parts)
    spare = area.h - sum(fixed) - gap * max(0, len(parts) - 1)
    drawn = tuple(part for part in parts if not isinstance(part, Picture))
    if len(drawn) < len(parts) and spare / flexible < theme.px(_PICTURE_AT_LEAST):
        # A picture that has no room leaves none empty either.
        return _column(page, theme, drawn, area, prefix)
    slots: list[Slot] = []
    y = area.y
    if any(isinstance(part, Picture) for part in parts) and page.main is None:
        # What belongs to the picture stays near it.
        kept = min(spare, float(theme.px(_PICTURE_AT_MOST)))
        y += (spare - kept) * 0.3
        spare = kept
    for index, (part, height) in enumerate(zip(parts, fixed, strict=True)):
        if isinstance(part, _FLEXIBLE):
            height = max(0.0, spare / flexible)
        pen = Pen(theme, page.language)
        _part(pen, part, Area(area.x, y, area.w, height))
        slots.append(Slot(f"{prefix}{index}:{type(part).__name__}", pen.drawing()))
        y += height + gap
    return slots


def _fixed_height(page: Page, theme: Theme, part: Part, width: float) -> float:
    if isinstance(part, _FLEXIBLE):
        return 0.0
    return _part(Pen(theme, page.language), part, Area(0, 0, width, 0))


def _part(pen: Pen, part: Part, area: Area) -> float:
    """Draw one part; return the lower edge."""
    match part:
        case Note():
            return rows.note(pen, part, area)
        case Rows():
            return rows.rows(pen, part, area)
        case Bullets():
            return rows.bullets(pen, part, area)
        case Checklist():
            return rows.checklist(pen, part, area)
        case Badge():
            return rows.badge(pen, part, area)
        case Choices():
            return choices.choices(pen, part, area)
        case Stepper():
            return choices.stepper(pen, part, area)
        case _:
            return _flexible(pen, part, area)


def _flexible(pen: Pen, part: Part, area: Area) -> float:
    match part:
        case Picture(kind=kind):
            pictograms.pictogram(pen, kind, area)
        case Options():
            options.options(pen, part, area)
        case Code():
            code.code(pen, part, area)
        case Mirror():
            pen.marks.append(Live(LiveKind.MIRROR, area))
        case _:
            height = pen.theme.px(16 if not pen.theme.landscape else 12)
            pen.marks.append(Live(LiveKind.BUSY, Area(area.x, area.y, area.w, height)))
            return area.y + height
    return area.bottom
