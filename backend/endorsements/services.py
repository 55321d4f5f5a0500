"""Offers for a card whose chip was read."""

from django.db import transaction
from django.utils import timezone

from backend.audit.kinds import Kind
from backend.audit.services import append
from backend.cases.grants import granted_offers
from backend.config import hall
from backend.endorsements.rules import AGE_OF_OWN_CONSENT, Possible, age_on, possible_today
from backend.fleet.models import Kiosk
from backend.records.services import prove
from backend.records.source import Record, record_source
from backend_client.contract import OffersAnswer, OffersRequest


def offers_for(kiosk: Kiosk, wanted: OffersRequest) -> OffersAnswer:
    """Answer what this card's holder can have today. Raises Refused BAD_REQUEST."""
    with transaction.atomic():
        facts = prove(kiosk, wanted.visit_id, wanted.card_number, wanted.proof)
        record = record_source().find(wanted.card_number)
        append(
            Kind.OFFERS_SHOWN,
            f"kiosk:{kiosk.id}",
            f"card:{wanted.card_number}",
            visit=wanted.visit_id,
            on_record=record is not None,
        )
        granted = granted_offers(wanted.card_number, wanted.case_id)
    if record is None:
        today = timezone.localdate()
        return OffersAnswer(
            record_found=False,
            permit_expired=facts.valid_until < today,
            under_14=age_on(facts.born, today) < AGE_OF_OWN_CONSENT,
        )
    found = possible(record, granted)
    return OffersAnswer(
        record_found=True,
        permit_expired=found.permit_expired,
        under_14=found.under_14,
        offers=found.offers,
        closed=found.closed,
        still_valid=found.still_valid,
    )


def possible(record: Record, granted: frozenset[str]) -> Possible:
    """Apply the hall's rules to a record today."""
    return possible_today(record, hall().offers, timezone.localdate(), granted)
