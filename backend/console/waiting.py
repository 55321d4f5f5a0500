"""What waits and who is there: small queries of the bar, the queue and the decision panel."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db.models import Q

from backend.accounts.models import Presence
from backend.accounts.presence import is_away
from backend.accounts.roles import standing_in
from backend.accounts.services import has_right
from backend.approvals.services import asked_of
from backend.cases.alarms import unanswered
from backend.cases.models import Case, IsOpen
from backend.clock import ago
from backend.config import hall
from backend.console.overview import Overview, calls_for, look


@dataclass(frozen=True, slots=True)
class Approver:
    """Somebody whose word counts for a decision."""

    user_id: int
    name: str
    present: bool


def count_open() -> int:
    """Return how many cases are open."""
    return Case.objects.filter(IsOpen()).count()


Alert = tuple[str, Case | None]
"""A token, and the case it is about; an incident is about none."""


def alerts_for(user: User, seen: Overview | None = None) -> list[Alert]:
    """Return what this person should hear of as (token, case); a new token is a new sound.

    Unclaimed cases, again when a timer has raised them; what a colleague handed over; for the duty
    leader also raised cases; decisions that wait for this person's word, again when that took too
    long; and incidents, for technicians. Who is away hears nothing. ``seen``: look there, not at
    the hall.
    """
    if is_away(user):
        return []
    seen = seen or look()
    asked = list(asked_of(user))
    late = unanswered(asked) if asked else {}
    alerts: list[Alert] = [(f"decision:{one.pk}:{late.get(one.pk, 0)}", one.case) for one in asked]
    if has_right(user, "view_fleet"):
        alerts += [(f"incident:{number}", None) for number in seen.incidents]
    if not has_right(user, "view_queue"):
        return alerts
    for case in calls_for(seen, user, leads=has_right(user, "open_any_evidence")):
        alerts.append((token_of(case), case))
    return alerts


def token_of(case: Case) -> str:
    """Return what names a case that rings; it changes when it should ring again."""
    kind = "case" if case.handed_by_id is None else "handed"
    return f"{kind}:{case.id}:{case.level}:{case.alarm}"


def display_name(user: User | None) -> str:
    """Return how colleagues know this account; empty for nobody."""
    return (user.get_full_name() or user.get_username()) if user else ""


def approvers(roles: Iterable[str], decider: User) -> list[Approver]:
    """Return everybody but ``decider`` who has or stands in for one of ``roles``, present first."""
    wanted = tuple(roles)
    present = set(
        Presence.objects.filter(seen_at__gte=ago(hall().timers.presence_s)).values_list(
            "user_id", flat=True
        )
    )
    people = (
        User.objects.filter(Q(groups__name__in=wanted) | standing_in(wanted), is_active=True)
        .exclude(pk=decider.pk)
        .distinct()
        .order_by("username")
    )
    asked = [Approver(user.pk, display_name(user), user.pk in present) for user in people]
    return sorted(asked, key=lambda approver: not approver.present)
