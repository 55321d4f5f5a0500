"""How liveness is looked at, with the values to start from.

Everything may be set in config, in the range that stands with it.
"""

from dataclasses import dataclass
from typing import Annotated

from kiosk.portrait.ranges import Range
from kiosk.values import LivenessMode


@dataclass(frozen=True, slots=True)
class LivenessLimits:
    """What the challenge asks for and what counts as done.

    ``model`` is the folder of a passive model's slot; no weights ship, so it is empty.
    """

    mode: LivenessMode = LivenessMode.OFF
    model: str = ""
    moves: Annotated[int, Range(1, 3)] = 2
    # a practised person needs 2 s, an old one more
    move_within_s: Annotated[float, Range(1, 60)] = 6.0
    # nose offset / eye distance; about 16 degrees
    frontal_max: Annotated[float, Range(0, 1, low_too=False, below="turned_min")] = 0.20
    # about 30 degrees; a photograph held at a slant reads under 0.15
    turned_min: Annotated[float, Range(0, 1, low_too=False)] = 0.30
    # eye distance against the one before the move
    closer_min: Annotated[float, Range(1, 3, low_too=False)] = 1.30
    # SFace's centred cosine, after each move against the kept frames. Measured on made frames of
    # 300 people: one visit's lowest 0.753, 89,700 pairs of two people at most 0.430
    # (tests.benchmarks.same_face, docs/decisions/liveness.md).
    same_face_min: Annotated[float, Range(0, 1, low_too=False)] = 0.44
    face_gone_max_s: Annotated[float, Range(0, 10, low_too=False)] = 0.8
    overlap_min: Annotated[float, Range(0, 1)] = (
        0.20  # of the face's box with the one of the frame before
    )
