"""Which failing criterion is told, to the resident as a hint and to staff as a reason. Pure.

The order of the groups is the one that helps: who is there comes before where they stand, that
before the light, the pose and the sharpness, because each means something only once those
before it hold. Noise in the dark looks sharp; a turned or blurred face looks covered. Within a
group the criterion furthest beyond its limit comes first.

Two things go before their turn, because they make others fail: a head turned far, whose eyes stand
close together and slanted, and a covered face, whose points lie anywhere and whose mask may shine.
A pattern before the mouth is surer than either: no turn and no light makes one. Where the points
lie askew, covering tells whether a cover has put them so.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from kiosk.portrait import covering
from kiosk.portrait.quality import (
    BACKGROUND_MOTION,
    BURNT_MIDDLE,
    CENTRE_OFFSET,
    DETECTOR_SCORE,
    EVENNESS,
    EYE_CONTRAST,
    EYE_DISTANCE,
    EYE_LIGHT,
    EYE_SPAN,
    FACE_GREY,
    FACE_WIDTH,
    FACES,
    LOWER_FACE_COLOUR,
    LOWER_FACE_DETAIL,
    MOUTH_CONTRAST,
    OVEREXPOSED,
    PITCH,
    ROLL,
    SCENE_GREY,
    SHARPNESS,
    YAW,
    Assessment,
)
from kiosk.portrait.results import ReasonKey
from kiosk.values import Hint, Measure


@dataclass(frozen=True, slots=True)
class Criterion:
    """What a measure outside its limits means; ``high_*`` where too much means another thing."""

    measure: str
    hint: Hint
    reason: ReasonKey
    high_hint: Hint | None = None
    high_reason: ReasonKey | None = None

    def meaning(self, measure: Measure) -> tuple[Hint, ReasonKey]:
        """Return what this failing measure means."""
        if measure.high is None or measure.value <= measure.high:
            return self.hint, self.reason
        return self.high_hint or self.hint, self.high_reason or self.reason


GROUPS = (
    # Before the scene's grey: a lamp in a dark hall may burn out the face alone.
    (Criterion(BURNT_MIDDLE, Hint.LESS_LIGHT, ReasonKey.OVEREXPOSED),),
    (
        Criterion(
            SCENE_GREY, Hint.MORE_LIGHT, ReasonKey.DARK, Hint.LESS_LIGHT, ReasonKey.OVEREXPOSED
        ),
    ),
    (
        Criterion(
            FACES, Hint.LOOK_AT_CAMERA, ReasonKey.NO_FACE, Hint.ONE_PERSON, ReasonKey.SEVERAL_FACES
        ),
    ),
    (
        Criterion(EYE_DISTANCE, Hint.COME_CLOSER, ReasonKey.TOO_FAR),
        Criterion(FACE_WIDTH, Hint.STEP_BACK, ReasonKey.TOO_CLOSE),
        Criterion(CENTRE_OFFSET, Hint.CENTRE_FACE, ReasonKey.OFF_CENTRE),
    ),
    (
        Criterion(
            FACE_GREY, Hint.MORE_LIGHT, ReasonKey.DARK, Hint.LESS_LIGHT, ReasonKey.OVEREXPOSED
        ),
        Criterion(OVEREXPOSED, Hint.LESS_LIGHT, ReasonKey.OVEREXPOSED),
    ),
    (
        Criterion(YAW, Hint.FACE_FORWARD, ReasonKey.TURNED),
        Criterion(EYE_SPAN, Hint.FACE_FORWARD, ReasonKey.TURNED),
        Criterion(PITCH, Hint.CHIN_DOWN, ReasonKey.NODDED, high_hint=Hint.CHIN_UP),
        Criterion(ROLL, Hint.HOLD_HEAD_STRAIGHT, ReasonKey.TILTED),
    ),
    # A turned head is lit unevenly by the same lamp, so the pose comes first.
    (Criterion(EVENNESS, Hint.EVEN_LIGHT, ReasonKey.UNEVEN_LIGHT),),
    (Criterion(SHARPNESS, Hint.HOLD_STILL, ReasonKey.BLURRED),),
    (
        Criterion(EYE_LIGHT, Hint.SHOW_EYES, ReasonKey.EYES_HIDDEN),
        Criterion(EYE_CONTRAST, Hint.SHOW_EYES, ReasonKey.EYES_HIDDEN),
    ),
    (
        Criterion(MOUTH_CONTRAST, Hint.UNCOVER_FACE, ReasonKey.COVERED),
        Criterion(LOWER_FACE_COLOUR, Hint.UNCOVER_FACE, ReasonKey.COVERED),
        Criterion(LOWER_FACE_DETAIL, Hint.UNCOVER_FACE, ReasonKey.COVERED),
    ),
    (Criterion(BACKGROUND_MOTION, Hint.WAIT_A_MOMENT, ReasonKey.BACKGROUND_MOVES),),
    (Criterion(DETECTOR_SCORE, Hint.LOOK_AT_CAMERA, ReasonKey.COVERED),),
)


FAR = 1.0
"""Of its limit beyond it: a head turned so far spoils what else its points say."""
TOGETHER = 0.1
"""Of its limit below it: eyes so near each other are those of a head turned far."""
COVERED = 0.6
"""Of its limit below it: no turn that is still small, and no light, takes a mouth away so far."""


_BEFORE_POSE = {SCENE_GREY, FACES, EYE_DISTANCE, FACE_WIDTH, CENTRE_OFFSET, FACE_GREY, OVEREXPOSED}


@dataclass(frozen=True, slots=True)
class Failing:
    """The criterion that is told of a frame; no ``measure`` where nobody was found."""

    hint: Hint
    reason: ReasonKey
    measure: Measure | None = None


def first_failing(assessment: Assessment) -> Failing | None:
    """Return the most helpful failing criterion; None for a good frame."""
    failing = {measure.name: measure for measure in assessment.measures if not measure.ok}
    spoiling = _askew(assessment, failing) or _spoiling(failing)
    if spoiling is not None:
        return spoiling
    for group in GROUPS:
        found = [(failing[c.measure], c) for c in group if c.measure in failing]
        if found:
            measure, criterion = max(found, key=lambda pair: excess(pair[0]))
            return Failing(*criterion.meaning(measure), measure)
    if assessment.face is not None:
        return None
    return Failing(Hint.LOOK_AT_CAMERA, ReasonKey.NO_FACE)


def _spoiling(failing: Mapping[str, Measure]) -> Failing | None:
    """Return what makes other criteria fail, so that it comes before them."""
    beyond = {name: excess(measure) for name, measure in failing.items()}
    if failing.keys() & {SCENE_GREY, FACES} or beyond.get(FACE_GREY, 0.0) > 0:
        return None
    placed = failing.keys() & {EYE_DISTANCE, FACE_WIDTH, CENTRE_OFFSET}
    compared = not failing.keys() & {EYE_LIGHT, EYE_CONTRAST}  # with eyes that can be seen
    if LOWER_FACE_DETAIL in failing and compared and not placed:
        return Failing(Hint.UNCOVER_FACE, ReasonKey.COVERED, failing[LOWER_FACE_DETAIL])
    for name, far in ((YAW, FAR), (EYE_SPAN, TOGETHER)):
        if beyond.get(name, 0.0) >= far and CENTRE_OFFSET not in failing:
            far_off = beyond.get(EYE_DISTANCE, 0.0) >= FAR / 2
            turned = Failing(Hint.FACE_FORWARD, ReasonKey.TURNED, failing[name])
            return None if far_off else turned
    hidden = max((MOUTH_CONTRAST, LOWER_FACE_COLOUR), key=lambda name: beyond.get(name, 0.0))
    posed = max(beyond.get(name, 0.0) for name in (YAW, PITCH, ROLL))
    burnt = beyond.get(OVEREXPOSED, 0.0) >= FAR
    if beyond.get(hidden, 0.0) < COVERED or posed >= FAR / 2 or placed or burnt:
        return None
    return Failing(Hint.UNCOVER_FACE, ReasonKey.COVERED, failing[hidden])


def _askew(assessment: Assessment, failing: Mapping[str, Measure]) -> Failing | None:
    """Return the cover of a face whose points lie askew because of it."""
    if failing.keys() & _BEFORE_POSE:
        return None
    beyond = {name: excess(failing[name]) for name in covering.ASKEW if name in failing}
    far = beyond.get(YAW, 0.0) >= FAR or beyond.get(EYE_SPAN, 0.0) >= TOGETHER
    measures = {measure.name: measure for measure in assessment.measures}
    name = covering.cover(measures, beyond, turned_far=far)
    if name is None:
        return None
    if name in (EYE_LIGHT, EYE_CONTRAST):
        return Failing(Hint.SHOW_EYES, ReasonKey.EYES_HIDDEN, measures[name])
    return Failing(Hint.UNCOVER_FACE, ReasonKey.COVERED, measures[name])


def excess(measure: Measure) -> float:
    """Return how far a value lies beyond its limit, in shares of the limit; 0 within."""
    if measure.low is not None and measure.value < measure.low:
        return (measure.low - measure.value) / max(abs(measure.low), 1e-9)
    if measure.high is not None and measure.value > measure.high:
        return (measure.value - measure.high) / max(abs(measure.high), 1e-9)
    return 0.0
