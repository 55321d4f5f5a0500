"""Apply, settle, and find applications."""

import secrets

from django.db import transaction
from django.utils import timezone

from backend.applications.identity import match_fault
from backend.applications.models import Application, Basis
from backend.applications.unfinished import find_to_go_on_with, refuse_beside_unfinished
from backend.audit.kinds import Kind
from backend.audit.services import append
from backend.cases.doubts import visit_in_doubt
from backend.cases.grants import granted_offers, identity_accepted
from backend.cases.models import Case
from backend.clock import now
from backend.endorsements.services import possible
from backend.fleet.models import Kiosk
from backend.insight.recording import record as record_comparison
from backend.live.services import bump
from backend.records.services import chip_read
from backend.records.source import Record, record_source
from backend.refusal import Refused
from backend_client.contract import (
    ApplicationRequest,
    ApplicationView,
    MatchReport,
    Offer,
    RefusalCode,
)


def apply(kiosk: Kiosk, wanted: ApplicationRequest) -> Application:
    """Make the application, or find it and bring it up to date; free ones are settled at once.

    A match that policy does not accept leaves the application unidentified; it is no refusal,
    because a person may still decide. Raises Refused: CONFLICT (chip not read in this visit),
    NO_RECORD, NOT_ELIGIBLE, NOT_FOUND (case), PAID_BEFORE (in another visit, and not issued yet:
    a person has it, or looks into it now).
    """
    with transaction.atomic():
        read = chip_read(kiosk, wanted.visit_id, wanted.card_number)
        if read is None:
            raise Refused(RefusalCode.CONFLICT, "the card's chip was not read in this visit")
        record = record_source().find(wanted.card_number)
        if record is None:
            raise Refused(RefusalCode.NO_RECORD, "this card is not on record")
        case = _case(wanted.case_id)
        application = _find_or_make(kiosk, wanted, record, case)
        if not application.settled:
            refuse_beside_unfinished(application)
        if not application.identified:
            if wanted.match is not None:
                compared = record.has_portrait and read.portrait_released
                _identify_by_match(kiosk, application, wanted.match, compared=compared)
            if case is not None:
                _identify_by_case(application, case)
        if not application.settled and application.fee_fen == 0:
            settle(application, f"kiosk:{kiosk.id}")
    return application


def offers_at_counter(case: Case) -> tuple[Offer, ...]:
    """Return what the case's card can have at the counter; nothing where it is not on record."""
    record = record_source().find(case.card_number) if case.card_number else None
    if record is None:
        return ()
    return possible(record, granted_offers(case.card_number, case.id)).offers


def make_for_counter(case: Case, offer_code: str, kiosk: Kiosk | None) -> Application:
    """Make the application that a case at the counter is about, where the kiosk made none.

    ``kiosk`` stands in where the case came from none. One of another visit that is paid, or whose
    print was begun, is gone on with instead. Call it inside a transaction. Raises Refused:
    NO_RECORD, NOT_ELIGIBLE, PAID_BEFORE.
    """
    record = record_source().find(case.card_number)
    if record is None:
        raise Refused(RefusalCode.NO_RECORD, "this card is not on record")
    begun = find_to_go_on_with(case.card_number, offer_code or case.offer_code)
    if begun is not None:
        case.application = begun
        case.save(update_fields=["application"])
        return begun
    at = kiosk or case.kiosk
    granted = granted_offers(case.card_number, case.id)
    offer = possible(record, granted).find(offer_code or case.offer_code)
    if offer is None:
        raise Refused(RefusalCode.NOT_ELIGIBLE, "the case names no offer that can be had")
    visit_id = case.visit_id or f"counter-{case.id}"[:64]
    made = _make(at, visit_id, case.card_number, offer, granted=offer.code in granted)
    case.application = made
    case.save(update_fields=["application"])
    return made


def identify_by_case(application: Application, case: Case, who: str) -> None:
    """Let identity rest on a person's word in this case; call it inside a transaction.

    The caller has checked that the word is there.
    """
    application.identity = Basis.CASE
    application.identity_case_id = case.id
    application.identified_at = now()
    application.save(update_fields=["identity", "identity_case_id", "identified_at"])
    append(Kind.IDENTITY_BY_CASE, who, f"application:{application.id}", case=case.id)


def settle(application: Application, who: str) -> None:
    """Note that the application is paid, or free; call it inside a transaction.

    What was given back stays so: another fee belongs to another application. Raises Refused
    CONFLICT.
    """
    if application.refunded_at is not None:
        raise Refused(RefusalCode.CONFLICT, "this fee was given back")
    application.settled_at = now()
    application.awaits_order = application.fee_fen > 0
    application.save(update_fields=["settled_at", "awaits_order"])
    append(Kind.SETTLED, who, f"application:{application.id}", fee_fen=application.fee_fen)


def application_of(kiosk: Kiosk, application_id: str, visit_id: str) -> Application:
    """Return this kiosk's application of this visit. Raises Refused NOT_FOUND."""
    found = Application.objects.filter(id=application_id, kiosk=kiosk, visit_id=visit_id).first()
    if found is None:
        raise Refused(RefusalCode.NOT_FOUND, "no such application in this visit")
    return found


def application_view(application: Application) -> ApplicationView:
    """Build what the kiosk sees."""
    return ApplicationView(
        id=application.id,
        number=application.number,
        offer=Offer.model_validate(application.offer),
        settled=application.settled,
        identified=application.identified,
    )


def _find_or_make(
    kiosk: Kiosk, wanted: ApplicationRequest, record: Record, case: Case | None
) -> Application:
    known = Application.objects.filter(
        kiosk=kiosk,
        visit_id=wanted.visit_id,
        card_number=wanted.card_number,
        offer_code=wanted.offer_code,
    ).first()
    if known is not None:
        return known
    # What was granted in a case goes where the case goes: a visit that lost it has it no longer.
    here = case is not None and case.visit_id == wanted.visit_id
    granted = granted_offers(wanted.card_number, wanted.case_id if here else None)
    offer = possible(record, granted).find(wanted.offer_code)
    if offer is None:
        raise Refused(RefusalCode.NOT_ELIGIBLE, "this cannot be had today")
    return _make(kiosk, wanted.visit_id, wanted.card_number, offer, granted=offer.code in granted)


def _make(
    kiosk: Kiosk | None, visit_id: str, card_number: str, offer: Offer, *, granted: bool
) -> Application:
    made = Application.objects.create(
        id=secrets.token_hex(12),
        number=f"A{timezone.localdate():%Y%m%d}-{secrets.token_hex(3).upper()}",
        kiosk=kiosk,
        visit_id=visit_id,
        card_number=card_number,
        offer_code=offer.code,
        offer=offer.model_dump(mode="json"),
        fee_fen=offer.fee_fen,
        granted=granted,
        created_at=now(),
    )
    append(
        Kind.APPLICATION_MADE,
        f"kiosk:{kiosk.id}" if kiosk else "counter",
        f"application:{made.id}",
        visit=visit_id,
        card=card_number,
        offer=offer.code,
        fee_fen=offer.fee_fen,
    )
    bump()
    return made


def _case(case_id: str | None) -> Case | None:
    if case_id is None:
        return None
    case = Case.objects.filter(id=case_id).first()
    if case is None:
        raise Refused(RefusalCode.NOT_FOUND, "no such case")
    return case


def _identify_by_match(
    kiosk: Kiosk, application: Application, match: MatchReport, *, compared: bool
) -> None:
    fault = match_fault(match, has_record_portrait=compared)
    if not fault and visit_in_doubt(application.kiosk, application.visit_id):
        fault = "only a person who has seen the resident may accept in this visit"
    application.match = match.model_dump(mode="json")
    if not fault:
        application.identity = Basis.MATCH
        application.identified_at = now()
    application.save(update_fields=["match", "identity", "identified_at"])
    record_comparison(kiosk, application.visit_id, application.card_number, match, now())
    append(
        Kind.MATCH_NOT_ACCEPTED if fault else Kind.IDENTITY_MATCHED,
        f"kiosk:{application.kiosk_id}",
        f"application:{application.id}",
        why=fault,
        model=match.model_sha256,
    )


def _identify_by_case(application: Application, case: Case) -> None:
    if not identity_accepted(case, application.card_number, application.visit_id):
        return
    identify_by_case(application, case, f"kiosk:{application.kiosk_id}")
    if case.application_id is None:
        case.application = application
        case.save(update_fields=["application"])
