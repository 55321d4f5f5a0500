"""How long the screen ever stands still while the face is looked at, at 1080x1920.

Run as ``python -m tests.benchmarks.ui_stall``: the real app with the real portrait worker and the
camera's mirror plays a visit against emulated devices and the hall's server, drawn offscreen,
without a GPU. Emulators and camera run in the app's own process, so a kiosk alone stands still for
less. A stall is the longest time between two frames of the window's thread. The last line is JSON.
"""

import json
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from demo.stage import Stage

SIZE = (1080, 1920)
PATIENCE_S = 90.0
LOOK_AGAIN_S = 0.01
SETTLE_S = 0.5


@dataclass
class Seen:
    """What the screen did from touching "agree" until after the match."""

    ui_stall_max_s: float = 0.0
    frames_per_s: float = 0.0
    guidance_fps: float = 0.0
    seconds: float = 0.0
    ended_in: str = ""
    stall_by_phase_s: dict[str, float] = field(default_factory=dict)

    def said(self) -> str:
        """Return it in words."""
        return (
            f"screen {SIZE[0]}x{SIZE[1]} during guidance and matching ({self.seconds:.1f} s, then "
            f"{self.ended_in}): stood still {self.ui_stall_max_s * 1000:.0f} ms at most, "
            f"{self.frames_per_s:.0f} frames and {self.guidance_fps:.0f} times guidance a second"
        )


def measure_stall(out: Path) -> Seen:
    """Play a visit up to the comparison's end in the real app; return its worst stalls."""
    stage = Stage(out, size=SIZE)
    seen = Seen()
    try:
        stage.run(lambda: _guided_visit(stage, seen))
    finally:
        stage.close()
    return seen


def _guided_visit(stage: Stage, seen: Seen) -> None:
    person, app = stage.people["normal"], stage.app
    _await_phase(stage, "attract")
    _tap(stage, "start")
    _await_phase(stage, "insert_card")
    stage.machine.bay.insert(person.card)
    _await_phase(stage, "offers")
    _tap(stage, "offer:G-HKG-1Y-2")
    _tap(stage, "next")
    stage.camera.show(person.face)
    _await_phase(stage, "notice")
    app.run_soon(app.stall.reset)
    began = time.monotonic()
    _tap(stage, "agree")
    guided = _watch(stage, seen, ("confirm", "escalated", "portrait_retry"))
    time.sleep(SETTLE_S)
    seen.seconds = time.monotonic() - began
    seen.ui_stall_max_s = app.stall.worst_s
    seen.frames_per_s = app.stall.frames / seen.seconds
    if len(guided) > 1:
        seen.guidance_fps = (len(guided) - 1) / (guided[-1] - guided[0])


def _watch(stage: Stage, seen: Seen, ends: tuple[str, ...]) -> list[float]:
    """Wait for one of the phases; return when each guidance came and note each phase's stall."""
    guided: list[float] = []
    last = -1
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        visit, now = stage.app.shown, time.monotonic()
        phase = visit.phase.name if visit is not None else ""
        # The worst so far: a phase's own figure is where it grew.
        seen.stall_by_phase_s[phase] = stage.app.stall.worst_s
        update = stage.kiosk.portrait.guidance()
        if update is not None and update.frame_number != last:
            last = update.frame_number
            guided.append(now)
        if phase in ends:
            seen.ended_in = phase
            return guided
        time.sleep(LOOK_AGAIN_S)
    raise TimeoutError(f"waited {PATIENCE_S:g} s for the comparison's end")


def _await_phase(stage: Stage, name: str) -> None:
    def there() -> bool:
        visit = stage.app.shown
        return visit is not None and visit.phase.name == name

    await_that(there, f"the screen to show {name}")


def _tap(stage: Stage, name: str) -> None:
    time.sleep(SETTLE_S)
    await_that(lambda: name in stage.app.targets(), f"{name} to touch")
    stage.app.tap(name)


def await_that(condition: Callable[[], bool], what: str) -> None:
    """Wait until a condition holds; TimeoutError after a minute and a half."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {PATIENCE_S:g} s for {what}")
        time.sleep(LOOK_AGAIN_S)


def main() -> None:
    """Measure once, in words and then in one line of JSON."""
    os.environ["SDL_VIDEODRIVER"] = "offscreen"
    with tempfile.TemporaryDirectory(prefix="kiosk-stall-", ignore_cleanup_errors=True) as folder:
        seen = measure_stall(Path(folder))
    print(seen.said())
    for phase, worst in seen.stall_by_phase_s.items():
        print(f"  the worst until the end of {phase}: {worst * 1000:.0f} ms")
    print(json.dumps(asdict(seen)))


if __name__ == "__main__":
    main()
