"""Whether it is the light: dark or bright pictures over a while, and what may help. Time comes in.

The lamp is lit by the first dark while and stays lit to the end of the capture, whatever the light
does then, so that the screen never flickers.
"""

from kiosk.portrait.limits import PortraitLimits
from kiosk.portrait.quality import (
    BRIGHT_FRAMES,
    BURNT_MIDDLE,
    DARK_FRAMES,
    FACE_GREY,
    LAMP,
    OVEREXPOSED,
    SCENE_GREY,
    Assessment,
)
from kiosk.values import Light, Measure

_OF_LIGHT = (BURNT_MIDDLE, SCENE_GREY, FACE_GREY, OVEREXPOSED)


class Exposure:
    """Follows the light of one capture."""

    def __init__(self, limits: PortraitLimits) -> None:
        self._limits = limits
        self._frames = self._dark = self._bright = 0
        self._now = Light.FINE
        self._since_s = 0.0
        self._lit_s: float | None = None
        self._last_s = 0.0
        self.state = Light.FINE

    def add(self, assessment: Assessment, now_s: float) -> Light:
        """Take a judged frame; return what the light has been like for a while."""
        light = frame_light(assessment)
        self._frames += 1
        self._dark += light is Light.DARK
        self._bright += light is Light.BRIGHT
        self._last_s = now_s
        if light is not self._now:
            self._now, self._since_s = light, now_s
        if light is Light.FINE or now_s - self._since_s >= self._limits.light_wait_s:
            self.state = light
        if self.state is Light.DARK and self._lit_s is None:
            self._lit_s = now_s
        return self.state

    @property
    def lamp(self) -> bool:
        """Say whether the screen is to light the face."""
        return self._lit_s is not None

    def measures(self) -> tuple[Measure, ...]:
        """Return the evidence: shares of dark and bright frames, seconds of the lamp."""
        frames = max(self._frames, 1)
        most = self._limits.light_frames_max_ratio
        lit_s = 0.0 if self._lit_s is None else self._last_s - self._lit_s
        return (
            Measure(DARK_FRAMES, self._dark / frames, "of frames", None, most),
            Measure(BRIGHT_FRAMES, self._bright / frames, "of frames", None, most),
            Measure(LAMP, lit_s, "s", None, None),
        )


def frame_light(assessment: Assessment) -> Light:
    """Return whether one frame is too dark or too bright, by its face where there is one."""
    return light_of(assessment.measures)


def light_of(measures: tuple[Measure, ...]) -> Light:
    """Return the same of a frame's measures."""
    for measure in measures:
        if measure.ok or measure.name not in _OF_LIGHT:
            continue
        low = measure.low is not None and measure.value < measure.low
        return Light.DARK if low else Light.BRIGHT
    return Light.FINE
