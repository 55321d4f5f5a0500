"""Make the one issue order of an application, and put what was printed on record."""

import secrets

from django.db import transaction
from django.utils import timezone

from backend.applications.identity import still_identified
from backend.applications.models import Application
from backend.applications.services import application_of
from backend.audit.kinds import Kind
from backend.audit.services import append
from backend.clock import now
from backend.config import hall
from backend.endorsements.rules import new_endorsement
from backend.endorsements.services import possible
from backend.fleet.models import Kiosk
from backend.live.services import bump
from backend.orders.models import IssueOrder, State
from backend.records.source import record_source
from backend.refusal import Refused
from backend_client.contract import Endorsement, Offer, OrderRequest, RefusalCode

UNDER_WAY = (State.ORDERED, State.PRINTING, State.UNKNOWN)


def order_for(kiosk: Kiosk, application_id: str, wanted: OrderRequest) -> IssueOrder:
    """Make the order, or hand it to the process that asks now, with a new fencing token.

    Everything is checked and made in one transaction, so that however often and from wherever
    it is asked, one application has one order. Raises Refused: NOT_FOUND, CONFLICT (another
    card), IDENTITY_MISSING, SETTLEMENT_MISSING, NOT_ELIGIBLE, ALREADY_ISSUED.
    """
    with transaction.atomic():
        application = application_of(kiosk, application_id, wanted.visit_id)
        if application.card_number != wanted.card_number:
            raise Refused(RefusalCode.CONFLICT, "the application is another card's")
        known = IssueOrder.objects.filter(application=application).first()
        if known is not None:
            return _take_over(known)
        if not still_identified(application):
            raise Refused(RefusalCode.IDENTITY_MISSING, "identity is not established")
        if not application.settled:
            raise Refused(RefusalCode.SETTLEMENT_MISSING, "the fee is not paid")
        return find_or_make_order(application)


def find_or_make_order(application: Application) -> IssueOrder:
    """Return the application's order; make it where there is none. Inside a transaction only.

    The caller has checked identity and settlement.
    """
    known = IssueOrder.objects.filter(application=application).first()
    if known is not None:
        return known
    offer = Offer.model_validate(application.offer)
    new, back = _content(application, offer)
    order = IssueOrder.objects.create(
        id=secrets.token_hex(12),
        number=f"O{timezone.localdate():%Y%m%d}-{secrets.token_hex(3).upper()}",
        application=application,
        kiosk_id=application.kiosk_id,
        visit_id=application.visit_id,
        card_number=application.card_number,
        new=new.model_dump(mode="json"),
        back=[one.model_dump(mode="json") for one in back],
        reprint_of=offer.reprint_of or "",
        created_at=now(),
    )
    append(
        Kind.ORDER_MADE,
        f"kiosk:{order.kiosk_id}" if order.kiosk_id else "counter",
        f"order:{order.id}",
        application=application.id,
        card=order.card_number,
        visit=order.visit_id,
        endorsement=new.number,
        identity=application.identity,
    )
    bump()
    return order


def put_on_record(order: IssueOrder) -> None:
    """Write the printed endorsement to the records; call it inside the outcome's transaction."""
    if order.reprint_of:
        record_source().mark_reprinted(order.reprint_of)
        return
    new = Endorsement.model_validate(order.new)
    record_source().add_endorsement(order.card_number, order.application.offer_code, new)


def _take_over(order: IssueOrder) -> IssueOrder:
    if order.state in (State.PRINTED, State.AT_COUNTER):
        # An older kiosk, which takes no cases up, takes no field that it does not know.
        known = order.kiosk is not None and order.kiosk.resumes
        detail = "this application's endorsement is issued"
        issued_at = order.ended_at if known else None
        raise Refused(RefusalCode.ALREADY_ISSUED, detail, issued_at=issued_at)
    order.fencing_token += 1
    order.save(update_fields=["fencing_token"])
    append(
        Kind.ORDER_TAKEN_OVER,
        f"kiosk:{order.kiosk_id}",
        f"order:{order.id}",
        token=order.fencing_token,
        state=order.state,
    )
    bump()
    return order


def _content(application: Application, offer: Offer) -> tuple[Endorsement, tuple[Endorsement, ...]]:
    """Return what is new and the whole back, by the records as they are now."""
    record = record_source().find(application.card_number)
    if record is None:
        raise Refused(RefusalCode.NO_RECORD, "this card is not on record")
    granted = frozenset({offer.code}) if application.granted else frozenset()
    found = possible(record, granted)
    if found.find(offer.code) is None or _doubled(application):
        raise Refused(RefusalCode.NOT_ELIGIBLE, "this can no longer be had today")
    if offer.reprint_of:
        new = next(one for one in found.still_valid if one.number == offer.reprint_of)
        return new, found.still_valid
    form = hall().offers.find(offer.code)
    if form is None:
        raise Refused(RefusalCode.NOT_ELIGIBLE, "this form is offered no longer")
    number = f"E{timezone.localdate():%y%m%d}{secrets.randbelow(10**8):08d}"
    new = new_endorsement(form, hall().offers, number, timezone.localdate())
    return new, (*found.still_valid, new)


def _doubled(application: Application) -> bool:
    """Say whether another order for the same card and offer is under way."""
    return (
        IssueOrder.objects.filter(
            card_number=application.card_number,
            application__offer_code=application.offer_code,
            state__in=UNDER_WAY,
        )
        .exclude(application=application)
        .exists()
    )
