"""What a visit asks the world to do. Each effect carries the Ref that its answer repeats.

Three kinds: *asks* are answered by exactly one event (or by several where the docstring says
so) and may be cancelled; *tells* are carried out in order and survive the visit; ``Cancel``
withdraws an ask. ``EffectFailed`` answers any ask that ends in an exception.
"""

from dataclasses import dataclass

from kiosk.session.facts import (
    CardPlace,
    Case,
    Order,
    Outcome,
    ParkedCase,
    PrintEnd,
    Travel,
)
from kiosk.session.visit import Ref


@dataclass(frozen=True, slots=True)
class Ask:
    """Base of effects that are answered."""

    ref: Ref


@dataclass(frozen=True, slots=True)
class Tell:
    """Base of effects that nobody waits for; delivered even across a restart."""

    ref: Ref


@dataclass(frozen=True, slots=True)
class ArmSlot(Ask):
    """See that the antenna's field is empty, then wait for a card and take it in.

    Answers: FieldOccupied (and goes on looking until it is empty), FieldCleared, CardTakenIn,
    TakeInFailed.
    """


@dataclass(frozen=True, slots=True)
class ReadCardFiles(Ask):
    """Read the printed MRZ, open the chip with it, read COM, DG1, SOD. CardRead, CardRefused."""


@dataclass(frozen=True, slots=True)
class FetchOffers(Ask):
    """Ask the server what this card can have. OffersArrived, ServerRefused, ServerLost."""

    card_number: str
    case_id: str | None


@dataclass(frozen=True, slots=True)
class FindParked(Ask):
    """Ask whether a case of this card waits. ParkedFound, ServerRefused, ServerLost."""

    card_number: str


@dataclass(frozen=True, slots=True)
class ResumeCase(Ask):
    """Take the parked case up in this visit. CaseResumed, ServerRefused, ServerLost."""

    card_number: str
    case: ParkedCase


@dataclass(frozen=True, slots=True)
class JudgeSamePerson(Ask):
    """Report the comparison with the portrait of this case, as it was taken up.

    Answers: SamePersonJudged, ServerRefused, ServerLost.
    """

    case: Case


@dataclass(frozen=True, slots=True)
class PrepareReferences(Ask):
    """Read DG2 and fetch the record portrait, only after consent. ReferencesReady, ChipLost.

    The live portrait of a case that was taken up is a reference too.
    """

    card_number: str


@dataclass(frozen=True, slots=True)
class StartCapture(Ask):
    """Watch the camera until enough good frames are there. Captured, CaptureFailed."""

    attempt: int


@dataclass(frozen=True, slots=True)
class CompareCapture(Ask):
    """Compare the capture with every reference. Compared."""

    attempt: int


@dataclass(frozen=True, slots=True)
class MakeApplication(Ask):
    """Create the application. ApplicationMade, ServerRefused, ServerLost."""

    card_number: str
    offer_code: str
    case_id: str | None


@dataclass(frozen=True, slots=True)
class StartPayment(Ask):
    """Start the payment and watch it. PaymentChanged (several), ServerRefused, ServerLost."""

    application_id: str


@dataclass(frozen=True, slots=True)
class CancelPayment(Ask):
    """Withdraw the payment if it is not made yet. PaymentChanged, ServerRefused, ServerLost."""

    payment_id: str


@dataclass(frozen=True, slots=True)
class MakeOrder(Ask):
    """Ask for the licence to print. OrderMade, ServerRefused, ServerLost."""

    application_id: str
    card_number: str


@dataclass(frozen=True, slots=True)
class CheckSameCard(Ask):
    """See that the chip that was read answers again. CardChecked."""

    card_number: str


@dataclass(frozen=True, slots=True)
class RewriteBack(Ask):
    """Tell the server 'printing', erase, print the whole back, inspect. BackPrinted."""

    order: Order


@dataclass(frozen=True, slots=True)
class PrintReceipt(Ask):
    """Print the receipt of an issued endorsement. PaperPrinted."""

    application_id: str


@dataclass(frozen=True, slots=True)
class PrintTicket(Ask):
    """Print the ticket with number and QR. PaperPrinted."""

    case: Case
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class EjectCard(Ask):
    """Move the card to the gate. CardMoved."""


@dataclass(frozen=True, slots=True)
class WatchGate(Ask):
    """Watch until the card at the gate is gone. CardMoved."""


@dataclass(frozen=True, slots=True)
class DrawCardIn(Ask):
    """Draw the card into the bin. CardMoved."""


@dataclass(frozen=True, slots=True)
class WatchCase(Ask):
    """Open the case on the server and follow it. CaseChanged (several)."""

    case: Case
    phase_before: str
    card_place: CardPlace
    card_number: str | None
    offer_code: str | None
    application_id: str | None
    tries: int
    travel: Travel | None
    keep_card_s: float


@dataclass(frozen=True, slots=True)
class FollowCase(Ask):
    """Follow a case that was taken up. CaseChanged (several), ServerRefused, ServerLost."""

    case: Case


@dataclass(frozen=True, slots=True)
class StartTimer(Ask):
    """Answer TimeUp after so many seconds."""

    timer: str
    seconds: float


@dataclass(frozen=True, slots=True)
class SendTravel(Tell):
    """Tell the server when and why the resident travels."""

    case_id: str
    travel: Travel
    session: int = 1


@dataclass(frozen=True, slots=True)
class ReportCase(Tell):
    """Open a case for staff that nobody at the screen waits for (card left, server was away)."""

    case: Case
    phase_before: str
    card_place: CardPlace
    card_number: str | None
    offer_code: str | None
    application_id: str | None
    tries: int
    detail: str = ""


@dataclass(frozen=True, slots=True)
class LeaveCase(Tell):
    """Tell the server that the resident leaves; the case waits for them.

    ``withdrawn``: the resident goes on alone, and nobody need look at the case any more.
    """

    case_id: str
    card_place: CardPlace
    withdrawn: bool = False
    session: int = 1


@dataclass(frozen=True, slots=True)
class ReportPrint(Tell):
    """Tell the server how the print ended."""

    order: Order
    end: PrintEnd
    inspected: bool
    detail: str


@dataclass(frozen=True, slots=True)
class EndVisit(Tell):
    """Tell the server how the visit ended and where the card is."""

    outcome: Outcome
    card_place: CardPlace
    application_id: str | None
    case_id: str | None


@dataclass(frozen=True, slots=True)
class ForgetPerson(Tell):
    """Forget everything personal: files, frames, references, texts on the screen."""


@dataclass(frozen=True, slots=True)
class Cancel(Tell):
    """Withdraw an unanswered ask; whatever it still answers is dropped."""

    effect_id: int


Effect = Ask | Tell
