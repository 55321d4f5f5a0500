"""Who a failed comparison speaks against: this machine, a portrait, or this person. Pure.

What bears most comes first. Chip against record is measured without the camera, so it speaks of
the portraits alone. The same person at another kiosk, and other people at this kiosk, tell person
and machine apart. From too little nothing is concluded.
"""

from dataclasses import dataclass
from enum import StrEnum

from backend.config_models import InsightConfig, StandOut
from backend.insight.wilson import Rate

NOTHING = Rate(0, 0)


class Verdict(StrEnum):
    """What the data suggest; a person decides."""

    MACHINE = "machine"
    RECORD = "record"
    CHIP = "chip"
    PERSON = "person"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Scored:
    """One score against its threshold."""

    score: float
    threshold: float

    @property
    def holds(self) -> bool:
        """Say whether the score reaches the threshold."""
        return self.score >= self.threshold


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A visit of the same card at another kiosk; ``suspect``: that kiosk stands out itself."""

    matched: bool
    suspect: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known about one failed comparison.

    ``here`` holds this kiosk's windows of its newest visits of *other* cards, the shortest first;
    ``hall`` all other kiosks. ``capture_good`` is None where nothing was measured.
    """

    chip: Scored | None = None
    record: Scored | None = None
    between: Scored | None = None
    capture_good: bool | None = None
    elsewhere: tuple[Elsewhere, ...] = ()
    here: tuple[Rate, ...] = ()
    hall: Rate = NOTHING


def stands_out(here: tuple[Rate, ...], hall: Rate, rule: StandOut, prior: Rate) -> bool:
    """Say whether any window of a kiosk's newest visits fails more than the hall does.

    Its interval must lie above the hall's. ``prior`` is what the hall is known to do before it
    has many visits of its own, so that the first hour of a day raises no alarm.
    """
    usual = (hall + prior).interval()[1]
    return any(rate.failed >= rule.min_failed and rate.interval(rule.z)[0] > usual for rate in here)


def judge(evidence: Evidence, config: InsightConfig) -> Verdict:
    """Say what the data suggest about a failed comparison."""
    portrait = _portrait(evidence, config.clear_gap)
    if portrait is not None:
        return portrait
    prior = prior_rate(config)
    suspect = stands_out(evidence.here, evidence.hall, config.suspect, prior)
    elsewhere = [visit for visit in evidence.elsewhere if not visit.suspect]
    if any(visit.matched for visit in elsewhere):
        return Verdict.MACHINE
    if suspect:
        return Verdict.MACHINE
    if elsewhere:
        return Verdict.PERSON
    seen = max((rate.compared for rate in evidence.here), default=0)
    if evidence.capture_good is False or seen < config.min_compared:
        return Verdict.UNCLEAR
    return Verdict.PERSON


def prior_rate(config: InsightConfig) -> Rate:
    """Return what is assumed of a hall before its own visits are counted."""
    return Rate(round(config.expected_share * config.expected_weight), config.expected_weight)


def _portrait(evidence: Evidence, clear_gap: float) -> Verdict | None:
    """Return which portrait is another person's or unusable, when the scores say so clearly."""
    chip, record, between = evidence.chip, evidence.record, evidence.between
    if chip is None or record is None or chip.holds == record.holds:
        return None
    if between is not None and between.holds:
        return None
    high, low = (chip, record) if chip.holds else (record, chip)
    gap = (high.score - low.score) / max(abs(high.threshold), 1e-9)
    if between is None and gap < clear_gap:
        return None
    return Verdict.RECORD if chip.holds else Verdict.CHIP
