"""What happens to a visit: answers to its effects, touches, and news from devices and server."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kiosk.session.facts import (
    Application,
    CardFacts,
    CardPlace,
    CardProblem,
    Case,
    Comparison,
    Device,
    Offer,
    Offers,
    Order,
    ParkedCase,
    Payment,
    PrintEnd,
    Travel,
)
from kiosk.session.visit import Ref
from kiosk.values import Language


@dataclass(frozen=True, slots=True)
class Answer:
    """Base of answers; ``ref`` repeats the effect's."""

    ref: Ref


@dataclass(frozen=True, slots=True)
class FieldOccupied(Answer):
    """A chip answers although no card is in: somebody holds one to the machine, or left one."""


@dataclass(frozen=True, slots=True)
class FieldCleared(Answer):
    """The antenna's field is empty and the slot takes a card."""


@dataclass(frozen=True, slots=True)
class CardTakenIn(Answer):
    """A card is in the machine."""


@dataclass(frozen=True, slots=True)
class TakeInFailed(Answer):
    """The slot gave up; ``place`` is what its sensors say now."""

    place: CardPlace
    detail: str


@dataclass(frozen=True, slots=True)
class CardRead(Answer):
    """Printed zone and chip agree."""

    card: CardFacts


@dataclass(frozen=True, slots=True)
class CardRefused(Answer):
    """The card cannot be used."""

    problem: CardProblem
    detail: str = ""


@dataclass(frozen=True, slots=True)
class OffersArrived(Answer):
    """What this card can have."""

    offers: Offers


@dataclass(frozen=True, slots=True)
class ParkedFound(Answer):
    """The case of this card that may be taken up here, None when there is none."""

    parked: ParkedCase | None


@dataclass(frozen=True, slots=True)
class CaseResumed(Answer):
    """The case is this visit's. ``offer`` is its application's, ``offer_code`` what was chosen.

    ``portrait``: its own live portrait came with it.
    """

    case: Case
    application: Application | None
    offer: Offer | None
    offer_code: str | None
    portrait: bool
    travel: Travel | None


@dataclass(frozen=True, slots=True)
class SamePersonJudged(Answer):
    """What the server makes of the comparison with the case's portrait, and the case by now."""

    same: bool
    case: Case


@dataclass(frozen=True, slots=True)
class ReferencesReady(Answer):
    """DG2 and the record portrait are in the matcher, as far as they exist."""

    chip: bool
    record: bool


@dataclass(frozen=True, slots=True)
class ChipLost(Answer):
    """The chip no longer answers, or what it says cannot be read."""

    detail: str


@dataclass(frozen=True, slots=True)
class Captured(Answer):
    """Enough good frames are there."""


@dataclass(frozen=True, slots=True)
class CaptureFailed(Answer):
    """No usable frames in time, or no camera (``camera_lost``)."""

    camera_lost: bool


@dataclass(frozen=True, slots=True)
class Compared(Answer):
    """The comparison's answer."""

    comparison: Comparison


@dataclass(frozen=True, slots=True)
class ApplicationMade(Answer):
    """The server has the application."""

    application: Application


@dataclass(frozen=True, slots=True)
class PaymentChanged(Answer):
    """News of the payment."""

    payment: Payment


@dataclass(frozen=True, slots=True)
class OrderMade(Answer):
    """The licence to print."""

    order: Order


@dataclass(frozen=True, slots=True)
class CardChecked(Answer):
    """Whether the chip that was read answers again."""

    same: bool


@dataclass(frozen=True, slots=True)
class BackPrinted(Answer):
    """How the print ended."""

    end: PrintEnd
    inspected: bool
    detail: str


@dataclass(frozen=True, slots=True)
class PaperPrinted(Answer):
    """Whether receipt or ticket came out."""

    printed: bool


@dataclass(frozen=True, slots=True)
class CardMoved(Answer):
    """Where the card is now, by the slot's sensors. OUT means that it was taken."""

    place: CardPlace
    detail: str = ""


@dataclass(frozen=True, slots=True)
class CaseChanged(Answer):
    """News of the case."""

    case: Case


@dataclass(frozen=True, slots=True)
class ServerRefused(Answer):
    """The server answered no; ``code`` is the contract's RefusalCode value.

    ``issued_at``: when the endorsement was issued, where that is why.
    """

    code: str
    issued_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ServerLost(Answer):
    """The server did not answer within the effect's total deadline."""


@dataclass(frozen=True, slots=True)
class EffectFailed(Answer):
    """An exception ended the effect; ``detail`` is for staff and log, never for the screen."""

    kind: str
    detail: str


@dataclass(frozen=True, slots=True)
class TimeUp(Answer):
    """A timer ran out."""

    timer: str


class Button(StrEnum):
    """What can be touched, by meaning."""

    START = "start"
    NEXT = "next"
    BACK = "back"
    AGREE = "agree"
    CONFIRM = "confirm"
    DECLINE_FACE_CHECK = "decline_face_check"
    ASK_PERSON = "ask_person"
    DISPUTE = "dispute"
    LEAVE = "leave"
    LEAVE_WITH_TICKET = "leave_with_ticket"
    STAY = "stay"
    CHANGE_TRAVEL = "change_travel"
    SKIP_TRAVEL = "skip_travel"
    START_NEW = "start_new"


@dataclass(frozen=True, slots=True)
class Touched:
    """A button was touched."""

    button: Button


@dataclass(frozen=True, slots=True)
class OfferTouched:
    """An offer was touched."""

    code: str


@dataclass(frozen=True, slots=True)
class LanguageChosen:
    """Another language was touched."""

    language: Language


@dataclass(frozen=True, slots=True)
class TravelTold:
    """The resident said when and why they travel."""

    travel: Travel


@dataclass(frozen=True, slots=True)
class DeviceChanged:
    """A device became usable or stopped being so."""

    device: Device
    usable: bool


@dataclass(frozen=True, slots=True)
class ServerChanged:
    """The line to the server came or went (by heartbeat)."""

    up: bool


@dataclass(frozen=True, slots=True)
class CardFound:
    """The slot's sensors show a card that no effect waits for (taken in while it was disarmed)."""

    place: CardPlace


@dataclass(frozen=True, slots=True)
class HeldCardReleased:
    """Staff stand at the kiosk and want the held card out."""


@dataclass(frozen=True, slots=True)
class Started:
    """The program has started; sensors and journal have been read, ``place`` is the card's."""

    place: CardPlace


Event = (
    Answer
    | Touched
    | OfferTouched
    | LanguageChosen
    | TravelTold
    | DeviceChanged
    | ServerChanged
    | CardFound
    | HeldCardReleased
    | Started
)
