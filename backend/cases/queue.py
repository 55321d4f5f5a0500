"""The order of the queue, who is ahead of whom, and how long that may take."""

from datetime import datetime, timedelta

from django.db.models import Avg, DurationField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet

from backend.accounts.presence import present_staff
from backend.cases.models import SERVERS_OWN, Case, Decision, IsOpen, Stage
from backend.cases.reasons import STAFF_CODES
from backend.clock import ago, now
from backend.config import hall
from backend.resume.silence import silent

RECENT = 20
COUNTED = 999
"""Nobody who is told of so many before them counts further, and neither does the database."""


def travel_moment(created: datetime, depart: datetime | None) -> datetime | None:
    """Return until when who leaves then must be through; None when no departure says so."""
    if depart is None or depart <= created:
        return None
    return depart - timedelta(seconds=hall().timers.decide_before_departure_s)


def decision_moment(created: datetime, depart: datetime | None, ground: str) -> datetime:
    """Return until when a case must be decided: the soonest of what speaks for it.

    That is the departure less the way there, the ground's span, and the longest that anybody
    waits. The last one holds for all, so nobody starves: who comes later than a case's moment
    plus the way there cannot overtake it any more, however many they are. A departure that was
    over before the case came says nothing.
    """
    timers = hall().timers
    moments = [created + timedelta(seconds=timers.default_decision_within_s)]
    leaves = travel_moment(created, depart)
    if leaves is not None:
        moments.append(leaves)
    found = hall().urgency.find(ground) if ground else None
    if found is not None:
        moments.append(created + timedelta(minutes=found.decide_within_min))
    return min(moments)


def queue() -> QuerySet[Case]:
    """Return all cases that wait for staff, the most pressing first.

    Waiting, claimed and in approval; decided ones that wait at the counter are ``at_counter``.
    """
    return (
        Case.objects.filter(IsOpen())
        .select_related("kiosk", "claimed_by", "handed_by", "application", "request__goes")
        .order_by("decide_by", "created_at", "id")
    )


def awake() -> Q:
    """Return the condition that a case is not planned for later."""
    return Q(rest_until__isnull=True) | Q(rest_until__lte=now())


def at_counter() -> QuerySet[Case]:
    """Return the decided cases that no kiosk goes on with: the counter must end them.

    Sent there, decided after the resident had left, opened by the server, typed in by staff, or
    decided for a kiosk that went silent.
    """
    sent = Decision.objects.filter(
        case=OuterRef("pk"), state=Decision.State.IN_FORCE, kind="to_counter"
    )
    here = Exists(sent) | Q(left_with_ticket=True) | Q(id__startswith=SERVERS_OWN)
    here |= Q(reason__in=STAFF_CODES) | silent()
    return (
        Case.objects.filter(here, stage=Stage.DECIDED)
        .select_related("kiosk", "claimed_by", "application")
        .order_by("decide_by", "created_at", "id")
    )


def ahead_of(case: Case) -> int:
    """Return how many waiting cases come before this one, ``COUNTED`` at most; 0 once claimed."""
    if case.stage != Stage.WAITING:
        return 0
    sooner = Q(decide_by__lt=case.decide_by) | Q(
        decide_by=case.decide_by, created_at__lt=case.created_at
    )
    # The bound that OR hides from the index, and its order: it is walked so far and no further.
    waiting = Case.objects.filter(IsOpen(), awake(), stage=Stage.WAITING)
    before = waiting.filter(sooner, decide_by__lte=case.decide_by).exclude(id=case.id)
    return before.order_by("decide_by", "created_at", "id")[:COUNTED].count()


def handling_seconds() -> float:
    """Return how long a case took from claim to decision of late."""
    recent = (
        Decision.objects.filter(made_at__gte=ago(24 * 3600), case__claimed_at__isnull=False)
        .order_by("-made_at")
        .values_list("id", flat=True)[:RECENT]
    )
    took = ExpressionWrapper(F("made_at") - F("case__claimed_at"), output_field=DurationField())
    mean = Decision.objects.filter(id__in=list(recent)).aggregate(mean=Avg(took))["mean"]
    if mean is None:
        return hall().timers.expected_handling_s
    return max(10.0, float(mean.total_seconds()))


def expected_wait_seconds(case: Case, ahead: int) -> int:
    """Return a guess of the time until a decision, from cases ahead and staff present."""
    if case.stage in (Stage.DECIDED, Stage.CLOSED):
        return 0
    rounds = ahead // max(1, present_staff()) + 1
    return round(rounds * handling_seconds())
