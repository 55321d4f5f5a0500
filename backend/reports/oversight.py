"""Decisions that somebody must look at again: without approvals, or drawn by chance."""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Q

from backend.approvals.models import GlassBreak, Review

Line = dict[str, Any]


def glass_breaks(since: datetime, until: datetime) -> list[Line]:
    """Return the decisions of the span that a duty leader let hold without approvals."""
    rows = GlassBreak.objects.filter(at__gte=since, at__lt=until).select_related(
        "decision__case", "by"
    )
    return [
        {
            "case": one.decision.case_id,
            "ticket": one.decision.case.ticket,
            "kind": one.decision.kind,
            "by": _name(one.by),
            "at": one.at.isoformat(),
        }
        for one in rows.order_by("at")
    ]


def reviews(since: datetime, until: datetime) -> list[Line]:
    """Return the second looks that were asked for or given in the span, or are still open."""
    inside = Q(asked_at__gte=since, asked_at__lt=until) | Q(at__gte=since, at__lt=until)
    rows = Review.objects.filter(inside | Q(at__isnull=True), asked_at__lt=until)
    return [
        {
            "case": one.decision.case_id,
            "ticket": one.decision.case.ticket,
            "kind": one.decision.kind,
            "cause": one.cause,
            "due_at": one.due_at.isoformat(),
            "overdue": one.at is None and one.due_at < until,
            "by": _name(one.by),
            "outcome": {None: "open", True: "agreed", False: "disagreed"}[one.agreed],
        }
        for one in rows.select_related("decision__case", "by").order_by("due_at")
    ]


def _name(user: User | None) -> str:
    return (user.get_full_name() or user.get_username()) if user is not None else ""
