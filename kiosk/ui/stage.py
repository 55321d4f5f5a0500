"""The whole screen as one Kivy widget: draws slots that changed, finds what a finger means."""

from collections.abc import Callable
from typing import Any

from kivy.graphics import InstructionGroup
from kivy.uix.widget import Widget

from kiosk.ui.drawing import Live, LiveKind, Pen, TouchArea
from kiosk.ui.layout import Slot, lay_out
from kiosk.ui.measure import forget_texts
from kiosk.ui.page import Action, Page
from kiosk.ui.sources import FrameSource, GuidanceSource
from kiosk.ui.theme import PRESSED, Theme
from kiosk.ui.widgets.canvas import draw, new_group
from kiosk.ui.widgets.live import BusyView, MirrorView
from kiosk.values import Language

_OVERLAY = "overlay"


class _Drawn:
    """A slot as it is on the canvas."""

    def __init__(
        self, slot: Slot, language: Language, group: Any, live: list[MirrorView | BusyView]
    ) -> None:
        self.drawing = slot.drawing
        self.language = language
        self.group = group
        self.live = live

    def speaks(self, language: Language) -> bool:
        """Say whether what is written by itself, not in the drawing, is in this language."""
        return not self.live or self.language is language


class Stage(Widget):  # type: ignore[misc]  # Kivy has no types
    """Shows pages; calls ``on_action`` when something enabled is touched and let go."""

    def __init__(
        self,
        theme: Theme,
        frames: FrameSource,
        guidance: GuidanceSource,
        on_action: Callable[[Action], None],
    ) -> None:
        super().__init__(size=(theme.width, theme.height), size_hint=(None, None))
        self._theme = theme
        self._frames, self._guidance = frames, guidance
        self._on_action = on_action
        self._page: Page | None = None
        self._slots: dict[str, _Drawn] = {}
        self._order: tuple[str, ...] = ()
        self._pressed: TouchArea | None = None
        self._body = InstructionGroup()
        self._finger = InstructionGroup()
        self.canvas.add(self._body)
        self.canvas.add(self._finger)

    def show(self, page: Page) -> bool:
        """Draw what differs from the page shown now; say whether anything did."""
        if page == self._page:
            return False
        self._page = page
        slots = lay_out(page, self._theme)
        drawn = {slot.key: self._drawn(slot, page.language) for slot in slots}
        for key, old in self._slots.items():
            if drawn.get(key) is not old:
                _clear(old)
        self._slots = drawn
        self._order = tuple(slot.key for slot in slots)
        self._body.clear()
        for key in self._order:
            self._body.add(drawn[key].group)
        self._keep_press()
        return True

    def _keep_press(self) -> None:
        """Let a finger stay on what is still there: pages change more often than fingers lift."""
        pressed = self._pressed
        if pressed is not None and pressed not in self.targets():
            self._release()

    def forget(self) -> None:
        """Let go of everything that was drawn, so that nothing of a person stays in memory."""
        for old in self._slots.values():
            _clear(old)
        self._slots = {}
        self._body.clear()
        self._release()
        self._page = None
        forget_texts()

    def tick(self, now: float) -> None:
        """Move what moves by itself."""
        changed = [live.tick(now) for drawn in self._slots.values() for live in drawn.live]
        if any(changed):
            self.canvas.ask_update()

    def targets(self) -> tuple[TouchArea, ...]:
        """Return what can be touched now: visible, enabled, and not under a question."""
        keys = (_OVERLAY,) if _OVERLAY in self._slots else self._order
        marks = (mark for key in keys for mark in self._slots[key].drawing)
        return tuple(mark for mark in marks if isinstance(mark, TouchArea) and mark.action.enabled)

    def _drawn(self, slot: Slot, language: Language) -> _Drawn:
        old = self._slots.get(slot.key)
        if old is not None and old.drawing == slot.drawing and old.speaks(language):
            return old
        group = new_group()
        live: list[MirrorView | BusyView] = []
        draw(group, slot.drawing, self._theme.height)
        for mark in slot.drawing:
            if isinstance(mark, Live):
                view = self._live(mark, language)
                live.append(view)
                group.add(view.group)
        return _Drawn(slot, language, group, live)

    def _live(self, mark: Live, language: Language) -> MirrorView | BusyView:
        if mark.kind is LiveKind.BUSY:
            return BusyView(mark.area, self._theme)
        return MirrorView(mark.area, self._theme, language, self._frames, self._guidance)

    def _find(self, touch: Any) -> TouchArea | None:
        x, y = touch.x - self.x, self._theme.height - (touch.y - self.y)
        return next((target for target in self.targets() if target.area.holds(x, y)), None)

    def on_touch_down(self, touch: Any) -> bool:
        """Take a finger that comes down on something enabled."""
        target = self._find(touch)
        if target is None or self._pressed is not None:
            return False
        touch.grab(self)
        self._pressed = target
        pen = Pen(self._theme, Language.EN)
        pen.box(target.area, PRESSED, target.radius)
        draw(self._finger, pen.drawing(), self._theme.height)
        return True

    def on_touch_up(self, touch: Any) -> bool:
        """Act when the finger leaves where it came down."""
        if touch.grab_current is not self:
            return False
        touch.ungrab(self)
        pressed = self._pressed
        self._release()
        found = self._find(touch)
        if pressed is not None and found is not None and found.action == pressed.action:
            self._on_action(found.action)
        return True

    def _release(self) -> None:
        self._pressed = None
        self._finger.clear()


def _clear(drawn: _Drawn) -> None:
    for live in drawn.live:
        live.clear()
    drawn.group.clear()
