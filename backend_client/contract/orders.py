"""Issue orders and how their print ended."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from backend_client.contract.base import CardNumber, Identifier, Message, Words
from backend_client.contract.records import Endorsement


class OrderRequest(Message):
    """Ask for the licence to print."""

    visit_id: Identifier
    card_number: CardNumber


class OrderState(StrEnum):
    """Where an order stands."""

    ORDERED = "ordered"
    PRINTING = "printing"
    PRINTED = "printed"
    FAILED = "failed"
    UNKNOWN = "unknown"


class OrderView(Message):
    """The only licence to print: bound to card, content, kiosk, visit and fencing token."""

    id: Identifier
    number: Identifier
    state: OrderState
    fencing_token: int
    card_number: CardNumber
    new: Endorsement
    back: tuple[Endorsement, ...]


class FencingToken(Message):
    """Proof that the sender is the order's newest holder."""

    fencing_token: int


class Evidence(StrEnum):
    """How it is known that the back was printed."""

    INSPECTED = "inspected"
    REPORTED_BY_DEVICE = "reported_by_device"
    NONE = "none"


class PrintReport(Message):
    """How the print ended."""

    fencing_token: int
    outcome: Annotated[str, Field(pattern="^(printed|failed|unknown)$")]
    evidence: Evidence
    detail: Words = ""
