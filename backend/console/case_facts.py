"""A case's report of the comparison, read from the database into what the sentences need."""

from datetime import datetime

from backend.cases.models import Case
from backend.console.sentences import CaseFacts, KioskToday, MeasureFact, ScoreFact
from backend.console.words import kiosk_called
from backend.insight.asking import Answer, Question, ask
from backend_client.contract import MatchReport, TryReport


def match_of(case: Case) -> MatchReport | None:
    """Return the comparison that the kiosk reported, if there was one."""
    return MatchReport.model_validate(case.match) if case.match else None


def tries_of(case: Case) -> tuple[TryReport, ...]:
    """Return every capture of the visit as the kiosk reported it, in their order."""
    return tuple(TryReport.model_validate(one) for one in case.tries)


def case_facts(
    case: Case, report: MatchReport | None, answer: Answer | None, language: str
) -> CaseFacts:
    """Return what is known about why the case was handed over."""
    tries = tries_of(case)
    last = tries[-1] if tries else None
    return CaseFacts(
        reason=case.reason,
        cause=report.cause if report else last.cause if last else None,
        why=last.reason if last else "",
        figures=dict(last.figures) if last else {},
        liveness=last.liveness.why if last and last.liveness else "",
        scores=tuple(
            ScoreFact(score.reference, score.score, score.threshold)
            for score in (report.scores if report else ())
        ),
        measures=tuple(
            MeasureFact(m.name, m.value, m.unit, m.low, m.high)
            for m in (report.measures if report else last.measures if last else ())
        ),
        has_live=case.live_portrait_id is not None,
        kiosk=_kiosk(case, answer, language) if answer else None,
    )


def _kiosk(case: Case, answer: Answer, language: str) -> KioskToday:
    name = kiosk_called(case.kiosk, language) if case.kiosk else ""
    return KioskToday(name, answer.here.compared, answer.here.failed, answer.verdict.value)


def answer_for(case: Case, report: MatchReport | None, now: datetime) -> Answer | None:
    """Return what all comparisons say about this one; None where nothing was compared."""
    if report is None or case.kiosk is None:
        return None
    return ask(Question(case.kiosk, case.visit_id, case.card_number, report, now))
