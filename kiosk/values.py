"""The few plain values that several rooms share. No behaviour, no imports of ours."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray


class Language(StrEnum):
    """Languages of every screen, receipt and phrase."""

    ZH_HANS = "zh-Hans"
    ZH_HANT = "zh-Hant"
    EN = "en"


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One camera picture: (height, width, 3) uint8 BGR, unmirrored; monotonic seconds."""

    image: NDArray[np.uint8]
    captured_at: float
    number: int


@dataclass(frozen=True, slots=True)
class Measure:
    """One quality criterion: value with unit against its limits (None = open end)."""

    name: str
    value: float
    unit: str
    low: float | None
    high: float | None

    @property
    def ok(self) -> bool:
        """Say whether the value lies within its limits."""
        return (self.low is None or self.value >= self.low) and (
            self.high is None or self.value <= self.high
        )

    @property
    def beyond(self) -> float | None:
        """Return the limit that the value lies beyond; None within the limits."""
        if self.ok:
            return None
        return self.low if self.low is not None and self.value < self.low else self.high


class Reference(StrEnum):
    """The portraits a live one is compared with."""

    CHIP = "chip"
    RECORD = "record"
    CASE = "case"  # the live one of the case that is taken up again


@dataclass(frozen=True, slots=True)
class Score:
    """One comparison: the engine's score against the threshold it was judged by.

    ``values`` are the single engines' own scores by name. ``accepted`` is score >= threshold.
    """

    reference: Reference
    engine: str
    score: float
    threshold: float
    values: tuple[tuple[str, float], ...] = ()

    @property
    def accepted(self) -> bool:
        """Say whether this comparison alone holds."""
        return self.score >= self.threshold


class FailureCause(StrEnum):
    """Why a comparison failed, as far as is known."""

    MACHINE = "machine"
    CAPTURE = "capture"
    REFERENCE = "reference"
    PERSON = "person"


class Light(StrEnum):
    """What the light on the resident has been like for a while."""

    FINE = "fine"
    DARK = "dark"
    BRIGHT = "bright"


class Hint(StrEnum):
    """The one thing that helps most right now, shown on the camera picture."""

    TAKE_OFF = "take_off"
    LOOK_AT_CAMERA = "look_at_camera"
    ONE_PERSON = "one_person"
    COME_CLOSER = "come_closer"
    STEP_BACK = "step_back"
    CENTRE_FACE = "centre_face"
    FACE_FORWARD = "face_forward"
    HOLD_HEAD_STRAIGHT = "hold_head_straight"
    CHIN_UP = "chin_up"
    CHIN_DOWN = "chin_down"
    MORE_LIGHT = "more_light"
    LESS_LIGHT = "less_light"
    EVEN_LIGHT = "even_light"
    SHOW_EYES = "show_eyes"
    UNCOVER_FACE = "uncover_face"
    WAIT_A_MOMENT = "wait_a_moment"
    HOLD_STILL = "hold_still"
    GOOD = "good"


class LivenessMode(StrEnum):
    """What becomes of liveness: not looked at, told to staff, or needed to pass alone."""

    OFF = "off"
    ADVISORY = "advisory"
    REQUIRED = "required"


class HeadMove(StrEnum):
    """What the challenge asks for; left and right are the resident's own."""

    TURN_LEFT = "turn_left"
    TURN_RIGHT = "turn_right"
    COME_CLOSER = "come_closer"


class LivenessOutcome(StrEnum):
    """What the grades say together. None of them ever decides by itself."""

    PASSED = "passed"
    UNDETERMINED = "undetermined"
    ALARM = "alarm"


@dataclass(frozen=True, slots=True)
class Liveness:
    """How alive one capture looked: ``why`` names what kept it from passing, "" when nothing.

    ``model`` is the passive model, "" where there is none.
    """

    outcome: LivenessOutcome
    why: str
    moves: tuple[HeadMove, ...]
    measures: tuple[Measure, ...]
    model: str = ""
    model_sha256: str = ""


def in_yuan(fee_fen: int) -> str:
    """Return a fee in yuan, whole ones without decimals, as screens and papers say it."""
    return str(fee_fen // 100) if fee_fen % 100 == 0 else f"{fee_fen / 100:.2f}"


def masked_card(number: str) -> str:
    """Return a card number with its middle hidden, for screens and papers that others see."""
    return number[:2] + "*" * max(0, len(number) - 5) + number[-3:]
