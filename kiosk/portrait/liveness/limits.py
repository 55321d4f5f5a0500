"""How liveness is looked at, with the values to start from. Everything may be set in config."""

from dataclasses import dataclass

from kiosk.values import LivenessMode


@dataclass(frozen=True, slots=True)
class LivenessLimits:
    """What the challenge asks for and what counts as done.

    ``model`` is the folder of a passive model's slot; no weights ship, so it is empty.
    """

    mode: LivenessMode = LivenessMode.OFF
    model: str = ""
    moves: int = 2
    move_within_s: float = 6.0  # a practised person needs 2 s, an old one more
    frontal_max: float = 0.20  # nose offset / eye distance; about 16 degrees
    turned_min: float = 0.30  # about 30 degrees; a photograph held at a slant reads under 0.15
    closer_min: float = 1.30  # eye distance against the one before the move
    # SFace's centred cosine, after each move against the kept frames. Measured on made frames of
    # 300 people: one visit's lowest 0.753, 89,700 pairs of two people at most 0.430
    # (tests.benchmarks.same_face, docs/decisions/liveness.md).
    same_face_min: float = 0.44
    face_gone_max_s: float = 0.8
    overlap_min: float = 0.20  # of the face's box with the one of the frame before
