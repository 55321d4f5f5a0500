"""Open the demo's window on a display, press the dock's buttons, and say in JSON what came of it.

    python -m tests.demo.dock_script FOLDER

A process of its own: Kivy has one window a process, and this one needs a real display.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from demo.display import display_size, fitting_scale
from demo.dock import open_dock
from demo.stage import Stage
from kiosk.ui.window import DOCK_WIDTH

SIZE = (1080, 1920)
PATIENCE_S = 60.0


class Fingers:
    """Fingers on both halves of the window; buttons of the dock are found by their label."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.phases: list[str] = []

    def await_phase(self, *names: str) -> str:
        def there() -> bool:
            visit = self.stage.app.shown
            return visit is not None and visit.phase.name in names

        self.until(there, " or ".join(names))
        visit = self.stage.app.shown
        assert visit is not None
        self.phases.append(visit.phase.name)
        return visit.phase.name

    def touch(self, name: str) -> None:
        time.sleep(0.3)
        self.until(lambda: name in self.stage.app.targets(), f"{name} to touch")
        self.stage.app.tap(name)

    def press(self, label: str) -> None:
        """Scroll to a button of the dock and put a scripted finger on it."""
        time.sleep(0.3)
        found: list[tuple[float, float]] = []
        self.stage.app.run_soon(lambda: self._scroll_to(label))
        time.sleep(0.6)
        self.stage.app.run_soon(lambda: found.append(self._middle(label)))
        self.until(lambda: bool(found), f"the button {label}")
        self.stage.app.touches.tap(*found[0])
        time.sleep(0.3)

    def until(self, condition: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not condition():
            if time.monotonic() > deadline:
                raise TimeoutError(f"waited for {what}; phases so far {self.phases}")
            time.sleep(0.05)

    @staticmethod
    def _button(label: str):
        from kivy.core.window import Window
        from kivy.uix.button import Button

        widgets = Window.children[0].walk()
        return next(w for w in widgets if isinstance(w, Button) and w.text == label)

    def _scroll_to(self, label: str) -> None:
        button = self._button(label)
        view = button.parent.parent
        view.scroll_to(button, animate=False)

    def _middle(self, label: str) -> tuple[float, float]:
        from kivy.core.window import Window

        button = self._button(label)
        x, y = button.to_window(*button.center)
        return x, Window.height - y


def play(fingers: Fingers, folder: Path) -> dict[str, object]:
    stage = fingers.stage
    fingers.await_phase("attract")
    fingers.press("unplug document reader")
    fingers.await_phase("out_of_service")
    fingers.press("plug in document reader")
    fingers.await_phase("attract")
    card = stage.people["normal"].card
    fingers.press(f"{card.front.name}  normal")
    fingers.await_phase("offers")
    stage.app.screenshot(folder / "dock.png")
    fingers.touch("offer:G-HKG-1Y-2")
    fingers.touch("next")
    fingers.await_phase("notice")
    fingers.press("the face of resident_a")
    fingers.touch("agree")
    fingers.await_phase("confirm")
    fingers.touch("confirm")
    fingers.await_phase("pay")
    fingers.press("kill the server")
    fingers.until(lambda: not stage.hall.running, "the server's end")
    fingers.press("start the server")
    fingers.until(lambda: stage.hall.serving, "the server's return")
    fingers.press("pay the code on the screen")
    fingers.await_phase("take_card")
    fingers.until(
        lambda: getattr(stage.app.shown.phase, "presented", False),  # type: ignore[union-attr]
        "the card",
    )
    fingers.press("take the card")
    fingers.await_phase("attract")
    return {"phases": fingers.phases, "card_outside": stage.machine.bay.card is None}


def main() -> None:
    folder = Path(sys.argv[1])
    scale = fitting_scale(SIZE, display_size(), DOCK_WIDTH)
    stage = Stage(folder, size=SIZE, dock=open_dock, scale=scale)
    found: dict[str, object] = {"display": display_size(), "scale": scale}
    try:
        stage.run(lambda: found.update(play(Fingers(stage), folder)))
    finally:
        stage.close()
    print(json.dumps(found))


if __name__ == "__main__":
    main()
