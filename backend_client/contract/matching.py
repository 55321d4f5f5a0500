"""What a comparison of portraits gave, try by try."""

from typing import Annotated

from pydantic import Field

from backend_client.contract.base import Fraction, Identifier, Message, Picture


class ScoreReport(Message):
    """One comparison as the kiosk's engine measured it.

    ``case`` is the live portrait of a parked case that is taken up again.
    """

    reference: Annotated[str, Field(pattern="^(chip|record|case)$")]
    engine: Identifier
    score: float
    threshold: float
    values: dict[str, float] = Field(default_factory=dict)


class MeasureReport(Message):
    """One quality criterion of the capture that was compared."""

    name: Identifier
    value: float
    unit: Annotated[str, Field(max_length=16)]
    low: float | None
    high: float | None


class EyesReport(Message):
    """Where the eyes are in one portrait as it was sent or released.

    Fractions (x, y) of the picture's width and height; ``left`` is the eye at the picture's left.
    """

    portrait: Annotated[str, Field(pattern="^(live|chip|record)$")]
    left: tuple[Fraction, Fraction]
    right: tuple[Fraction, Fraction]


class ReferencesScore(Message):
    """Chip portrait against the one on record: whether both show one person."""

    score: float
    threshold: float


class LivenessReport(Message):
    """How alive a capture looked. It never decides; what is not ``passed`` is for a person."""

    outcome: Annotated[str, Field(pattern="^(passed|undetermined|alarm)$")]
    why: Annotated[str, Field(max_length=64)] = ""
    moves: Annotated[tuple[Identifier, ...], Field(max_length=8)] = ()
    measures: Annotated[tuple[MeasureReport, ...], Field(max_length=16)] = ()
    model: Annotated[str, Field(max_length=64)] = ""
    model_sha256: Annotated[str, Field(pattern="^([0-9a-f]{64})?$")] = ""


class TryReport(Message):
    """One capture of a visit with everything that was measured; ``frames`` are their numbers.

    ``reason`` names why it did not match and ``figures`` what its sentence needs. ``eyes`` are in
    ``live_portrait``; the last try's portrait is the case's own and comes with it.
    """

    matched: bool
    cause: Annotated[str, Field(pattern="^(machine|capture|reference|person)$")] | None = None
    reason: Annotated[str, Field(max_length=64)] = ""
    figures: Annotated[dict[Identifier, float], Field(max_length=32)] = Field(default_factory=dict)
    model: Annotated[str, Field(max_length=64)]
    model_sha256: Annotated[str, Field(pattern="^([0-9a-f]{64})?$")]
    scores: Annotated[tuple[ScoreReport, ...], Field(max_length=4)] = ()
    measures: Annotated[tuple[MeasureReport, ...], Field(max_length=32)] = ()
    frames: Annotated[tuple[int, ...], Field(max_length=32)] = ()
    liveness: LivenessReport | None = None
    live_portrait: Picture | None = None
    eyes: EyesReport | None = None


class MatchReport(Message):
    """One whole comparison. The server checks it against its own policy.

    ``between`` is chip against record; it is evidence for a person, never part of the match.
    """

    matched: bool
    tries: int = Field(ge=1, le=9)
    model: Identifier
    model_sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    scores: tuple[ScoreReport, ...]
    measures: tuple[MeasureReport, ...] = ()
    cause: Annotated[str, Field(pattern="^(machine|capture|reference|person)$")] | None = None
    eyes: Annotated[tuple[EyesReport, ...], Field(max_length=3)] = ()
    between: ReferencesScore | None = None
    liveness: LivenessReport | None = None
