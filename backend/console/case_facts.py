"""A case's report of the comparison, read from the database into what the sentences need."""

from datetime import datetime

from django.utils.timezone import localtime

from backend.applications.models import Application, Basis
from backend.cases.models import Case
from backend.console.sentences import (
    FACE_REASONS,
    CaseFacts,
    KioskToday,
    MeasureFact,
    ScoreFact,
)
from backend.fleet.models import Kiosk
from backend_client.contract import MatchReport, TryReport


def match_of(case: Case) -> MatchReport | None:
    """Return the comparison that the kiosk reported, if there was one."""
    return MatchReport.model_validate(case.match) if case.match else None


def tries_of(case: Case) -> tuple[TryReport, ...]:
    """Return every capture of the visit as the kiosk reported it, in their order."""
    return tuple(TryReport.model_validate(one) for one in case.tries)


def case_facts(case: Case, now: datetime) -> CaseFacts:
    """Return what is known about why the case was handed over."""
    report = match_of(case)
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
        kiosk=kiosk_today(case.kiosk, now) if case.kiosk else None,
    )


def kiosk_today(kiosk: Kiosk, now: datetime) -> KioskToday:
    """Count today's visits with a comparison at this kiosk, and those whose comparison failed."""
    midnight = localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    matched = set(
        Application.objects.filter(
            kiosk=kiosk, created_at__gte=midnight, identity=Basis.MATCH
        ).values_list("visit_id", flat=True)
    )
    failed = set(
        Case.objects.filter(
            kiosk=kiosk, created_at__gte=midnight, reason__in=FACE_REASONS, match__isnull=False
        ).values_list("visit_id", flat=True)
    )
    return KioskToday(kiosk.name, len(matched | failed), len(failed))
