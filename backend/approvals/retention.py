"""Erase the free texts of second looks and broken glass; their hashes stay in the chain."""

from datetime import datetime

from django.db.models import Q

from backend.approvals.models import GlassBreak, Review
from backend.cases.models import Stage
from backend.clock import now


def erase_old_words(closed_before: datetime) -> None:
    """Erase the texts on cases closed before this.

    The reason of a broken glass waits for its review, but no longer than the review may take.
    """
    closed = Q(decision__case__stage=Stage.CLOSED, decision__case__closed_at__lte=closed_before)
    looked_at = Q(decision__review__at__isnull=False) | Q(decision__review__due_at__lte=now())
    Review.objects.filter(closed).exclude(words="").update(words="")
    GlassBreak.objects.filter(closed & looked_at).exclude(reason="").update(reason="")
