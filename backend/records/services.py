"""Proven chip reads, and the portrait on record that they release."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from backend.audit.kinds import Kind
from backend.audit.services import append
from backend.clock import now
from backend.config import hall
from backend.fleet.models import Kiosk
from backend.fleet.services import spend
from backend.records.chip_proof import ChipFacts, ChipProofFault, parse_dg1
from backend.records.models import ChipRead
from backend.records.source import record_source
from backend.refusal import Refused
from backend_client.contract import ChipProof, RecordPortraitRequest, RefusalCode


def prove(kiosk: Kiosk, visit_id: str, card_number: str, proof: ChipProof) -> ChipFacts:
    """Check that the proof is this card's chip and remember the read; return its facts.

    Raises Refused BAD_REQUEST.
    """
    try:
        facts = parse_dg1(proof.dg1, timezone.localdate())
    except ChipProofFault as error:
        raise Refused(RefusalCode.BAD_REQUEST, str(error)) from error
    if facts.card_number != card_number:
        raise Refused(RefusalCode.BAD_REQUEST, "the chip is not this card's")
    ChipRead.objects.update_or_create(
        kiosk=kiosk,
        visit_id=visit_id,
        card_number=card_number,
        defaults={
            "valid_until": facts.valid_until,
            "born": facts.born,
            "with_sod": proof.sod is not None,
            "at": now(),
        },
    )
    return facts


def chip_read(kiosk: Kiosk, visit_id: str, card_number: str) -> ChipRead | None:
    """Return the proven read of this card in this visit."""
    return ChipRead.objects.filter(kiosk=kiosk, visit_id=visit_id, card_number=card_number).first()


def release_portrait(kiosk: Kiosk, wanted: RecordPortraitRequest) -> bytes | None:
    """Return the portrait on record against a proven chip read; None when there is none.

    Raises Refused: BAD_REQUEST, NO_RECORD, RATE_LIMITED.
    """
    policy = hall().policy
    with transaction.atomic():
        if policy.require_sod_for_record_portrait and not wanted.proof.sod:
            raise Refused(RefusalCode.BAD_REQUEST, "policy asks for the chip's SOD")
        facts = prove(kiosk, wanted.visit_id, wanted.card_number, wanted.proof)
        limit = policy.record_portraits_per_kiosk_and_hour
        if not spend(kiosk, "record_portrait", limit, timedelta(hours=1)):
            raise Refused(RefusalCode.RATE_LIMITED, "too many portraits this hour", 60)
        record = record_source().find(facts.card_number)
        if record is None:
            raise Refused(RefusalCode.NO_RECORD, "this card is not on record")
        portrait = record_source().portrait(facts.card_number)
        if portrait is not None:
            ChipRead.objects.filter(
                kiosk=kiosk, visit_id=wanted.visit_id, card_number=facts.card_number
            ).update(portrait_released=True)
            append(
                Kind.RECORD_PORTRAIT_RELEASED,
                f"kiosk:{kiosk.id}",
                f"card:{facts.card_number}",
                visit=wanted.visit_id,
            )
    return portrait
