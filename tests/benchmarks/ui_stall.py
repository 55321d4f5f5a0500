"""How long the screen stands still while the camera is on it, at 1080×1920 in software.

Run as ``python -m tests.benchmarks.ui_stall [--seconds 20] [--load 1]``. A camera thread makes
1280×720 frames at 25 a second and guidance changes twice a second; phases change as in a visit;
``--load`` keeps that many other processes busy, as matching does. The last line is JSON.
"""

import argparse
import json
import multiprocessing
import os
import threading
import time
from pathlib import Path

from kiosk.session import phases
from kiosk.session.visit import Visit
from kiosk.ui import examples
from kiosk.ui.sources import Guidance
from kiosk.ui.window import KioskApp
from kiosk.values import Frame, Hint, Language

FRAME_S = 1 / 25
HINT_S = 0.5


class Camera:
    """Frames at a steady pace, copied as a real camera's thread does."""

    def __init__(self) -> None:
        self._source = examples.DrawnFrames()
        self._latest: Frame | None = None
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._ends.wait(FRAME_S):
            frame = self._source.latest()
            self._latest = Frame(frame.image.copy(), time.monotonic(), frame.number)

    def latest(self) -> Frame | None:
        return self._latest

    def stop(self) -> None:
        self._ends.set()
        self._thread.join()


class ChangingGuidance:
    """Another hint twice a second and progress that grows."""

    def latest(self) -> Guidance:
        now = time.monotonic()
        hints = list(Hint)
        return Guidance(hints[int(now / HINT_S) % len(hints)], (now / 4) % 1)


def burn(ends: float) -> None:
    os.nice(10)
    while time.monotonic() < ends:
        sum(range(10_000))


def visits() -> list[tuple[str, Visit]]:
    """Return the phases in which the camera is on and those it changes to."""
    chosen = dict(examples.visits(Language.ZH_HANS))
    portrait = chosen["08-portrait"]
    again = chosen["08-portrait-again"]
    compare = portrait.with_phase(phases.Compare())
    return [("portrait", portrait), ("compare", compare), ("portrait", again), ("compare", compare)]


def measure(seconds: float, size: tuple[int, int]) -> dict[str, object]:
    """Return the worst gap in each phase, the change into it included."""
    camera = Camera()
    app = KioskApp(camera, ChangingGuidance(), lambda event: None, size=size)
    worst: dict[str, float] = {}
    frames = 0

    def play() -> None:
        nonlocal frames
        app.show(dict(examples.visits(Language.ZH_HANS))["07-notice"])
        time.sleep(1.5)
        started = time.monotonic()
        while time.monotonic() - started < seconds:
            for name, visit in visits():
                app.stall.reset()
                app.show(visit)
                time.sleep(2.0)
                worst[name] = max(worst.get(name, 0.0), app.stall.worst_s)
                frames += app.stall.frames
        app.stop()

    player = threading.Thread(target=play)
    player.start()
    began = time.monotonic()
    app.run()
    player.join()
    camera.stop()
    rate = frames / (time.monotonic() - began)
    return {
        "ui_stall_max_s": round(max(worst.values()), 4),
        "by_phase_s": {name: round(value, 4) for name, value in worst.items()},
        "frames_per_s": round(rate, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=16)
    parser.add_argument("--load", type=int, default=1)
    parser.add_argument("--size", default="1080x1920")
    arguments = parser.parse_args()
    width, height = (int(part) for part in arguments.size.split("x"))
    ends = time.monotonic() + arguments.seconds + 8
    # Started before Kivy: no fork after SDL.
    context = multiprocessing.get_context("spawn")
    loads = [context.Process(target=burn, args=(ends,)) for _ in range(arguments.load)]
    for load in loads:
        load.start()
    try:
        found = measure(arguments.seconds, (width, height))
    finally:
        for load in loads:
            load.kill()
            load.join()
    found |= {"size": arguments.size, "cores": os.cpu_count(), "other_busy_processes": len(loads)}
    print(f"Longest time between two frames of the screen, {Path(__file__).stem}:")
    for name, value in dict(found["by_phase_s"]).items():  # type: ignore[call-overload]
        print(f"  {name}: {value * 1000:.0f} ms")
    print(json.dumps(found))


if __name__ == "__main__":
    main()
