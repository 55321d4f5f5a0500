"""What the resident does to a case: say when and why they travel, leave with a ticket, withdraw."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from backend.audit.kinds import Kind
from backend.audit.services import append
from backend.cases.closing import close
from backend.cases.models import OPEN_STAGES, Case, Stage
from backend.cases.queue import decision_moment
from backend.clock import is_within, now
from backend.config import hall
from backend.fleet.models import Kiosk
from backend.live.services import bump
from backend.refusal import Refused
from backend.resume.fencing import check_session, was_ever_at
from backend_client.contract import CaseReason, LeaveRequest, RefusalCode, TravelRequest

CARD_HELD = CaseReason.CARD_HELD.value
LATEST_DEPARTURE = timedelta(days=366)
EARLIEST_DEPARTURE = timedelta(days=-1)


def case_of(kiosk: Kiosk, case_id: str, session: int = 1) -> Case:
    """Return a case whose newest session is this kiosk's.

    Raises Refused: NOT_FOUND, STALE_TOKEN once another session has taken the case up.
    """
    case = Case.objects.select_related("claimed_by").filter(id=case_id).first()
    if case is None or not was_ever_at(case, kiosk):
        raise Refused(RefusalCode.NOT_FOUND, "no such case at this kiosk")
    check_session(case, session)
    if case.kiosk_id != kiosk.pk:
        raise Refused(RefusalCode.STALE_TOKEN, "the case was taken up elsewhere since")
    return case


def set_travel(kiosk: Kiosk, case_id: str, travel: TravelRequest) -> Case:
    """Set departure and ground; the queue orders by them. Raises Refused BAD_REQUEST.

    A departure that cannot be meant comes from a wrong clock: the rest is stored without it.
    """
    with transaction.atomic():
        case = case_of(kiosk, case_id, travel.session)
        _check(travel)
        case.depart_at = _departure(travel)
        case.ground = travel.ground or ""
        case.decide_by = decision_moment(case.created_at, case.depart_at, case.ground)
        case.version = bump()
        case.save(update_fields=["depart_at", "ground", "decide_by", "version"])
        append(
            Kind.CASE_TRAVEL_SET,
            f"kiosk:{kiosk.id}",
            f"case:{case.id}",
            ground=case.ground,
            decide_by=case.decide_by.isoformat(),
        )
    return case


def leave(kiosk: Kiosk, case_id: str, request: LeaveRequest) -> Case:
    """Note that the resident left with card and ticket; the case waits for them.

    Withdrawn, it is closed: the resident goes on alone. What is decided already stands.
    """
    with transaction.atomic():
        case = case_of(kiosk, case_id, request.session)
        if request.withdrawn:
            if case.stage in OPEN_STAGES:
                close(case, f"kiosk:{kiosk.id}", "withdrawn")
        elif case.stage != Stage.CLOSED and not case.left_with_ticket:
            case.left_with_ticket = True
            case.card_inside = request.card == "held"
            case.card_kept_until = None
            case.version = bump()
            case.save(
                update_fields=["left_with_ticket", "card_inside", "card_kept_until", "version"]
            )
            append(Kind.CASE_LEFT, f"kiosk:{kiosk.id}", f"case:{case.id}", card=request.card)
    return case


def resident_gone(kiosk: Kiosk, visit_id: str, card: str) -> None:
    """Note on the visit's open cases that nobody is at the kiosk, and where the card is.

    What is decided from now on no kiosk takes up. A held card that came out is held no longer,
    even where staff closed its case before. Inside a transaction only.
    """
    held = card == "held"
    cases = Case.objects.filter(kiosk=kiosk, visit_id=visit_id).exclude(stage=Stage.CLOSED)
    moved = Q(card_inside=not held) | Q(left_with_ticket=False, stage__in=OPEN_STAGES)
    version = bump()
    cases.filter(moved).update(card_inside=held, card_kept_until=None, version=version)
    cases.filter(stage__in=OPEN_STAGES).update(left_with_ticket=True)
    if not held:
        about_card = Case.objects.filter(kiosk=kiosk, visit_id=visit_id, reason=CARD_HELD)
        about_card.update(card_inside=False)


def _check(travel: TravelRequest) -> None:
    if travel.ground is not None and hall().urgency.find(travel.ground) is None:
        allowed = ", ".join(ground.code for ground in hall().urgency.ground)
        raise Refused(RefusalCode.BAD_REQUEST, f"ground must be one of {allowed}")


def _departure(travel: TravelRequest) -> datetime | None:
    """Return the departure on the day that the resident chose, by the server's calendar.

    A message that waited over midnight is one day off, not more.
    """
    told, days = travel.depart_at, travel.depart_in_days
    try:
        if told is not None and days is not None:
            meant = timezone.localdate(now()) + timedelta(days=days)
            off = meant - timezone.localtime(told).date()
            told = told + off if abs(off) > timedelta(days=1) else told
        if told is not None and is_within(told, EARLIEST_DEPARTURE, LATEST_DEPARTURE):
            return told
    except OverflowError:
        pass
    return None
