"""Figures of cases and comparisons: waiting, urgency kept, match failures. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median, quantiles


@dataclass(frozen=True, slots=True)
class CaseFact:
    """One case without anything personal. ``settled_at``: decided in force, or closed."""

    kiosk: str
    reason: str
    ground: str
    created_at: datetime
    decide_by: datetime
    claimed_at: datetime | None
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Wait:
    """How long cases waited, in seconds; None where there was none."""

    count: int
    median_s: float | None
    p90_s: float | None
    longest_s: float | None


@dataclass(frozen=True, slots=True)
class Kept:
    """Cases by whether they were settled until the moment they had to be."""

    kept: int = 0
    missed: int = 0
    pending: int = 0

    @property
    def count(self) -> int:
        """Return how many there are."""
        return self.kept + self.missed + self.pending


def wait_of(spans_s: Iterable[float]) -> Wait:
    """Summarise spans of waiting."""
    spans = sorted(spans_s)
    if not spans:
        return Wait(0, None, None, None)
    p90 = quantiles(spans, n=10, method="inclusive")[8] if len(spans) > 1 else spans[0]
    return Wait(len(spans), median(spans), p90, spans[-1])


def claim_waits(cases: Iterable[CaseFact]) -> list[float]:
    """Return how long each claimed case waited for somebody to take it."""
    return [
        max(0.0, (case.claimed_at - case.created_at).total_seconds())
        for case in cases
        if case.claimed_at is not None
    ]


def settle_waits(cases: Iterable[CaseFact]) -> list[float]:
    """Return how long each settled case took from its beginning."""
    return [
        max(0.0, (case.settled_at - case.created_at).total_seconds())
        for case in cases
        if case.settled_at is not None
    ]


def kept_of(cases: Iterable[CaseFact], moment: datetime) -> Kept:
    """Count what was settled in time, what was not, and what still has time at ``moment``."""
    kept = missed = pending = 0
    for case in cases:
        if case.settled_at is not None and case.settled_at <= case.decide_by:
            kept += 1
        elif case.settled_at is not None or case.decide_by <= moment:
            missed += 1
        else:
            pending += 1
    return Kept(kept, missed, pending)


def by_key(cases: Sequence[CaseFact], keys: Iterable[str]) -> dict[str, list[CaseFact]]:
    """Group cases by one key each, in the order of the keys."""
    groups: dict[str, list[CaseFact]] = {}
    for case, key in zip(cases, keys, strict=True):
        groups.setdefault(key, []).append(case)
    return dict(sorted(groups.items()))
