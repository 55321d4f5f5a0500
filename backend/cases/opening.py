"""Open a case, once, whatever is repeated; give it a ticket number and its evidence."""

from datetime import datetime, timedelta

from django.db import transaction

from backend.applications.models import Application
from backend.applications.unfinished import paid_and_not_issued
from backend.attempts.services import keep_attempts
from backend.audit.kinds import Kind
from backend.audit.services import append, text_hash
from backend.cases.desk_requests import take_over_request
from backend.cases.grants import is_sent_to_counter
from backend.cases.models import OPEN_STAGES, SERVERS_OWN, Case, Stage
from backend.cases.queue import decision_moment
from backend.cases.tickets import next_ticket
from backend.clock import is_within, now
from backend.evidence.models import Picture
from backend.evidence.services import media_type, seal
from backend.fleet.models import Kiosk
from backend.insight.recording import record as record_comparison
from backend.live.services import bump
from backend.records.models import Permit
from backend.refusal import Refused
from backend_client.contract import CaseReason, CaseRequest, RefusalCode

LONGEST_KEPT = timedelta(days=1)
NO_PERSONS_WORD = ("merged", "withdrawn", "visit_ended", "too_old")
"""How cases close by themselves: nobody has said that the matter is done."""


def open_case(kiosk: Kiosk, wanted: CaseRequest) -> Case:
    """Open the case of this id, or return it when it is open already.

    Raises Refused: CONFLICT when another kiosk or visit has this id, NOT_FOUND for an unknown
    application, BAD_REQUEST for a portrait that is no picture.
    """
    with transaction.atomic():
        known = Case.objects.filter(id=wanted.id).first()
        if known is not None:
            if known.kiosk_id != kiosk.id or known.visit_id != wanted.visit_id:
                raise Refused(RefusalCode.CONFLICT, "this case id belongs to another visit")
            return known
        return _create(kiosk, wanted)


def _create(kiosk: Kiosk, wanted: CaseRequest) -> Case:
    moment = now()
    day, seq, ticket = next_ticket(moment, wanted.ticket)
    permit = Permit.objects.filter(card_number=wanted.card_number or "").first()
    case = Case(
        id=wanted.id,
        ticket=ticket,
        ticket_day=day,
        ticket_seq=seq,
        kiosk=kiosk,
        visit_id=wanted.visit_id,
        reason=wanted.reason.value,
        language=wanted.language,
        phase=wanted.phase,
        card_number=wanted.card_number or "",
        card_inside=wanted.card_inside,
        card_kept_until=_kept_until(wanted, moment),
        offer_code=wanted.offer_code or "",
        application=_paid_before(wanted) or _application(kiosk, wanted),
        match=wanted.match.model_dump(mode="json") if wanted.match else None,
        tries=[one.model_dump(mode="json", exclude={"live_portrait"}) for one in wanted.tries],
        detail=wanted.detail,
        live_portrait=_sealed(wanted.live_portrait),
        chip_portrait=_sealed(wanted.chip_portrait),
        record_portrait=permit.resident.portrait if permit else None,
        permit=permit,
        created_at=moment,
        decide_by=decision_moment(moment, None, ""),
        version=bump(),
    )
    case.save(force_insert=True)
    take_over_request(case)
    keep_attempts(case, wanted.tries)
    if wanted.match is not None:
        record_comparison(kiosk, case.visit_id, case.card_number, wanted.match, moment)
    if case.application is not None:
        _name_earlier_case(case, case.application)
        _take_over_servers_own(case, case.application)
    append(
        Kind.CASE_OPENED,
        f"kiosk:{kiosk.id}",
        f"case:{case.id}",
        reason=case.reason,
        visit=case.visit_id,
        ticket=case.ticket,
        detail=text_hash(case.detail) if case.detail else "",
    )
    return case


def standing_case(application: Application, reason: CaseReason) -> Case | None:
    """Return the case that has this matter before a person, or with which a person ended it.

    One that was decided so that the visit could go on does not: it is no longer looked at. Nor
    does one that is closed, whatever was decided, unless a person closed it: where a fee was taken,
    about this very reason.
    """
    for case in application.cases.order_by("created_at"):
        if case.stage == Stage.CLOSED:
            about_this = case.reason == reason or application.fee_fen == 0
            stands = about_this and case.close_outcome not in NO_PERSONS_WORD
        else:
            waits = case.stage in OPEN_STAGES
            stands = waits or case.reason == reason or is_sent_to_counter(case)
        if stands:
            return case
    return None


def _kept_until(wanted: CaseRequest, moment: datetime) -> datetime | None:
    """Return until when the card is kept. No kiosk's clock, however wrong, costs a case."""
    if wanted.card_kept_for_s is not None:
        return moment + timedelta(seconds=wanted.card_kept_for_s)
    until = wanted.card_kept_until
    if until is None or is_within(until, timedelta(0), LONGEST_KEPT):
        return until
    return moment if until < moment else moment + LONGEST_KEPT


def _name_earlier_case(case: Case, application: Application) -> None:
    """Let the page of a case about another visit's application lead to that visit's case."""
    if case.came_from_id is not None or application.visit_id == case.visit_id:
        return
    case.came_from = application.cases.exclude(id=case.id).order_by("-created_at").first()
    case.save(update_fields=["came_from"])


def _take_over_servers_own(case: Case, application: Application) -> None:
    """Let the kiosk's case stand for one that the server opened for the same application.

    The kiosk knows more, and the resident's ticket is the kiosk's.
    """
    own = application.cases.filter(id__startswith=SERVERS_OWN, stage=Stage.WAITING)
    for known in own.exclude(id=case.id):
        known.stage = Stage.CLOSED
        known.closed_at = case.created_at
        known.close_outcome = "merged"
        known.version = case.version
        known.save(update_fields=["stage", "closed_at", "close_outcome", "version"])
        append(Kind.CASE_CLOSED, "system", f"case:{known.id}", outcome="merged", into=case.id)


def open_by_server(application: Application, reason: CaseReason, detail: str) -> Case:
    """Open a case that no kiosk asked for; one that is open for the application is enough."""
    with transaction.atomic():
        known = standing_case(application, reason)
        if known is not None:
            return known
        moment = now()
        day, seq, ticket = next_ticket(moment, None)
        permit = Permit.objects.filter(card_number=application.card_number).first()
        case = Case.objects.create(
            id=_own_id(application, reason),
            ticket=ticket,
            ticket_day=day,
            ticket_seq=seq,
            kiosk=application.kiosk,
            visit_id=application.visit_id,
            reason=reason.value,
            language="zh-Hans",
            phase="issue",
            card_number=application.card_number,
            offer_code=application.offer_code,
            application=application,
            detail=detail,
            permit=permit,
            record_portrait=permit.resident.portrait if permit else None,
            created_at=moment,
            decide_by=decision_moment(moment, None, ""),
            version=bump(),
        )
        append(
            Kind.CASE_OPENED,
            "system",
            f"case:{case.id}",
            reason=case.reason,
            visit=case.visit_id,
            ticket=case.ticket,
        )
    return case


def _own_id(application: Application, reason: CaseReason) -> str:
    """Return an id of the server's own; the matter's first one may have closed by itself."""
    first = f"{SERVERS_OWN}{reason.value}-{application.id}"[:60]
    before = Case.objects.filter(id__startswith=first).count()
    return f"{first}-{before + 1}" if before else first


def _application(kiosk: Kiosk, wanted: CaseRequest) -> Application | None:
    if wanted.application_id is None:
        return None
    found = Application.objects.filter(id=wanted.application_id, kiosk=kiosk).first()
    if found is None:
        raise Refused(RefusalCode.NOT_FOUND, "no such application at this kiosk")
    return found


def _paid_before(wanted: CaseRequest) -> Application | None:
    """Return what the card's holder paid in an earlier visit, where the case is about just that.

    So whoever takes the case has the money, the order and the earlier case before them.
    """
    if wanted.reason is not CaseReason.PAID_NOT_ISSUED or wanted.card_number is None:
        return None
    paid = list(paid_and_not_issued(wanted.card_number))
    if any(one.id == wanted.application_id for one in paid):
        return None
    return paid[0] if paid else None


def _sealed(data: bytes | None) -> Picture | None:
    if data is None:
        return None
    if media_type(data) is None:
        raise Refused(RefusalCode.BAD_REQUEST, "a portrait must be JPEG, PNG or JPEG 2000")
    return seal(data)
