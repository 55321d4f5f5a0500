"""A real window, touched at pixels, in one process: prints what came of it as JSON.

Run as ``python -m tests.ui.window_script``. Kivy can be started once a process, so all that
needs a window happens here, and ``test_window`` asks about it.
"""

import gc
import json
import re
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from kiosk.session import phases
from kiosk.session.events import Button, Event, LanguageChosen, TimeUp, Touched
from kiosk.session.rules import Timers
from kiosk.session.visit import Visit
from kiosk.ui import examples
from kiosk.ui.drawing import Line
from kiosk.ui.window import KioskApp
from kiosk.values import Frame, Language
from tests.ui.session_way import after, at_the_code, awaited

NAME = "欧阳测试"


class HalfRed:
    """A camera whose left half, as it sees it, is red and whose right half is blue."""

    def __init__(self) -> None:
        image = np.zeros((720, 1280, 3), dtype=np.uint8)
        image[:, :640] = (0, 0, 255)
        image[:, 640:] = (255, 0, 0)
        self._image = image
        self._number = 0

    def latest(self) -> Frame:
        self._number += 1
        return Frame(self._image, 0.0, self._number)


class Script:
    """Steps of a person in front of the window, and what came of them."""

    def __init__(self, size: tuple[int, int]) -> None:
        self.events: list[Event] = []
        self.facts: dict[str, Any] = {}
        self.size = size
        self.app = KioskApp(
            HalfRed(),
            examples.SteadyGuidance(),
            self.events.append,
            size=size,
            grounds=examples.GROUNDS,
            kiosk_label="3",
            timers=Timers(pay=59.0),  # seconds are told only below a minute
            now=lambda: examples.NOW,
            max_fps=60,
        )
        self.visits = dict(examples.visits(Language.ZH_HANS))
        self.surprise: BaseException | None = None
        self.folder = Path(tempfile.mkdtemp())

    def run(self) -> None:
        worker = threading.Thread(target=self._play)
        worker.start()
        self.app.run()
        worker.join()
        if self.surprise is not None:
            raise self.surprise

    def _play(self) -> None:
        try:
            for step in (
                self.touches,
                self.idle,
                self.travel,
                self.pages,
                self.paying,
                self.keyboard,
                self.mirror,
                self.pictures,
                self.privacy,
            ):
                step()
        except BaseException as surprise:
            self.surprise = surprise
        finally:
            self.app.stop()

    def show(self, name: str) -> None:
        self.app.show(self.visits[name])
        self.settle()

    def settle(self) -> None:
        """Wait until everything shown is drawn and every scripted touch is over."""
        until(lambda: self.app.touches.idle)
        done = threading.Event()
        self.app.run_soon(done.set)
        assert done.wait(10)

    def tap(self, name: str) -> list[str]:
        before = len(self.events)
        self.app.tap(name)
        self.settle()
        return [repr(event) for event in self.events[before:]]

    def tap_at(self, x: float, y: float) -> list[str]:
        before = len(self.events)
        self.app.touches.tap(x, y)
        self.settle()
        return [repr(event) for event in self.events[before:]]

    def touches(self) -> None:
        self.show("02-attract")
        self.facts["attract"] = self.tap("start")
        self.facts["nothing_there"] = self.tap_at(self.size[0] / 2, self.size[1] * 0.45)
        self.facts["language"] = self.tap("language:zh-Hant")
        self.show("06-offers")
        self.facts["offer_targets"] = sorted(self.app.targets())
        self.facts["offer"] = self.tap("offer:G-HKG-1Y-2")
        self.show("06-offers-selected")
        self.facts["next"] = self.tap("next")
        x, y, w, h = self.app.targets()["leave"]
        before = len(self.events)
        self.app.touches.drag((x + w / 2, y + h / 2), (self.size[0] / 2, self.size[1] * 0.3))
        self.settle()
        self.facts["dragged_off"] = [repr(event) for event in self.events[before:]]
        self.facts["trembling"] = self.tremble("leave")
        time.sleep(0.5)  # no longer the trembling finger's second touch
        self.facts["held_while_it_changed"] = self.hold("leave", "06-offers")
        self.show("06-offers-selected")
        self.facts["held_while_it_went"] = self.hold("leave", "02-attract")

    def tremble(self, name: str) -> int:
        """Touch twice at once; return how often it counted. A busy machine may need some tries."""
        counted = 0
        for _ in range(5):
            time.sleep(0.5)
            before, began = len(self.events), time.monotonic()
            self.app.tap(name)
            self.app.tap(name)
            until(lambda: self.app.touches.idle)
            at_once = time.monotonic() - began < 0.3
            self.settle()
            counted = len(self.events) - before
            if at_once:
                break
        return counted

    def hold(self, name: str, shown_meanwhile: str) -> list[str]:
        """Press, let the page change under the finger, and lift it."""
        x, y, w, h = self.app.targets()[name]
        at = (x + w / 2, y + h / 2)
        before = len(self.events)
        self.app.touches.press(*at)
        until(lambda: self.app._stage._pressed is not None)
        drawn = threading.Event()
        self.app.show(self.visits[shown_meanwhile])
        self.app.run_soon(drawn.set)
        assert drawn.wait(10)
        self.app.touches.lift(*at)
        self.settle()
        return [repr(event) for event in self.events[before:]]

    def idle(self) -> None:
        self.show("06-offers")
        x, y, w, h = self.app.targets()["offer:G-HKG-1Y-2"]
        self.show("06-offers-idle")
        self.facts["idle_targets"] = sorted(self.app.targets())
        self.facts["below_the_question"] = self.tap_at(x + w / 2, y + h / 2)
        self.facts["stay"] = self.tap("stay")

    def travel(self) -> None:
        self.show("16-travel")
        self.facts["travel_first"] = sorted(self.app.targets())
        quiet = self.tap("travel:day1") + self.tap("travel:later") + self.tap("travel:ground:visa")
        self.facts["travel_quiet"] = quiet
        self.facts["travel"] = self.tap("travel:done")

    def pages(self) -> None:
        self.show("06-offers-many")
        first = {name for name in self.app.targets() if name.startswith("offer:")}
        self.tap("more_offers")
        second = {name for name in self.app.targets() if name.startswith("offer:")}
        self.facts["offers_by_page"] = [sorted(first), sorted(second)]

    def paying(self) -> None:
        """Wait at the payment's code, touch something, wait until the session warns."""
        visit = at_the_code()
        left = [self.time_left(visit)]
        time.sleep(1.6)
        left.append(self.time_left(visit))
        visit = after(visit, LanguageChosen(Language.EN))
        left.append(self.time_left(visit))
        time.sleep(1.6)
        visit = after(visit, TimeUp(awaited(visit, "timer:idle"), "idle"))
        left.append(self.time_left(visit))
        visit = after(visit, Touched(Button.STAY))
        left.append(self.time_left(visit))
        self.facts["pay_seconds_left"] = left

    def time_left(self, visit: Visit) -> int:
        """Show this visit and return the seconds that the screen says are left to pay."""
        self.app.show(visit)
        self.settle()
        slots = self.app._stage._slots.values()
        texts = [mark.text for slot in slots for mark in slot.drawing if isinstance(mark, Line)]
        said = r"(?:剩余时间|Time left) (\d+) (?:秒|s)$"
        (found,) = (found for text in texts if (found := re.fullmatch(said, text)))
        return int(found[1])

    def keyboard(self) -> None:
        from kivy.core.window import Window

        self.show("02-attract")
        for key in (27, 282, 285):
            self.app.run_soon(lambda key=key: Window.dispatch("on_key_down", key, 0, "", []))
            self.app.run_soon(lambda key=key: Window.dispatch("on_keyboard", key, 0, "", []))
        self.facts["close_refused"] = []
        self.app.run_soon(
            lambda: self.facts["close_refused"].append(Window.dispatch("on_request_close"))
        )
        self.settle()
        self.facts["after_keys"] = self.tap("start")

    def mirror(self) -> None:
        self.show("08-portrait")
        time.sleep(0.2)
        path = self.folder / "mirror.png"
        self.app.screenshot(path)
        picture = Image.open(path)
        y = round(self.size[1] * 0.42)
        middle, aside = (0.5, 0.1) if self.size[0] < self.size[1] else (0.73, 0.04)
        self.facts["mirror"] = [
            picture.getpixel((round(self.size[0] * (middle + side)), y)) for side in (-aside, aside)
        ]

    def pictures(self) -> None:
        self.show("13-receipt")
        self.show("10-confirm")
        one, two = self.folder / "one.png", self.folder / "two.png"
        self.app.screenshot(one)
        self.app.screenshot(two)
        self.facts["picture_size"] = Image.open(one).size
        self.facts["pictures_repeat"] = one.read_bytes() == two.read_bytes()

    def privacy(self) -> None:
        visit = self.visits["10-confirm"]
        card = replace(examples.CARD, name=NAME)
        self.app.show(replace(visit, card=card))
        self.settle()
        self.facts["name_while_shown"] = self._traces() > 0
        empty = visit.forget_person().changed(phase=phases.Attract())
        self.app.show(empty)
        del card, visit
        self.settle()
        self.settle()
        self.facts["name_afterwards"] = self._traces()

    def _traces(self) -> int:
        """Count what the window's own objects still know of the name."""
        from kivy.core.text import LabelBase

        from kiosk.ui.page import Row

        gc.unfreeze()
        gc.collect()
        found = 0
        for item in gc.get_objects():
            kind = type(item)  # isinstance would ask proxies of things that are gone
            if issubclass(kind, LabelBase | Line):
                found += NAME in str(item.text)
            elif kind is Row:
                found += NAME in item.value
        return found


def until(holds: Callable[[], bool], timeout_s: float = 10.0) -> None:
    end = time.monotonic() + timeout_s
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.005)


def main() -> None:
    width, height = (int(part) for part in sys.argv[1].split("x"))
    script = Script((width, height))
    script.run()
    print(json.dumps(script.facts))


if __name__ == "__main__":
    main()
