"""The kiosk's window: takes visits from any thread, draws them, reports touches.

Kivy is imported when a KioskApp is made, never with this module's import, so that command lines
without a screen stay free of it.
"""

import gc
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from PIL import Image

from kiosk.session.events import Event
from kiosk.session.phases import Attract
from kiosk.session.rules import Timers
from kiosk.session.visit import Visit
from kiosk.ui import kivy_setup
from kiosk.ui.frame_end import frame_end
from kiosk.ui.page import Action, Ground, TravelDraft, TurnPage
from kiosk.ui.scene import Scene
from kiosk.ui.sources import FrameSource, GuidanceSource
from kiosk.ui.stall import StallMeter
from kiosk.ui.theme import GROUND, rgba, theme_for
from kiosk.ui.view import view

log = logging.getLogger(__name__)

T = TypeVar("T")
Rectangle = tuple[float, float, float, float]
Dock = Sequence[tuple[str, Sequence[tuple[str, Callable[[], None]]]]]
"""Groups of buttons beside the screen: heading and (label, what it does)."""

DOCK_WIDTH = 380

_SECONDS_SHOWN = 1.0
_SAME_TOUCH_S = 0.35


class KioskApp:
    """The screen. ``run`` belongs to the main thread; ``show``, ``screenshot``, ``stop`` to any."""

    def __init__(
        self,
        frames: FrameSource,
        guidance: GuidanceSource,
        on_event: Callable[[Event], None],
        *,
        size: tuple[int, int] = (1080, 1920),
        fullscreen: bool = False,
        grounds: tuple[Ground, ...] = (),
        kiosk_label: str = "1",
        timers: Timers | None = None,
        max_fps: int = 25,
        dock: Dock | None = None,
        scale: float = 1.0,
        closable: bool = False,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        shown = (round(size[0] * scale), round(size[1] * scale))
        window = (shown[0] + (DOCK_WIDTH if dock else 0), shown[1])
        kivy_setup.prepare(*window, fullscreen=fullscreen, max_fps=max_fps)
        from kiosk.ui.stage import Stage
        from kiosk.ui.touch import ScriptedTouches
        from kiosk.ui.warm import open_fonts

        self.theme = theme_for(*size)
        self.touches = ScriptedTouches(*window)
        self._window_size = window
        self._dock = dock
        self._scale = scale
        self._closable = closable
        self.stall = StallMeter()
        self._on_event = on_event
        self._place = (kiosk_label, grounds, timers or Timers())
        self._now = now or (lambda: datetime.now().astimezone())
        self._stage: Any = Stage(self.theme, frames, guidance, self._acted)
        self._fonts = open_fonts(self.theme)
        self._waiting: deque[Visit] = deque()
        self._jobs: deque[Callable[[], None]] = deque()
        self._watchers: list[Callable[[Visit], None]] = []
        self._unwatched: Visit | None = None
        self._visit: Visit | None = None
        self._since = {"phase": 0.0, "case": 0.0, "warned": 0.0, "idle": 0.0}
        self._draft = TravelDraft()
        self._list_page = 0
        self._last_action = (0.0, "")
        self._drawn_at = 0.0
        self._shown_once = False
        self._thread: int | None = None
        self._finish: Callable[[], object] = lambda: None

    def run(self) -> None:
        """Show the window until ``stop``."""
        from kivy.base import EventLoop, runTouchApp
        from kivy.clock import Clock
        from kivy.core.window import Window

        self._thread = threading.get_ident()
        begin_drawing, self._finish = frame_end()
        Window.bind(on_flip=lambda _: begin_drawing())
        Window.bind(on_keyboard=lambda *_: True)
        if not self._closable:
            Window.bind(on_request_close=lambda *_: True)
        Window.size = self._window_size
        # The ground as the clear colour: a rectangle of it would be one more pass over every
        # pixel, a third of the time that software GL needs for a frame.
        Window.clearcolor = rgba(GROUND)
        EventLoop.add_input_provider(self.touches)
        Clock.schedule_interval(self._tick, 0)
        runTouchApp(self._root())

    def _root(self) -> Any:
        if self._dock is None and self._scale == 1.0:
            return self._stage
        from kiosk.ui.dock import beside, scaled

        screen = scaled(self._stage, self._scale)
        return screen if self._dock is None else beside(screen, self._dock)

    def stop(self) -> None:
        """Close the window; safe from any thread."""
        from kivy.base import stopTouchApp

        self._jobs.append(stopTouchApp)

    def show(self, visit: Visit) -> None:
        """Draw a visit at the next frame; each one is drawn, in order; safe from any thread."""
        self._waiting.append(visit)

    def screenshot(self, path: Path, timeout_s: float = 10.0) -> None:
        """Save what is on the screen once everything shown so far is drawn, as PNG."""
        pixels = self._on_window(self.picture, timeout_s)
        path.parent.mkdir(parents=True, exist_ok=True)
        pixels.save(path, compress_level=3)

    def watch(self, watcher: Callable[[Visit], None]) -> None:
        """Call ``watcher`` on the window's thread with every visit while just that one is drawn.

        It must be quick: the screen stands still meanwhile.
        """
        self._watchers.append(watcher)

    def picture(self) -> Image.Image:
        """Return what is on the screen now; for the window's thread."""
        from kivy.core.window import Window
        from kivy.graphics.opengl import GL_RGBA, GL_UNSIGNED_BYTE, glReadPixels

        Window.canvas.ask_update()
        Window.dispatch("on_draw")
        width, height = Window.system_size
        raw = glReadPixels(0, 0, width, height, GL_RGBA, GL_UNSIGNED_BYTE)
        picture = np.frombuffer(raw, dtype=np.uint8).reshape(height, width, 4)
        return Image.fromarray(np.ascontiguousarray(picture[::-1, : self.theme.width, :3]))

    def run_soon(self, job: Callable[[], None]) -> None:
        """Do something on the window's thread after all visits are drawn; safe from any thread."""
        self._jobs.append(job)

    def targets(self) -> dict[str, Rectangle]:
        """Return name → (x, y, w, h) from the top left of all that can be touched now."""
        areas = {mark.action.name: mark.area for mark in self._stage.targets()}
        return {name: (area.x, area.y, area.w, area.h) for name, area in areas.items()}

    def tap(self, name: str, timeout_s: float = 10.0) -> None:
        """Put a scripted finger on the middle of what is called so, where it is drawn by then.

        KeyError when it is not there.
        """

        def touch() -> None:
            x, y, w, h = self.targets()[name]
            self.touches.tap((x + w / 2) * self._scale, (y + h / 2) * self._scale)

        self._on_window(touch, timeout_s)

    def _on_window(self, work: Callable[[], T], timeout_s: float) -> T:
        """Do ``work`` on the window's thread once everything shown so far is drawn."""
        if threading.get_ident() == self._thread:
            return work()
        answer: Future[T] = Future()

        def job() -> None:
            try:
                answer.set_result(work())
            except Exception as error:
                answer.set_exception(error)

        self._jobs.append(job)
        try:
            return answer.result(timeout_s)
        except TimeoutError:
            raise TimeoutError("the window did not draw in time") from None

    @property
    def shown(self) -> Visit | None:
        """Return the visit that is on the screen."""
        return self._visit

    def _tick(self, _dt: float) -> None:
        # Frames are drawn behind our back; without a GPU they would queue up, and the upload of a
        # camera picture would then stand still for all of them at once.
        self._finish()
        self.stall.tick()
        if self._visit is not None and not self._shown_once:
            # An earlier tick drew it; the window has shown that frame since.
            self._shown_once = True
            # What the start made stays to the end. Looking through all of it again and again for
            # what can be freed would hold up the screen for tens of milliseconds.
            gc.collect()
            gc.freeze()
            log.info("the first page is on the screen")
        now = time.monotonic()
        if self._unwatched is not None:
            # Drawn by the last tick, so the window has shown it; the next one comes after.
            drawn, self._unwatched = self._unwatched, None
            for watcher in self._watchers:
                watcher(drawn)
        if self._waiting:
            visit = self._waiting.popleft()
            self._take(visit, now)
            self._draw(now)
            self._unwatched = visit
            return  # what moves by itself begins with the next frame: this one is dear enough
        if self._jobs:
            # A picture shows what was drawn: jobs wait until no visit is left to draw.
            self._jobs.popleft()()
        elif now - self._drawn_at >= _SECONDS_SHOWN:
            self._draw(now)
        elif self._shown_once:
            next(self._fonts, None)
        self._stage.tick(now)

    def _take(self, visit: Visit, now: float) -> None:
        before = self._visit
        self._visit = visit
        if before is None or before.id != visit.id or isinstance(visit.phase, Attract):
            self._stage.forget()
            self._draft, self._list_page = TravelDraft(), 0
        if (
            before is None
            or type(before.phase) is not type(visit.phase)
            or _new_stage(before, visit)
        ):
            self._since["phase"] = now
            self._list_page = 0
        if before is None or _case_id(before) != _case_id(visit):
            self._since["case"] = now
        if before is None or not before.idle_warning:
            self._since["warned"] = now
        if before is None or _waits_anew(before, visit):
            self._since["idle"] = now

    def _draw(self, now: float) -> None:
        self._drawn_at = now
        if self._visit is not None:
            self._stage.show(view(self._visit, self._scene(now)))

    def _scene(self, now: float) -> Scene:
        label, grounds, timers = self._place
        return Scene(
            now=self._now(),
            kiosk_label=label,
            grounds=grounds,
            timers=timers,
            phase_s=now - self._since["phase"],
            case_s=now - self._since["case"],
            warned_s=now - self._since["warned"],
            idle_s=now - self._since["idle"],
            draft=self._draft,
            list_page=self._list_page,
        )

    def _acted(self, action: Action) -> None:
        now = time.monotonic()
        at, name = self._last_action
        if name == action.name and now - at < _SAME_TOUCH_S and _once(action):
            return
        self._last_action = (now, action.name)
        match action.says:
            case TravelDraft() as draft:
                self._draft = draft
                self._draw(now)
            case TurnPage(to=page):
                self._list_page = page
                self._draw(now)
            case event:
                self._on_event(event)


def _case_id(visit: Visit) -> str | None:
    return visit.case.id if visit.case is not None else None


def _waits_anew(before: Visit, after: Visit) -> bool:
    """Say whether the session began to wait for a touch again: a touch renews its timer.

    The warning comes when the timer has run out: then nothing of that wait is left, and none new.
    """
    return not after.idle_warning and _idle_timer(before) != _idle_timer(after)


def _idle_timer(visit: Visit) -> tuple[str, tuple[int, ...]]:
    waits = (wait.effect_id for wait in visit.pending if wait.kind == "timer:idle")
    return visit.phase.name, tuple(waits)


def _new_stage(before: Visit, after: Visit) -> bool:
    """Say whether a countdown of the phase begins anew although the phase is the same."""
    return getattr(before.phase, "presented", None) != getattr(after.phase, "presented", None)


def _once(action: Action) -> bool:
    """Say whether a trembling finger's second touch of this would be a mistake."""
    return not isinstance(action.says, TravelDraft | TurnPage)
