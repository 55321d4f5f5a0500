"""Offers one below the other; those that do not fit are on the next page."""

from kiosk.ui.drawing import Area, Dashes, Pen
from kiosk.ui.measure import line_height
from kiosk.ui.page import Action, OptionItem, Options, TurnPage
from kiosk.ui.theme import ATTENTION, BRAND, BRAND_TINT, CARD, GROUND, INK, LINE, SUB


def options(pen: Pen, part: Options, area: Area) -> None:
    """Draw as many as fit, with buttons to turn pages where they do not all fit."""
    gap = pen.theme.px(26 if not pen.theme.landscape else 24)
    heights = [_height(pen, item, area.w) for item in part.items]
    pages = _pages(heights, gap, area.h)
    if len(pages) > 1:
        pager = pen.theme.target
        pages = _pages(heights, gap, area.h - pager - gap)
        _pager(pen, part, Area(area.x, area.bottom - pager, area.w, pager), len(pages))
    number = min(part.page, len(pages) - 1)
    y = area.y
    for index in pages[number]:
        item, height = part.items[index], heights[index]
        _option(pen, item, Area(area.x, y, area.w, height))
        y += height + gap


def _pages(heights: list[float], gap: float, room: float) -> list[list[int]]:
    pages: list[list[int]] = [[]]
    used = 0.0
    for index, height in enumerate(heights):
        if pages[-1] and used + height > room:
            pages.append([])
            used = 0.0
        pages[-1].append(index)
        used += height + gap
    return pages


def _columns(pen: Pen, item: OptionItem, width: float) -> tuple[float, float]:
    rim = pen.theme.px(44 if not pen.theme.landscape else 26)
    price = pen.theme.px(190 if not pen.theme.landscape else 130) if item.price else 0
    return rim, width - 2 * rim - price - pen.theme.px(16)


def _height(pen: Pen, item: OptionItem, width: float) -> float:
    theme = pen.theme
    _, words = _columns(pen, item, width)
    title = line_height(theme.option) * len(pen.lines(item.title, theme.option, words, bold=True))
    detail = 0
    if item.detail:
        detail = line_height(theme.body) * len(pen.lines(item.detail, theme.body, words))
    return max(theme.target, title + detail + 2 * theme.px(32 if not theme.landscape else 12))


def _option(pen: Pen, item: OptionItem, area: Area) -> None:
    theme = pen.theme
    closed = item.action is None
    if closed:
        pen.box(area, GROUND, theme.radius)
        pen.marks.append(Dashes(area, theme.radius, theme.px(4), BRAND if item.selected else SUB))
    elif item.selected:
        pen.framed(area, BRAND_TINT, BRAND, theme.px(5))
    else:
        pen.framed(area, CARD, LINE, theme.px(3))
    rim, words = _columns(pen, item, area.w)
    inner = theme.px(32 if not theme.landscape else 12)
    text = line_height(theme.option) * len(pen.lines(item.title, theme.option, words, bold=True))
    if item.detail:
        text += line_height(theme.body) * len(pen.lines(item.detail, theme.body, words))
    top = area.y + max(inner, (area.h - text) / 2)
    spot = Area(area.x + rim, top, words, 0)
    below = pen.text(item.title, spot, theme.option, SUB if closed else INK, bold=True)
    if item.detail:
        colour = ATTENTION if closed else SUB
        pen.text(item.detail, Area(spot.x, below, words, 0), theme.body, colour)
    if item.price:
        width = area.w - 2 * rim - words
        at = Area(area.right - rim - width, area.y, width, area.h)
        size = theme.body if closed else theme.option
        pen.centred(item.price, at, size, SUB if closed else BRAND, bold=not closed, align=1)
    if item.action is not None:
        pen.touch(area, item.action)


def _pager(pen: Pen, part: Options, area: Area, pages: int) -> None:
    number = min(part.page, pages - 1)
    width = area.w * 0.32
    back = Action("previous_offers", part.previous, TurnPage(number - 1), enabled=number > 0)
    on = Action("more_offers", part.more, TurnPage(number + 1), enabled=number < pages - 1)
    for action, x in ((back, area.x), (on, area.right - width)):
        spot = Area(x, area.y, width, area.h)
        pen.framed(spot, CARD, BRAND if action.enabled else LINE, pen.theme.px(3))
        colour = BRAND if action.enabled else SUB
        pen.centred(action.text, spot, pen.theme.footer_text, colour, bold=action.enabled)
        pen.touch(spot, action)
    pen.centred(f"{number + 1} / {pages}", area, pen.theme.footer_text, SUB)
