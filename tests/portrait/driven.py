"""Drives a portrait worker as the runtime does, and collects what it says."""

import time
from collections.abc import Callable
from itertools import count
from typing import TypeVar

import pytest

from kiosk.portrait.client import PortraitWorker, WorkerSettings
from kiosk.portrait.faces import Image
from kiosk.portrait.limits import PortraitLimits
from kiosk.portrait.results import (
    CaptureDone,
    GuidanceUpdate,
    ReferencesReady,
    ReferenceState,
    Update,
)
from kiosk.values import Frame, Reference

PATIENCE_S = 60.0  # a deadline for a stuck test on a busy machine, not a measurement
T = TypeVar("T", bound=Update)
PATIENT = PortraitLimits(capture_timeout_s=20.0, prepare_s=0.0)
QUICK = PortraitLimits(capture_timeout_s=3.0, prepare_s=0.0)


class Kiosk:
    """Drives a worker as the runtime does and collects what it says."""

    def __init__(self, worker: PortraitWorker) -> None:
        self.worker = worker
        self.heard: list[Update] = []

    def wait(self, kind: type[T], feed: Callable[[], None] | None = None) -> T:
        """Poll until an update of this kind comes; feed frames meanwhile."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            found: T | None = None
            for update in self.worker.poll():
                self.heard.append(update)
                if isinstance(update, kind) and found is None:
                    found = update
            if found is not None:
                return found
            if feed is not None:
                feed()
            time.sleep(1 / 30)  # as often as a camera has a picture
        pytest.fail(f"no {kind.__name__}; heard {[type(u).__name__ for u in self.heard]}")

    def told(self, kind: type[T]) -> T:
        """Return the first update of this kind of all so far, or wait for it."""
        found = next((update for update in self.heard if isinstance(update, kind)), None)
        return self.wait(kind) if found is None else found

    def feeder(self, picture: Callable[[int], Image]) -> Callable[[], None]:
        frames = [picture(index) for index in range(6)]
        numbers = count()

        def feed() -> None:
            number = next(numbers)
            self.worker.submit_frame(Frame(frames[number % 6], time.monotonic(), number))

        return feed

    def capture(self, picture: Callable[[int], Image]) -> CaptureDone:
        feed = self.feeder(picture)
        number = self.worker.begin_capture()
        done = self.wait(CaptureDone, feed)
        assert done.capture == number
        return done

    def references(
        self, chip: bytes | None, record: bytes | None, *, authenticated: bool = False
    ) -> dict[Reference, ReferenceState]:
        self.worker.set_references(chip, record, chip_authenticated=authenticated)
        ready = self.wait(ReferencesReady)
        return {report.reference: report.state for report in ready.reports}

    def guidance(self, since: int = 0) -> list[GuidanceUpdate]:
        return [update for update in self.heard[since:] if isinstance(update, GuidanceUpdate)]


def open_kiosk(settings: WorkerSettings) -> Kiosk:
    kiosk = Kiosk(PortraitWorker(settings))
    kiosk.worker.start()
    return kiosk
