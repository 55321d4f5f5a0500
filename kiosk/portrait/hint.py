"""The one hint that helps most now, and keeping it long enough to be read. Pure."""

from kiosk.portrait.quality import (
    CENTRE_OFFSET,
    DETECTOR_SCORE,
    EYE_DISTANCE,
    FACE_GREY,
    FACE_WIDTH,
    FACES,
    OVEREXPOSED,
    ROLL,
    SCENE_GREY,
    SHARPNESS,
    YAW,
    Assessment,
)
from kiosk.values import Hint, Measure


def choose_hint(assessment: Assessment) -> Hint:
    """Return the hint for the first measure that fails, in the order that helps.

    Who is there comes before where they stand, that before the light, the pose and the
    sharpness: each is only meaningful once the ones before it hold.
    """
    measures = {measure.name: measure for measure in assessment.measures}
    for name, hint in _ORDER:
        measure = measures.get(name)
        if measure is not None and not measure.ok:
            return _HIGH_SIDE.get(name, hint) if _too_high(measure) else hint
    return Hint.GOOD if assessment.face is not None else Hint.LOOK_AT_CAMERA


_ORDER: tuple[tuple[str, Hint], ...] = (
    (SCENE_GREY, Hint.MORE_LIGHT),
    (FACES, Hint.LOOK_AT_CAMERA),
    (EYE_DISTANCE, Hint.COME_CLOSER),
    (FACE_WIDTH, Hint.STEP_BACK),
    (CENTRE_OFFSET, Hint.CENTRE_FACE),
    (FACE_GREY, Hint.MORE_LIGHT),
    (OVEREXPOSED, Hint.LESS_LIGHT),
    (YAW, Hint.FACE_FORWARD),
    (ROLL, Hint.HOLD_HEAD_STRAIGHT),
    (SHARPNESS, Hint.HOLD_STILL),
    (DETECTOR_SCORE, Hint.LOOK_AT_CAMERA),
)
_HIGH_SIDE = {FACES: Hint.ONE_PERSON, FACE_GREY: Hint.LESS_LIGHT}


def _too_high(measure: Measure) -> bool:
    return measure.high is not None and measure.value > measure.high


class SteadyHint:
    """Keeps a hint on screen for at least ``stable_s`` before another takes its place."""

    def __init__(self, stable_s: float) -> None:
        self._stable_s = stable_s
        self._shown: Hint | None = None
        self._since_s = 0.0

    def show(self, hint: Hint, now_s: float) -> Hint:
        """Return the hint to show at ``now_s`` when ``hint`` is the newest."""
        if self._shown is None or (
            hint is not self._shown and now_s - self._since_s >= self._stable_s
        ):
            self._shown, self._since_s = hint, now_s
        return self._shown
