"""Erase what says something of a person and is needed no longer, beside the cases' evidence."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from backend.applications.models import Application
from backend.audit.kinds import Kind
from backend.audit.services import append
from backend.clock import now
from backend.config import hall
from backend.evidence.loose import loose_pictures
from backend.orders.models import IssueOrder
from backend.records.models import ChipRead
from backend.reports.handovers import erase_notes
from backend.reports.models import DayClosing

BATCH = 500


def erase_leftovers() -> dict[str, int]:
    """Erase what is due; return how many of each. What was erased is in the audit, by number."""
    loose = _old_loose_pictures()  # looked for first: that takes long where records are many
    with transaction.atomic():
        erased = {
            "chip_reads": _chip_reads(),
            "scores": _scores(),
            "print_details": _print_details(),
            "closing_remarks": _closing_remarks(),
            "handover_notes": erase_notes(),
            "loose_pictures": loose_pictures().filter(pk__in=loose).delete()[0],
        }
        erased = {name: count for name, count in erased.items() if count}
        if erased:
            append(Kind.LEFTOVERS_ERASED, "system", "server:retention", **erased)
    return erased


def _before(kept_h: float) -> datetime:
    return now() - timedelta(hours=kept_h)


def _chip_reads() -> int:
    due = ChipRead.objects.filter(at__lt=_before(hall().retention.chip_read_kept_h))
    keys = list(due.values_list("pk", flat=True)[:BATCH])
    return ChipRead.objects.filter(pk__in=keys).delete()[0]


def _scores() -> int:
    # An application under way keeps its scores: a person may still decide by them.
    late = _before(hall().retention.scores_kept_h)
    over = Q(order__ended_at__lt=late) | Q(order__isnull=True)
    due = Application.objects.filter(over, match__isnull=False, created_at__lt=late)
    keys = list(due.values_list("pk", flat=True)[:BATCH])
    return Application.objects.filter(pk__in=keys).update(match=None)


def _print_details() -> int:
    late = _before(hall().retention.print_detail_kept_h)
    due = IssueOrder.objects.filter(ended_at__lt=late).exclude(detail="")
    keys = list(due.values_list("pk", flat=True)[:BATCH])
    return IssueOrder.objects.filter(pk__in=keys).update(detail="")


def _closing_remarks() -> int:
    late = _before(hall().retention.closing_remark_kept_h)
    return DayClosing.objects.filter(closed_at__lt=late).exclude(remark="").update(remark="")


def _old_loose_pictures() -> list[str]:
    due = loose_pictures().filter(created_at__lt=_before(hall().retention.loose_picture_kept_h))
    return list(due.values_list("pk", flat=True)[:BATCH])
