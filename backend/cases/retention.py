"""Erase what was kept of a person once their case is closed: portraits, free text, scores."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from backend.approvals.models import Approval
from backend.approvals.retention import erase_old_words
from backend.attempts.services import erase_attempts
from backend.audit.kinds import Kind
from backend.audit.services import append
from backend.cases.models import Case, DeskRequest, Stage
from backend.clock import now
from backend.config import hall
from backend.evidence.models import Picture

BATCH = 50


def erase_old_evidence() -> int:
    """Erase the evidence of cases that have been closed for long enough; return how many.

    The record portrait belongs to the records and stays there; what happened stays in the audit,
    with the hashes of the texts.
    """
    late = now() - timedelta(hours=hall().timers.evidence_kept_after_close_h)
    erase_old_words(late)
    due = _without_live_requests(
        Case.objects.filter(stage=Stage.CLOSED, closed_at__lte=late, erased_at=None)
    )
    if not due.exists():
        return 0
    with transaction.atomic():
        cases = list(due.order_by("closed_at")[:BATCH])
        for case in cases:
            _erase(case)
    return len(cases)


def _without_live_requests(due: QuerySet[Case]) -> QuerySet[Case]:
    """Leave out what went on as another case: what was typed in is read there until that ends."""
    went_on = Case.objects.filter(came_from=OuterRef("pk"), erased_at=None)
    return due.exclude(Exists(went_on), close_outcome="merged")


def _erase(case: Case) -> None:
    pictures = [case.live_portrait_id, case.chip_portrait_id]
    case.live_portrait = case.chip_portrait = case.record_portrait = None
    case.match = None
    case.tries = []
    case.detail = ""
    case.erased_at = now()
    kept = ["live_portrait", "chip_portrait", "record_portrait", "match", "tries", "detail"]
    case.save(update_fields=[*kept, "erased_at"])
    DeskRequest.objects.filter(case=case).delete()
    erase_attempts(case)
    case.decisions.update(note="", words_zh_hans="", words_zh_hant="", words_en="")
    Approval.objects.filter(decision__case=case).update(note="")
    Picture.objects.filter(id__in=[picture for picture in pictures if picture]).delete()
    append(Kind.EVIDENCE_ERASED, "system", f"case:{case.id}")
