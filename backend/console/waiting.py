"""What waits and who is there: small queries of the bar, the queue and the decision panel."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db.models import Q

from backend.accounts.models import Presence
from backend.accounts.roles import standing_in
from backend.accounts.services import has_right
from backend.approvals.services import asked_of
from backend.cases.models import OPEN_STAGES, Case, Stage
from backend.clock import ago
from backend.config import hall


@dataclass(frozen=True, slots=True)
class Approver:
    """Somebody whose word counts for a decision."""

    user_id: int
    name: str
    present: bool


def count_open() -> int:
    """Return how many cases are open."""
    return Case.objects.filter(stage__in=OPEN_STAGES).count()


def count_unclaimed() -> int:
    """Return how many cases nobody has claimed."""
    return Case.objects.filter(stage=Stage.WAITING).count()


def alerts_for(user: User) -> list[str]:
    """Return what this person should hear of, one token for each; a new token is a new sound.

    Unclaimed cases, again when a timer has raised them; for the duty leader also raised cases
    that are not decided; and decisions that wait for this person's word.
    """
    alerts = [f"decision:{decision.pk}" for decision in asked_of(user)]
    if not has_right(user, "view_queue"):
        return alerts
    calls = Q(stage=Stage.WAITING)
    if has_right(user, "open_any_evidence"):
        calls |= Q(stage__in=OPEN_STAGES, level__gt=0)
    cases = Case.objects.filter(calls).order_by("created_at").values_list("id", "level")
    return [*alerts, *(f"case:{case_id}:{level}" for case_id, level in cases)]


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
