"""Why a capture did not match: this machine, this capture, a reference, or this person. Pure.

The worker knows the frames and the scores; this adds what the kiosk's other visits say. The
answer is a key with the figures that its sentence needs, and never a verdict on the person:
``low_score`` is what is left when pictures and references are good.
"""

from collections.abc import Sequence
from dataclasses import replace
from statistics import median

from kiosk.portrait.disturbance import BLOCKS_MOST, CAST_MOST, NOISE_MOST
from kiosk.portrait.history import PastCapture
from kiosk.portrait.quality import SCENE_GREY
from kiosk.portrait.results import CaptureDone, Reason, ReasonKey, ReferenceState
from kiosk.portrait.tally import Tally
from kiosk.values import Reference

STILL_SHARE = 0.8
"""From this share of bit-equal frames on the camera is frozen: noise makes every frame new.

Not so in black or burnt-out frames: there is no noise to see, and the light is the reason.
"""
SCENE_BLURRED = 0.45
"""Below this share of its usual sharpness the whole scene is blurred, not only who moves."""
FACE_BLURRED = 75.0
"""Median sharpness of the face under which a failed comparison is put down to blur."""
OTHERS_BLURRED = 3
"""So many of the last visits blurred as well: it is the lens, not the moment."""
LAST_VISITS = 5
USUAL_AT_LEAST = 3
"""From so many sharp visits on the kiosk knows how its scene usually looks."""

Figures = tuple[tuple[str, float], ...]

_BLUR_KEYS = (ReasonKey.BLURRED, ReasonKey.DIRTY_LENS)
_POSE = (ReasonKey.TURNED, ReasonKey.TILTED, ReasonKey.NODDED)
"""Landmarks of a blurred or shaken face lie anywhere."""
_MAY_BE_BLUR = (
    ReasonKey.BLURRED,
    ReasonKey.NO_FACE,
    ReasonKey.TOO_FAR,  # as far as it depends on landmarks; a small face in a clear scene is far
    *_POSE,
    ReasonKey.EYES_HIDDEN,
    ReasonKey.COVERED,
    ReasonKey.LOW_SCORE,
)
_MAY_BE_MOVED = (ReasonKey.BLURRED, ReasonKey.LOW_SCORE, *_POSE)
_HIDDEN = (ReasonKey.COVERED, ReasonKey.EYES_HIDDEN)
"""A mask is as smooth as a shaken face; eyes behind glasses or above a mask have edges."""
_SOFT_EYES = (*_POSE, *_HIDDEN, ReasonKey.NO_FACE)
"""With soft eyes these are a face that moved; one that is lost had eyes in the frames before."""
_MAY_BE_DISTURBED = (
    *_MAY_BE_BLUR,
    ReasonKey.SEVERAL_FACES,
    ReasonKey.FACE_CHANGED,
    ReasonKey.REFERENCE_POOR,
)
"""What is made of noise, blocks or a wrong colour; dark and burnt-out pictures have their own."""
_OF_REFERENCES = (ReasonKey.LOW_SCORE, ReasonKey.REFERENCES_DISAGREE, ReasonKey.REFERENCE_POOR)


def explain(done: CaptureDone, others: Sequence[PastCapture]) -> Reason | None:
    """Return why a capture did not match, None when it did; ``others`` are other visits'."""
    reason = done.decision.reason
    if reason is None:
        return None
    tally = done.tally
    if tally.frames > 1 and tally.still >= STILL_SHARE and not _without_picture(done):
        still = float(round(tally.still * (tally.frames - 1)))
        return Reason(ReasonKey.FROZEN, (("frames", float(tally.frames)), ("still", still)))
    if reason.key in _MAY_BE_DISTURBED:
        disturbed = _disturbed(tally)
        if disturbed is not None:
            return disturbed
    if reason.key in _MAY_BE_BLUR:
        blur = _blur(done, others)
        if blur is not None:
            return blur
    if reason.key in _OF_REFERENCES:
        return _scores(done, _references(done, reason))
    if reason.key in (ReasonKey.NO_REFERENCE, ReasonKey.CHIP_NOT_AUTHENTICATED):
        states = {report.reference: report.state for report in done.references}
        if states.get(Reference.RECORD) is ReferenceState.ABSENT:
            return Reason(ReasonKey.RECORD_MISSING, reason.figures)
    return reason


def _without_picture(done: CaptureDone) -> bool:
    """Say whether the frames are black, as behind a covered lens, or burnt out."""
    return any(measure.name == SCENE_GREY and not measure.ok for measure in done.measures)


def _disturbed(tally: Tally) -> Reason | None:
    """Tell a camera or a line that spoils every part of a picture."""
    measured = (
        ("noise", tally.noise, NOISE_MOST),
        ("blocks", tally.blocks, BLOCKS_MOST),
        ("colour_cast", tally.colour_cast, CAST_MOST),
    )
    known = [(name, value, most) for name, value, most in measured if value is not None]
    if not any(value > most for _, value, most in known):
        return None
    figures = [((name, value), (f"{name}_limit", most)) for name, value, most in known]
    return Reason(ReasonKey.DISTURBED, tuple(pair for both in figures for pair in both))


def _blur(done: CaptureDone, others: Sequence[PastCapture]) -> Reason | None:
    """Tell a moving face from a blurred picture, and a blurred picture from a dirty lens."""
    reason, tally = done.decision.reason, done.tally
    assert reason is not None  # noqa: S101 - explain asks only about failures
    face = tally.sharpness
    face_blurred = reason.key is ReasonKey.BLURRED or face is None or face < FACE_BLURRED
    usual = usual_scene(others)
    scene = tally.scene_sharpness
    share = None if usual is None or scene is None else scene / usual
    figures = tuple(
        (name, value)
        for name, value in (("sharpness", face), ("scene", scene), ("usual", usual))
        if value is not None
    )
    if share is not None and share >= SCENE_BLURRED:
        moved = face_blurred and reason.key in _MAY_BE_MOVED
        if tally.eye_sharpness is not None and reason.key in _SOFT_EYES:
            moved = moved or tally.eye_sharpness < FACE_BLURRED
        if not moved or face is None:
            return None
        return _smeared(figures, others) or Reason(ReasonKey.MOVED, figures)
    if not face_blurred or (share is None and reason.key is not ReasonKey.BLURRED):
        return None
    return _smeared(figures, others) or Reason(ReasonKey.BLURRED, figures)


def _smeared(figures: Figures, others: Sequence[PastCapture]) -> Reason | None:
    """Put blur down to the lens where the visits before were blurred as well.

    A smear where the face is leaves the rest of the scene clear.
    """
    blurred = blurred_visits(others)
    if blurred < OTHERS_BLURRED:
        return None
    return Reason(ReasonKey.DIRTY_LENS, (*figures, ("others", float(blurred))))


def usual_scene(others: Sequence[PastCapture]) -> float | None:
    """Return how sharp the scene is when captures match; None while too few did."""
    known = {
        past.visit: past.scene_sharpness
        for past in others
        if past.matched and past.scene_sharpness is not None
    }
    values = [value for value in known.values() if value is not None]
    return float(median(values)) if len(values) >= USUAL_AT_LEAST else None


def blurred_visits(others: Sequence[PastCapture]) -> int:
    """Return how many of the last visits ended a capture for blur."""
    last = sorted({past.visit for past in others})[-LAST_VISITS:]
    names = {key.value for key in _BLUR_KEYS}
    return len({past.visit for past in others if past.visit in last and past.reason in names})


def _scores(done: CaptureDone, reason: Reason) -> Reason:
    """Tell what the scores bear: portraits that agree with each other do not disagree.

    A score is steadily low only where no frame alone would have held.
    """
    between, highest = done.decision.references, done.tally.highest
    if reason.key is ReasonKey.REFERENCES_DISAGREE and between is not None and between.accepted:
        return replace(reason, key=ReasonKey.ONE_REFERENCE)
    limit = max((score.threshold for score in done.decision.scores), default=None)
    if reason.key is not ReasonKey.LOW_SCORE or highest is None or limit is None:
        return reason
    if highest >= limit:
        return replace(reason, key=ReasonKey.UNSTEADY_SCORE)
    return reason


def _references(done: CaptureDone, reason: Reason) -> Reason:
    """Put a low score down to a poor reference where only poor ones fail."""
    poor = {report.reference for report in done.references if report.state is ReferenceState.POOR}
    failed = {score.reference for score in done.decision.scores if not score.accepted}
    figures = dict(reason.figures)
    if failed and failed <= poor:
        for report in done.references:
            if report.reference in failed:
                for measure in report.measures:
                    if measure.beyond is not None:
                        name = f"{report.reference.value}_{measure.name}"
                        figures |= {name: measure.value, f"{name}_limit": measure.beyond}
        return Reason(ReasonKey.REFERENCE_POOR, tuple(figures.items()))
    if reason.key is ReasonKey.REFERENCE_POOR:
        reason = replace(reason, key=ReasonKey.LOW_SCORE)
    spread = (("lowest", done.tally.lowest), ("highest", done.tally.highest))
    figures |= {name: value for name, value in spread if value is not None}
    return Reason(reason.key, tuple(figures.items()))
