"""Which failing criterion is told, to the resident as a hint and to staff as a reason. Pure.

The order is the one that helps: who is there comes before where they stand, that before the
light, the pose and the sharpness, because each means something only once those before it hold.
"""

from dataclasses import dataclass

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
from kiosk.portrait.results import ReasonKey
from kiosk.values import Hint


@dataclass(frozen=True, slots=True)
class Criterion:
    """What a measure outside its limits means; ``high_*`` where too much means another thing."""

    measure: str
    hint: Hint
    reason: ReasonKey
    high_hint: Hint | None = None
    high_reason: ReasonKey | None = None


CRITERIA = (
    Criterion(SCENE_GREY, Hint.MORE_LIGHT, ReasonKey.DARK),
    Criterion(
        FACES, Hint.LOOK_AT_CAMERA, ReasonKey.NO_FACE, Hint.ONE_PERSON, ReasonKey.SEVERAL_FACES
    ),
    Criterion(EYE_DISTANCE, Hint.COME_CLOSER, ReasonKey.TOO_FAR),
    Criterion(FACE_WIDTH, Hint.STEP_BACK, ReasonKey.TOO_CLOSE),
    Criterion(CENTRE_OFFSET, Hint.CENTRE_FACE, ReasonKey.OFF_CENTRE),
    Criterion(FACE_GREY, Hint.MORE_LIGHT, ReasonKey.DARK, Hint.LESS_LIGHT, ReasonKey.OVEREXPOSED),
    Criterion(OVEREXPOSED, Hint.LESS_LIGHT, ReasonKey.OVEREXPOSED),
    Criterion(YAW, Hint.FACE_FORWARD, ReasonKey.TURNED),
    Criterion(ROLL, Hint.HOLD_HEAD_STRAIGHT, ReasonKey.TILTED),
    Criterion(SHARPNESS, Hint.HOLD_STILL, ReasonKey.BLURRED),
    Criterion(DETECTOR_SCORE, Hint.LOOK_AT_CAMERA, ReasonKey.COVERED),
)


def first_failing(assessment: Assessment) -> tuple[Hint, ReasonKey] | None:
    """Return what the first failing criterion means; None for a good frame."""
    failing = {measure.name: measure for measure in assessment.measures if not measure.ok}
    for criterion in CRITERIA:
        measure = failing.get(criterion.measure)
        if measure is None:
            continue
        too_high = measure.high is not None and measure.value > measure.high
        if too_high and criterion.high_hint is not None and criterion.high_reason is not None:
            return criterion.high_hint, criterion.high_reason
        return criterion.hint, criterion.reason
    return None if assessment.face is not None else (Hint.LOOK_AT_CAMERA, ReasonKey.NO_FACE)
