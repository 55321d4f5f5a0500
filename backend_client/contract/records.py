"""What a card's holder is known by and can have: chip proof, offers, portrait on record."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from backend_client.contract.base import CardNumber, Identifier, Message, Picture, Texts, Words


class ChipProof(Message):
    """What shows that the kiosk has read this card's chip: its files as read."""

    dg1: Picture
    sod: Picture | None = None


class Endorsement(Message):
    """One endorsement on a card's back.

    ``title`` is destination and kind in one; those stored before they were kept apart have no more.
    """

    number: Identifier
    kind: Identifier
    title: Texts
    destination: Annotated[str, Field(pattern="^(HKG|MAC)$")]
    entries: Texts
    valid_from: date
    valid_until: date
    stay_days: int
    office: Words
    destination_title: Texts | None = None
    kind_title: Texts | None = None


class Offer(Message):
    """One thing the resident can have today. ``reprint_of`` names a faded endorsement."""

    code: Identifier
    title: Texts
    detail: Texts
    fee_fen: int = Field(ge=0)
    reprint_of: Identifier | None = None


class ClosedReason(StrEnum):
    """Why an offer cannot be had here today. Private reasons are all ASK_STAFF."""

    PERMIT_EXPIRES = "permit_expires"
    ALREADY_HELD = "already_held"
    NOT_AT_KIOSK = "not_at_kiosk"
    ASK_STAFF = "ask_staff"


class ClosedOffer(Message):
    """One thing that the resident may look for and cannot have here today."""

    code: Identifier
    title: Texts
    reason: ClosedReason
    explanation: Texts


class OffersRequest(Message):
    """Ask what this card's holder can have. ``case_id`` brings in what a person granted."""

    visit_id: Identifier
    card_number: CardNumber
    proof: ChipProof
    case_id: Identifier | None = None


class OffersAnswer(Message):
    """Offers, closed offers, and the endorsements that must stay on the back."""

    record_found: bool
    permit_expired: bool = False
    under_14: bool = False
    offers: tuple[Offer, ...] = ()
    closed: tuple[ClosedOffer, ...] = ()
    still_valid: tuple[Endorsement, ...] = ()


class RecordPortraitRequest(Message):
    """Ask for the portrait on record; released only against a proven chip read."""

    visit_id: Identifier
    card_number: CardNumber
    proof: ChipProof


class RecordPortraitAnswer(Message):
    """The portrait on record as an encoded picture; None when there is none."""

    portrait: Picture | None
