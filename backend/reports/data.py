"""Read what the figures are made of. Nothing personal is read."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from django.db.models import Count, Min, Q

from backend.audit.kinds import Kind
from backend.audit.models import AuditEvent
from backend.cases.models import Case, Decision
from backend.insight.models import Comparison
from backend.reports.figures import CaseFact

CLAIMED_WITHIN = timedelta(days=7)
"""A case nobody claimed for so long is closed; its claim is not looked for any later."""


def case_facts(since: datetime, until: datetime) -> list[CaseFact]:
    """Return the cases that began from ``since`` until before ``until``, the oldest first."""
    claims = _first_claims(since, until)
    in_force = Min("decisions__in_force_at", filter=Q(decisions__state=Decision.State.IN_FORCE))
    rows = (
        Case.objects.filter(created_at__gte=since, created_at__lt=until)
        .exclude(close_outcome="merged")
        .annotate(in_force_at=in_force)
        .order_by("created_at")
        .values_list(
            "id",
            "kiosk_id",
            "reason",
            "ground",
            "created_at",
            "decide_by",
            "in_force_at",
            "closed_at",
        )
    )
    return [
        CaseFact(
            kiosk=kiosk or "",
            reason=reason,
            ground=ground,
            created_at=created,
            decide_by=decide_by,
            claimed_at=claims.get(f"case:{case_id}"),
            settled_at=min((at for at in (in_force_at, closed) if at is not None), default=None),
        )
        for case_id, kiosk, reason, ground, created, decide_by, in_force_at, closed in rows
    ]


def _first_claims(since: datetime, until: datetime) -> dict[str, datetime]:
    """Return when each case was first claimed: the audit's word, the row keeps only the last."""
    events = AuditEvent.objects.filter(
        kind=Kind.CASE_CLAIMED.value,
        at__gte=_stamp(since),
        at__lt=_stamp(until + CLAIMED_WITHIN),
    )
    firsts = events.values_list("subject").annotate(first=Min("at")).order_by()
    return {subject: datetime.fromisoformat(at) for subject, at in firsts}


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def decisions_by_kind(since: datetime, until: datetime) -> dict[str, Counter[str]]:
    """Return, for each kind of decision made in the span, how many stand in which state."""
    made = Decision.objects.filter(made_at__gte=since, made_at__lt=until)
    found: dict[str, Counter[str]] = {}
    for kind, state, count in (
        made.values_list("kind", "state").annotate(n=Count("id")).order_by("kind", "state")
    ):
        found.setdefault(kind, Counter())[state] = count
    return found


def comparisons_by_kiosk(since: datetime, until: datetime) -> dict[str, tuple[int, int]]:
    """Return (failed, all) visits whose portrait was compared in the span, by kiosk.

    The rows are those that the case's page and the incidents judge by, so that all three say the
    same of a kiosk. They are kept for insight.toml's ``kept_days``.
    """
    rows = Comparison.objects.filter(at__gte=since, at__lt=until)
    counted = rows.values_list("kiosk_id").annotate(
        failures=Count("id", filter=Q(failed=True)), compared=Count("id")
    )
    return {kiosk: (failed, compared) for kiosk, failed, compared in counted.order_by("kiosk_id")}
