"""Every example screen at both sizes and in all languages, laid out; used by several tests."""

from collections.abc import Iterator
from dataclasses import dataclass

from kiosk.ui import examples
from kiosk.ui.drawing import Area, Box, Drawing, TouchArea
from kiosk.ui.layout import Slot, lay_out
from kiosk.ui.page import Page, TravelDraft
from kiosk.ui.theme import Theme, theme_for
from kiosk.ui.view import view
from kiosk.values import Language

SIZES = ((1080, 1920), (1280, 800))


@dataclass(frozen=True)
class Shown:
    name: str
    page: Page
    theme: Theme
    slots: tuple[Slot, ...]

    @property
    def label(self) -> str:
        return f"{self.theme.width}x{self.theme.height} {self.page.language.value} {self.name}"

    @property
    def screen(self) -> Area:
        return Area(0, 0, self.theme.width, self.theme.height)

    def touches(self) -> list[TouchArea]:
        overlay = [slot for slot in self.slots if slot.key == "overlay"]
        marks = (mark for slot in overlay or self.slots for mark in slot.drawing)
        return [mark for mark in marks if isinstance(mark, TouchArea)]


def all_screens() -> Iterator[Shown]:
    for width, height in SIZES:
        theme = theme_for(width, height)
        for language in Language:
            for name, visit in examples.visits(language):
                yield _shown(name, view(visit, examples.scene()), theme)
                if name.startswith("16-travel"):
                    draft = TravelDraft(day=0, hour=19, ground="visa")
                    yield _shown(f"{name}-chosen", view(visit, examples.scene(draft)), theme)


def _shown(name: str, page: Page, theme: Theme) -> Shown:
    return Shown(name, page, theme, lay_out(page, theme))


def is_band(mark: object, theme: Theme) -> bool:
    return isinstance(mark, Box) and mark.area.w == theme.width


def bounds(drawing: Drawing, theme: Theme) -> Area | None:
    """Return the area of what is drawn, bands across the whole screen left out."""
    areas = [mark.area for mark in drawing if not is_band(mark, theme)]
    if not areas:
        return None
    left, top = min(a.x for a in areas), min(a.y for a in areas)
    right, bottom = max(a.right for a in areas), max(a.bottom for a in areas)
    return Area(left, top, right - left, bottom - top)
