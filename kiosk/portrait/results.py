"""What the portrait worker tells the kiosk: plain values, no personal data beyond one visit."""

from dataclasses import dataclass, field
from enum import StrEnum

from kiosk.portrait.tally import Tally
from kiosk.values import (
    FailureCause,
    HeadMove,
    Hint,
    Light,
    Liveness,
    Measure,
    Reference,
    Score,
)


@dataclass(frozen=True, slots=True)
class FaceBox:
    """A face's place in the unmirrored frame, each value 0..1 of its width or height."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Eyes:
    """Both eyes in a picture, each value 0..1 of its width or height; left is the picture's."""

    left_x: float
    left_y: float
    right_x: float
    right_y: float


class ReasonKey(StrEnum):
    """Why a comparison did not hold, for the sentence that staff read."""

    DARK = "dark"
    OVEREXPOSED = "overexposed"
    BLURRED = "blurred"
    DIRTY_LENS = "dirty_lens"
    FROZEN = "frozen"
    DISTURBED = "disturbed"
    NO_FRAMES = "no_frames"
    WORKER_LOST = "worker_lost"
    NO_FACE = "no_face"
    SEVERAL_FACES = "several_faces"
    FACE_CHANGED = "face_changed"
    TOO_FAR = "too_far"
    TOO_CLOSE = "too_close"
    OFF_CENTRE = "off_centre"
    TURNED = "turned"
    TILTED = "tilted"
    NODDED = "nodded"
    UNEVEN_LIGHT = "uneven_light"
    EYES_HIDDEN = "eyes_hidden"
    BACKGROUND_MOVES = "background_moves"
    LEFT = "left"
    COVERED = "covered"
    MOVED = "moved"
    NO_REFERENCE = "no_reference"
    CHIP_UNUSABLE = "chip_unusable"
    RECORD_UNUSABLE = "record_unusable"
    CHIP_NOT_AUTHENTICATED = "chip_not_authenticated"
    NOT_OF_CASE = "not_of_case"
    REFERENCES_DISAGREE = "references_disagree"
    REFERENCE_POOR = "reference_poor"
    RECORD_MISSING = "record_missing"
    ONE_REFERENCE = "one_reference"
    UNSTEADY_SCORE = "unsteady_score"
    LOW_SCORE = "low_score"


CAUSES: dict[ReasonKey, FailureCause] = {
    ReasonKey.DARK: FailureCause.MACHINE,
    ReasonKey.OVEREXPOSED: FailureCause.MACHINE,
    ReasonKey.BLURRED: FailureCause.MACHINE,
    ReasonKey.DIRTY_LENS: FailureCause.MACHINE,
    ReasonKey.FROZEN: FailureCause.MACHINE,
    ReasonKey.DISTURBED: FailureCause.MACHINE,
    ReasonKey.NO_FRAMES: FailureCause.MACHINE,
    ReasonKey.WORKER_LOST: FailureCause.MACHINE,
    ReasonKey.NO_FACE: FailureCause.CAPTURE,
    ReasonKey.SEVERAL_FACES: FailureCause.CAPTURE,
    ReasonKey.FACE_CHANGED: FailureCause.CAPTURE,
    ReasonKey.TOO_FAR: FailureCause.CAPTURE,
    ReasonKey.TOO_CLOSE: FailureCause.CAPTURE,
    ReasonKey.OFF_CENTRE: FailureCause.CAPTURE,
    ReasonKey.TURNED: FailureCause.CAPTURE,
    ReasonKey.TILTED: FailureCause.CAPTURE,
    ReasonKey.NODDED: FailureCause.CAPTURE,
    ReasonKey.UNEVEN_LIGHT: FailureCause.MACHINE,
    ReasonKey.EYES_HIDDEN: FailureCause.CAPTURE,
    ReasonKey.BACKGROUND_MOVES: FailureCause.CAPTURE,
    ReasonKey.LEFT: FailureCause.CAPTURE,
    ReasonKey.COVERED: FailureCause.CAPTURE,
    ReasonKey.MOVED: FailureCause.CAPTURE,
    ReasonKey.NO_REFERENCE: FailureCause.REFERENCE,
    ReasonKey.CHIP_UNUSABLE: FailureCause.REFERENCE,
    ReasonKey.RECORD_UNUSABLE: FailureCause.REFERENCE,
    ReasonKey.CHIP_NOT_AUTHENTICATED: FailureCause.REFERENCE,
    ReasonKey.NOT_OF_CASE: FailureCause.PERSON,
    ReasonKey.REFERENCES_DISAGREE: FailureCause.REFERENCE,
    ReasonKey.REFERENCE_POOR: FailureCause.REFERENCE,
    ReasonKey.RECORD_MISSING: FailureCause.REFERENCE,
    ReasonKey.ONE_REFERENCE: FailureCause.REFERENCE,
    ReasonKey.UNSTEADY_SCORE: FailureCause.CAPTURE,
    ReasonKey.LOW_SCORE: FailureCause.PERSON,
}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why it did not hold: a key with the figures its sentence needs, by name."""

    key: ReasonKey
    figures: tuple[tuple[str, float], ...] = ()

    @property
    def cause(self) -> FailureCause:
        """Return the kind of cause the key belongs to."""
        return CAUSES[self.key]


@dataclass(frozen=True, slots=True)
class MatchDecision:
    """The comparison of one capture with every reference there is.

    ``matched`` only when every reference holds and one of them may be trusted. ``reason`` is
    None exactly when matched. ``references`` is chip against record where both are usable.
    """

    matched: bool
    scores: tuple[Score, ...]
    references: Score | None
    reason: Reason | None

    @property
    def cause(self) -> FailureCause | None:
        """Return the cause of a failed comparison, None when matched."""
        return None if self.reason is None else self.reason.cause


class ReferenceState(StrEnum):
    """Whether a reference picture can be compared with."""

    ABSENT = "absent"
    USABLE = "usable"
    UNREADABLE = "unreadable"  # the bytes are no picture
    NO_FACE = "no_face"
    POOR = "poor"  # a face, smaller than the reference limits


@dataclass(frozen=True, slots=True)
class ReferenceReport:
    """What one reference picture is worth."""

    reference: Reference
    state: ReferenceState
    measures: tuple[Measure, ...] = ()
    eyes: Eyes | None = None


@dataclass(frozen=True, slots=True)
class ReferencesReady:
    """The references are looked at; ``reports`` has one entry each: chip, record, case."""

    reports: tuple[ReferenceReport, ...]


@dataclass(frozen=True, slots=True)
class GuidanceUpdate:
    """What to show over the live picture now. ``progress`` is 0..1 of the wanted frames.

    ``light`` asks for help of the camera, ``lamp`` for the screen's. ``capture`` is the number that
    ``begin_capture`` returned. ``move`` is what the liveness challenge asks for now.
    """

    capture: int
    hint: Hint
    face: FaceBox | None
    progress: float
    measures: tuple[Measure, ...]
    frame_number: int
    good: bool
    light: Light = Light.FINE
    move: HeadMove | None = None
    lamp: bool = False


@dataclass(frozen=True, slots=True)
class CaptureDone:
    """The end of one capture, with the evidence a case needs.

    ``measures`` are the best frame's (of the last frame when none was good). ``best_frame`` is
    the whole best frame, ``portrait`` its 3:4 crop for people; both JPEG, b"" when there is
    none. ``eyes`` are in ``portrait``. ``decision_s`` is the time from the last frame to the
    decision. ``liveness`` is None where it was not looked at; ``references`` and ``tally`` are
    what a failure is explained by.
    """

    capture: int
    decision: MatchDecision
    measures: tuple[Measure, ...]
    model: str
    model_sha256: str
    best_frame: bytes
    portrait: bytes
    frame_numbers: tuple[int, ...]
    decision_s: float
    eyes: Eyes | None = None
    liveness: Liveness | None = None
    references: tuple[ReferenceReport, ...] = ()
    tally: Tally = field(default_factory=Tally)


@dataclass(frozen=True, slots=True)
class WorkerReady:
    """The worker answers; ``self_test`` is its sentence on the known pairs."""

    self_test: str
    start_s: float


@dataclass(frozen=True, slots=True)
class WorkerReplaced:
    """A dead or hung worker was replaced by a new one and the try repeated."""

    why: str
    replaced_s: float


@dataclass(frozen=True, slots=True)
class WorkerFailed:
    """No worker can be started; ``error`` is one line for technicians."""

    error: str


Update = (
    ReferencesReady | GuidanceUpdate | CaptureDone | WorkerReady | WorkerReplaced | WorkerFailed
)
