"""Which engine tells whether the face of a move is the one that was captured, and its limit."""

from collections.abc import Sequence
from dataclasses import replace

from kiosk.portrait.liveness.limits import LivenessLimits
from kiosk.portrait.slots import ModelSlot, SlotError
from kiosk.values import LivenessMode

SFACE = "sface"  # the quick one, and the one that the limit was measured for
SAME_FACE_FMR = 0.001


def fit_same_face(limits: LivenessLimits, networks: Sequence[ModelSlot]) -> LivenessLimits:
    """Return the limits with the same face's as a score of the engine that is asked.

    ``networks`` are the matcher's single networks in order. Raises SlotError, at start and not
    before a resident, when the one that is asked was not measured for it.
    """
    if limits.mode is LivenessMode.OFF or any(slot.name == SFACE for slot in networks):
        return limits
    asked = networks[0]
    try:
        return replace(limits, same_face_min=asked.score_threshold(SAME_FACE_FMR))
    except SlotError as error:
        raise SlotError(
            f"{asked.source}: threshold: liveness needs one for FMR {SAME_FACE_FMR:g} to tell "
            "whether a face is still the same (python -m kiosk thresholds)"
        ) from error
