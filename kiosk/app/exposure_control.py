"""Asks the camera for less or more exposure while a face is too bright or too dark.

The screen's lamp goes before more exposure: it costs no sharpness. Whoever comes next meets the
camera as it was: some seconds after the last capture exposure is given back.

A lamp behind nobody may be too bright at one step and the hall too dark at the next: each time
exposure turns back it waits twice as long as before, so that it does not flap.
"""

import time
from collections.abc import Callable
from threading import Event, Thread

from devices.camera.exposure import STEPS
from kiosk.portrait.exposure import light_of
from kiosk.portrait.results import GuidanceUpdate
from kiosk.values import Light

SETTLE_S = 0.5
"""From a request to the picture that shows it, with the device's own delay."""
LAMP_FIRST_S = 1.2
LEFT_S = 5.0
"""With no capture for so long nobody is there any more: tries follow each other sooner."""
_PACE_S = 0.1
_DIRECTION = {Light.BRIGHT: -1, Light.DARK: +1, Light.FINE: 0}


class ExposureRule:
    """Which exposure to ask for, by what the frames show. Time comes in."""

    def __init__(self) -> None:
        self.steps = 0
        self._went = self._turns = 0
        self._light = Light.FINE
        self._since_s = self._changed_s = self._seen_s = float("-inf")

    def follow(self, update: GuidanceUpdate | None, now_s: float) -> int:
        """Take the newest guidance, None outside a capture; return the steps to ask for."""
        if update is None:
            if now_s - self._seen_s >= LEFT_S:
                self.steps = self._went = self._turns = 0
            return self.steps
        self._seen_s = now_s
        # The light of a while says that it is no passing shadow. It stays what it was until another
        # has lasted as long, so this frame has to agree.
        light = update.light if light_of(update.measures) is update.light else Light.FINE
        if light is not self._light:
            self._light, self._since_s = light, now_s
        way = _DIRECTION[light]
        turns = way * self._went < 0
        wait_s = LAMP_FIRST_S if light is Light.DARK and self.steps >= 0 else 0.0
        settle_s = SETTLE_S * 2**self._turns if turns else SETTLE_S
        settled = now_s - self._changed_s >= settle_s and now_s - self._since_s >= wait_s
        wanted = max(-STEPS, min(STEPS, self.steps + way))
        if settled and wanted != self.steps:
            self.steps, self._changed_s, self._went = wanted, now_s, way
            self._turns += turns
        return self.steps


class ExposureControl:
    """Follows the guidance on a thread of its own until ``close``."""

    def __init__(
        self, guidance: Callable[[], GuidanceUpdate | None], expose: Callable[[int], None]
    ) -> None:
        self._guidance = guidance
        self._expose = expose
        self._stop = Event()
        self._thread = Thread(target=self._run, name="exposure", daemon=True)

    def start(self) -> "ExposureControl":
        """Begin to follow; returns itself."""
        self._thread.start()
        return self

    def close(self) -> None:
        """Stop, and give the camera its own exposure back."""
        self._stop.set()
        self._thread.join()
        self._expose(0)

    def _run(self) -> None:
        rule, asked = ExposureRule(), 0
        while not self._stop.wait(_PACE_S):
            steps = rule.follow(self._guidance(), time.monotonic())
            if steps != asked:
                self._expose(steps)
                asked = steps
