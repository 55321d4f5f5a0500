"""Cases that staff type in: calls, visits to people who cannot come, deliveries of cards.

One matter is one case: a call that becomes a visit keeps its ticket and all that was typed. When
the person's card is put into a kiosk, the kiosk's case takes the call or the visit over.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction

from backend.accounts.services import actor
from backend.audit.kinds import Kind
from backend.audit.services import append, text_hash
from backend.cases.claims import find, require
from backend.cases.models import Case, DeskRequest, Stage
from backend.cases.queue import decision_moment, travel_moment
from backend.cases.reasons import TURNS, StaffReason, is_typed_in
from backend.cases.tickets import next_ticket
from backend.clock import now
from backend.config import hall
from backend.live.services import bump
from backend.records.models import Permit
from backend.refusal import Refused
from backend_client.contract import RefusalCode

TYPED_IN = "desk-"
"""How the ids of cases begin that staff typed in."""
Status = DeskRequest.Status
RESTING = (Status.PLANNED, Status.UNDER_WAY)
AT_KIOSK = (StaffReason.GUIDE_DESK_CALL, StaffReason.ON_SITE_VISIT)
"""What goes on by itself when the person's card is put into a kiosk."""


@dataclass(frozen=True, slots=True)
class DeskInput:
    """What staff type in. ``topic`` shows in the queue and names nobody; the rest is the case's."""

    topic: str
    language: str = "zh-Hans"
    person: str = ""
    phone: str = ""
    words: str = ""
    card_number: str = ""
    offer_code: str = ""
    depart_at: datetime | None = None
    ground: str = ""
    address: str = ""
    appointment_at: datetime | None = None
    goes_id: int | None = None
    recipient: str = ""
    status: str = Status.OPEN.value


def open_desk_case(
    reason: StaffReason, user: User, what: DeskInput, came_from: str | None = None
) -> Case:
    """Put what staff typed in into the queue. Raises Refused NOT_ELIGIBLE, NOT_FOUND."""
    require(user, "claim")
    with transaction.atomic():
        moment = now()
        day, seq, ticket = next_ticket(moment, None)
        case = Case(
            id=f"{TYPED_IN}{secrets.token_hex(8)}",
            ticket=ticket,
            ticket_day=day,
            ticket_seq=seq,
            reason=reason.value,
            phase=reason.value,
            came_from=find(came_from) if came_from else None,
            created_at=moment,
            decide_by=moment,
        )
        request = DeskRequest(case=case, entered_by=user)
        _fill(case, request, what)
        case.save(force_insert=True)
        request.save(force_insert=True)
        append(
            Kind.CASE_OPENED,
            actor(user),
            f"case:{case.id}",
            reason=case.reason,
            ticket=case.ticket,
            detail=text_hash(what.words) if what.words else "",
        )
    return case


def change_desk_case(case_id: str, user: User, what: DeskInput) -> Case:
    """Store what was typed anew. Raises Refused like ``turn``."""
    with transaction.atomic():
        case = _own(case_id, user)
        _fill(case, case.request, what)
        case.save()
        case.request.save()
        append(
            Kind.CASE_EDITED,
            actor(user),
            f"case:{case.id}",
            status=what.status,
            goes=f"staff:{what.goes_id}" if what.goes_id else "",
            detail=text_hash(what.words) if what.words else "",
        )
    return case


def turn(case_id: str, user: User, into: StaffReason) -> Case:
    """Let a matter become another kind, with all that was typed and the same ticket.

    Raises Refused: NOT_FOUND, CONFLICT when it is not claimed by this person or closed,
    BAD_REQUEST when this kind does not become that.
    """
    with transaction.atomic():
        case = _own(case_id, user)
        before = StaffReason(case.reason)
        if into not in TURNS[before]:
            raise Refused(RefusalCode.BAD_REQUEST, f"{before} does not become {into}")
        case.reason = case.phase = into.value
        case.request.status = Status.OPEN
        if into is StaffReason.CARD_DELIVERY:
            # A visit's appointment is over; the card's own is still to be made.
            case.request.appointment_at = None
            case.request.recipient = case.request.recipient or case.request.person
        case.request.save()
        _time(case, case.request)
        case.version = bump()
        case.save()
        append(Kind.CASE_TURNED, actor(user), f"case:{case.id}", was=before.value, now=into.value)
    return case


def take_over_request(case: Case) -> None:
    """Let a kiosk's case stand for the call or the planned visit of the same card's holder.

    Departure and ground come along, so that nothing is asked twice; the kiosk is not told them,
    because whoever found a card must not learn them. Inside a transaction only.
    """
    if not case.card_number:
        return
    requests = Case.objects.select_for_update().filter(
        card_number=case.card_number,
        reason__in=[reason.value for reason in AT_KIOSK],
        stage__in=(Stage.WAITING, Stage.CLAIMED),
    )
    request = requests.order_by("-created_at").first()
    if request is None:
        return
    case.came_from = request
    case.depart_at, case.ground = request.depart_at, request.ground
    case.decide_by = decision_moment(case.created_at, request.depart_at, request.ground)
    case.save(update_fields=["came_from", "depart_at", "ground", "decide_by"])
    request.stage, request.closed_at, request.close_outcome = (
        Stage.CLOSED,
        case.created_at,
        "merged",
    )
    request.version = case.version
    request.save(update_fields=["stage", "closed_at", "close_outcome", "version"])
    append(Kind.CASE_CLOSED, "system", f"case:{request.id}", outcome="merged", into=case.id)


def may_read(case: Case, user: User) -> bool:
    """Say whether this person may read what was typed in.

    Whoever has the case, typed it or goes there, or has the case that it went on as.
    """
    request: DeskRequest | None = getattr(case, "request", None)
    if request is None:
        return False
    if user.pk in (case.claimed_by_id, request.entered_by_id, request.goes_id):
        return True
    return case.went_on_as.filter(claimed_by=user).exclude(stage=Stage.CLOSED).exists()


def may_change(case: Case, user: User) -> bool:
    """Say whether this person may change it: who has it; while nobody has, whom it concerns."""
    if case.stage == Stage.CLAIMED:
        return case.claimed_by_id == user.pk
    return case.stage == Stage.WAITING and may_read(case, user)


def _own(case_id: str, user: User) -> Case:
    """Return a typed-in case, locked, that this person may change."""
    require(user, "claim")
    Case.objects.select_for_update().filter(id=case_id).first()
    case = find(case_id)
    if not is_typed_in(case.reason) or not hasattr(case, "request"):
        raise Refused(RefusalCode.BAD_REQUEST, "this case was not typed in by staff")
    if not may_change(case, user):
        raise Refused(RefusalCode.CONFLICT, "claim the case first")
    return case


def _fill(case: Case, request: DeskRequest, what: DeskInput) -> None:
    case.language = what.language
    case.card_number = what.card_number
    case.offer_code = what.offer_code
    case.permit = Permit.objects.filter(card_number=what.card_number).first()
    case.depart_at = what.depart_at
    case.ground = what.ground
    request.topic, request.person, request.phone = what.topic, what.person, what.phone
    request.words, request.address = what.words, what.address
    request.recipient = what.recipient
    request.appointment_at = what.appointment_at
    request.goes_id = what.goes_id
    request.status = Status(what.status)
    _time(case, request)
    case.version = bump()


def _time(case: Case, request: DeskRequest) -> None:
    """Set until when the case must be decided, and until when nothing is to be done."""
    at, leaves = request.appointment_at, travel_moment(case.created_at, case.depart_at)
    if at is None:
        case.decide_by = decision_moment(case.created_at, case.depart_at, case.ground)
        case.rest_until = None
        return
    case.decide_by = min(at, leaves) if leaves else at
    notice = timedelta(seconds=hall().timers.rest_ends_before_appointment_s)
    case.rest_until = case.decide_by - notice if request.status in RESTING else None
