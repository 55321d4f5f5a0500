"""The phases of a visit, as data: one for each screen. What happens in them is in ``steps/``."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from kiosk.session.facts import CardProblem, Device, Outcome, ParkedCase, ResumeTrouble, Texts


@dataclass(frozen=True, slots=True)
class OutOfService:
    """Not usable now; comes back by itself when ``lost`` and the server are back."""

    lost: tuple[Device, ...] = ()
    server_lost: bool = False
    name: Literal["out_of_service"] = "out_of_service"


@dataclass(frozen=True, slots=True)
class Attract:
    """Nobody is here; the slot takes a card in."""

    chip_left_in_field: bool = False
    name: Literal["attract"] = "attract"


@dataclass(frozen=True, slots=True)
class InsertCard:
    """Somebody touched the screen: show how the card goes in."""

    chip_left_in_field: bool = False
    name: Literal["insert_card"] = "insert_card"


@dataclass(frozen=True, slots=True)
class ReadCard:
    """The card is in; printed zone and chip are read, then the server is asked.

    ``finding_parked`` while that is about a case that waits, then about the offers.
    """

    asking_server: bool = False
    finding_parked: bool = False
    name: Literal["read_card"] = "read_card"


@dataclass(frozen=True, slots=True)
class BadCard:
    """The card cannot be used: says what and what now."""

    problem: CardProblem
    name: Literal["bad_card"] = "bad_card"


@dataclass(frozen=True, slots=True)
class WelcomeBack:
    """A case of this card waits: go on with it? ``trouble`` says why it cannot be taken up.

    ``issued_at``: when it was issued meanwhile, where the server says so.
    """

    parked: ParkedCase
    taking_up: bool = False
    trouble: ResumeTrouble | None = None
    issued_at: datetime | None = None
    name: Literal["welcome_back"] = "welcome_back"


@dataclass(frozen=True, slots=True)
class ChooseOffer:
    """What can be had and its price; ``selected`` is an offer's code."""

    selected: str | None = None
    name: Literal["offers"] = "offers"


@dataclass(frozen=True, slots=True)
class Notice:
    """Face data: agree, or a person. Before it neither DG2 nor the camera is used.

    ``words`` are those of a clerk who asked for a new portrait.
    """

    words: Texts | None = None
    name: Literal["notice"] = "notice"


@dataclass(frozen=True, slots=True)
class Portrait:
    """Live guidance. ``capturing`` once the references are there; ``words`` are a clerk's."""

    capturing: bool = False
    words: Texts | None = None
    name: Literal["portrait"] = "portrait"


@dataclass(frozen=True, slots=True)
class Compare:
    """The best frames are compared."""

    name: Literal["compare"] = "compare"


@dataclass(frozen=True, slots=True)
class Confirm:
    """What will be done and what it costs; the application is made on Confirm."""

    sending: bool = False
    name: Literal["confirm"] = "confirm"


@dataclass(frozen=True, slots=True)
class Pay:
    """A QR code to pay by."""

    cancelling: bool = False
    name: Literal["pay"] = "pay"


class IssueStage(StrEnum):
    """What the machine is doing while it issues."""

    ORDERING = "ordering"
    CHECKING_CARD = "checking_card"
    PRINTING = "printing"


@dataclass(frozen=True, slots=True)
class Issue:
    """Order, same card again, erase and print."""

    stage: IssueStage = IssueStage.ORDERING
    name: Literal["issue"] = "issue"


@dataclass(frozen=True, slots=True)
class Receipt:
    """The receipt is printed."""

    name: Literal["receipt"] = "receipt"


@dataclass(frozen=True, slots=True)
class TakeCard:
    """The card comes out. ``presented`` once the device says that it is at the gate.

    ``drawing_in`` while the slot takes a card back that nobody took. ``case_waits``: what the
    resident had come back for goes on waiting for them. ``issued_before``: it was issued elsewhere.
    """

    outcome: Outcome
    presented: bool = False
    receipt_missing: bool = False
    attempts: int = 1
    drawing_in: bool = False
    case_waits: bool = False
    issued_before: bool = False
    name: Literal["take_card"] = "take_card"


@dataclass(frozen=True, slots=True)
class Escalated:
    """A person has the session; the resident waits here, sees place and time, or leaves."""

    asking_travel: bool = False
    name: Literal["escalated"] = "escalated"


@dataclass(frozen=True, slots=True)
class Leaving:
    """A ticket is printed, then card out; ``printed`` is None until known."""

    outcome: Outcome
    printed: bool | None = None
    name: Literal["leaving"] = "leaving"


@dataclass(frozen=True, slots=True)
class CardHeld:
    """A card was not taken and cannot be drawn in: nobody else may use the kiosk."""

    outcome: Outcome
    name: Literal["card_held"] = "card_held"


Phase = (
    OutOfService
    | Attract
    | InsertCard
    | ReadCard
    | BadCard
    | WelcomeBack
    | ChooseOffer
    | Notice
    | Portrait
    | Compare
    | Confirm
    | Pay
    | Issue
    | Receipt
    | TakeCard
    | Escalated
    | Leaving
    | CardHeld
)
