"""Applications and their payment."""

from enum import StrEnum

from backend_client.contract.base import CardNumber, Identifier, Message, Words
from backend_client.contract.matching import MatchReport
from backend_client.contract.records import Offer


class ApplicationRequest(Message):
    """Apply for an offer. Identity comes from ``match``, or from ``case_id``'s decision."""

    visit_id: Identifier
    card_number: CardNumber
    offer_code: Identifier
    match: MatchReport | None = None
    case_id: Identifier | None = None


class ApplicationView(Message):
    """An application as it stands."""

    id: Identifier
    number: Identifier
    offer: Offer
    settled: bool
    identified: bool


class PaymentRequest(Message):
    """Start, or find again, the payment of an application."""

    visit_id: Identifier


class PaymentState(StrEnum):
    """Where a payment stands."""

    PENDING = "pending"
    PAID = "paid"
    CANCELLED = "cancelled"
    FAILED = "failed"


class PaymentView(Message):
    """A payment and the text of its QR code."""

    id: Identifier
    state: PaymentState
    amount_fen: int
    qr_text: Words
