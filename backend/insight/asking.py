"""Gather what the data say about one failed comparison, and judge it."""

from dataclasses import dataclass
from datetime import datetime

from backend.config import hall
from backend.fleet.models import Kiosk
from backend.insight.counting import count_hall, count_kiosk, is_suspect, of_card_today
from backend.insight.models import Comparison
from backend.insight.verdict import Elsewhere, Evidence, Scored, Verdict, judge
from backend.insight.wilson import Rate
from backend_client.contract import MatchReport


@dataclass(frozen=True, slots=True)
class Question:
    """One failed comparison: where and when, whose card, and what was measured."""

    kiosk: Kiosk
    visit_id: str
    card_number: str
    match: MatchReport
    moment: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """What the data say. ``here`` is the window of this kiosk that the chart shows."""

    verdict: Verdict
    evidence: Evidence
    here: Rate
    visits: tuple[Comparison, ...]


def ask(question: Question) -> Answer:
    """Answer whether it is this person or this machine."""
    counted = count_kiosk(question.kiosk, question.moment, question.card_number)
    visits = of_card_today(question.card_number, question.moment)
    others = [visit for visit in visits if visit.kiosk_id != question.kiosk.pk]
    scores = {
        score.reference: Scored(score.score, score.threshold) for score in question.match.scores
    }
    between = question.match.between
    measures = question.match.measures
    evidence = Evidence(
        chip=scores.get("chip"),
        record=scores.get("record"),
        between=Scored(between.score, between.threshold) if between else None,
        capture_good=all(_within(m.value, m.low, m.high) for m in measures) if measures else None,
        elsewhere=tuple(
            Elsewhere(
                matched=visit.matched and not visit.failed,
                suspect=is_suspect(visit.kiosk, question.moment, question.card_number),
            )
            for visit in others
        ),
        here=counted.windows,
        hall=count_hall(question.kiosk, question.moment),
    )
    verdict = judge(evidence, hall().insight)
    return Answer(verdict, evidence, counted.windows[-1], tuple(visits))


def _within(value: float, low: float | None, high: float | None) -> bool:
    return (low is None or value >= low) and (high is None or value <= high)
