"""What a visit knows: plain frozen values, none of them a picture.

Portraits and chip files never enter a visit: the runtime keeps them beside it, in memory only,
and forgets them on ``ForgetPerson``.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from kiosk.values import FailureCause, Language, Liveness, Measure, Reference, Score


@dataclass(frozen=True, slots=True)
class Texts:
    """One text in the three languages."""

    zh_hans: str
    zh_hant: str
    en: str

    def in_language(self, language: Language) -> str:
        """Return the text in this language."""
        match language:
            case Language.ZH_HANS:
                return self.zh_hans
            case Language.ZH_HANT:
                return self.zh_hant
            case Language.EN:
                return self.en


class CardPlace(StrEnum):
    """Where the card is: always known, at the end OUT or HELD and reported."""

    OUT = "out"
    INSIDE = "inside"
    AT_GATE = "at_gate"
    HELD = "held"


@dataclass(frozen=True, slots=True)
class CardFacts:
    """What the chip's DG1 and the printed MRZ say."""

    number: str
    name: str
    born: date
    expires: date


class CardProblem(StrEnum):
    """Why a card cannot be used, in terms the resident can act on."""

    NO_ANSWER = "no_answer"  # upside down, wrong way round, or no chip at all
    FOREIGN = "foreign"  # some other card
    SEVERAL_CHIPS = "several_chips"
    UNREADABLE = "unreadable"  # the MRZ or the chip fails although it is this kind of card
    CHIP_CHECK_FAILED = "chip_check_failed"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing to be had; ``fee_fen`` in 1/100 CNY; ``reprint_of`` names a faded endorsement."""

    code: str
    title: Texts
    detail: Texts
    fee_fen: int
    reprint_of: str | None = None


@dataclass(frozen=True, slots=True)
class ClosedOffer:
    """One thing not to be had here today, with what may be said of it before identity."""

    code: str
    title: Texts
    explanation: Texts


@dataclass(frozen=True, slots=True)
class Offers:
    """The server's answer for this card."""

    record_found: bool
    permit_expired: bool
    under_14: bool
    open: tuple[Offer, ...]
    closed: tuple[ClosedOffer, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One whole capture compared with every reference there is.

    ``disagree``: chip and record portraits contradict each other. ``no_reference``: nothing
    sufficient to compare with. ``retry_helps``: another capture may change the answer.
    ``reason`` is the portrait room's key for why it failed, with ``figures`` by name;
    ``frames`` are the numbers of the frames that were compared. ``liveness_alarm``: liveness
    was required and did not pass, so a person must see the resident.
    """

    matched: bool
    scores: tuple[Score, ...]
    measures: tuple[Measure, ...]
    model: str
    model_sha256: str
    cause: FailureCause | None = None
    disagree: bool = False
    no_reference: bool = False
    retry_helps: bool = False
    reason: str = ""
    figures: tuple[tuple[str, float], ...] = ()
    frames: tuple[int, ...] = ()
    liveness: Liveness | None = None
    liveness_alarm: bool = False

    @property
    def with_case(self) -> Score | None:
        """Return the score against the portrait of the case taken up; None where none was made."""
        return next((score for score in self.scores if score.reference is Reference.CASE), None)


class IdentitySource(StrEnum):
    """What identity rests on."""

    MATCH = "match"
    DECISION = "decision"


@dataclass(frozen=True, slots=True)
class Application:
    """An application on the server."""

    id: str
    number: str
    settled: bool
    identified: bool


class PaymentStatus(StrEnum):
    """Where a payment stands."""

    PENDING = "pending"
    PAID = "paid"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment; ``qr_text`` is what the QR code on the screen says."""

    id: str
    status: PaymentStatus
    amount_fen: int
    qr_text: str


@dataclass(frozen=True, slots=True)
class Order:
    """The licence to print, bound to one card by a fencing token."""

    id: str
    number: str
    card_number: str
    fencing_token: int


class PrintEnd(StrEnum):
    """How a print ended; UNKNOWN is never printed again without a person's word."""

    PRINTED = "printed"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Escalation(StrEnum):
    """Why a person is needed. The values are those of the contract's CaseReason."""

    PORTRAIT_NOT_MATCHED = "portrait_not_matched"
    LIVENESS_ALARM = "liveness_alarm"
    PORTRAITS_DISAGREE = "portraits_disagree"
    NO_REFERENCE = "no_reference"
    FACE_CHECK_DECLINED = "face_check_declined"
    NO_RECORD = "no_record"
    CHIP_UNREADABLE = "chip_unreadable"
    CHIP_CHECK_FAILED = "chip_check_failed"
    INELIGIBLE_DISPUTED = "ineligible_disputed"
    PERSON_ASKED = "person_asked"
    DEVICE_FAULT = "device_fault"
    PAID_NOT_ISSUED = "paid_not_issued"
    PRINT_UNKNOWN = "print_unknown"
    CARD_HELD = "card_held"


class DecisionKind(StrEnum):
    """What a person decided. The values are those of the contract's DecisionKind."""

    IDENTITY_ACCEPTED = "identity_accepted"
    RECORD_LINKED = "record_linked"
    ELIGIBILITY_GRANTED = "eligibility_granted"
    NEW_PORTRAIT = "new_portrait"
    TO_COUNTER = "to_counter"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision in force, with the clerk's words for the resident where there are any."""

    kind: DecisionKind
    words: Texts | None = None
    offer_code: str | None = None


class CaseStage(StrEnum):
    """What staff are doing with the case."""

    SENDING = "sending"  # not acknowledged by the server yet
    WAITING = "waiting"
    CLAIMED = "claimed"
    APPROVAL = "approval"
    DECIDED = "decided"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Case:
    """The case as the resident may see it. ``ticket`` is the kiosk's own until the server's.

    ``session`` counts how often it was taken up: every message about it carries the newest one.
    """

    id: str
    reason: Escalation
    ticket: str
    stage: CaseStage = CaseStage.SENDING
    version: int = 0
    desk: str = ""
    ahead: int = 0
    expected_wait_s: int = 0
    staff_signed_in: bool = True
    decision: Decision | None = None
    resume_qr: str = ""
    session: int = 1


@dataclass(frozen=True, slots=True)
class ParkedCase:
    """A case of this card that waits for its resident; ``session`` is the newest one it had."""

    id: str
    ticket: str
    stage: CaseStage
    session: int = 1


class ResumeTrouble(StrEnum):
    """Why a parked case cannot be taken up now, in terms the resident can act on."""

    AT_COUNTER = "at_counter"  # live at another kiosk, or for the counter to end
    ISSUED = "issued"
    BUSY = "busy"  # a moment later it may work
    GONE = "gone"  # closed, or another card's


@dataclass(frozen=True, slots=True)
class Resumption:
    """A parked case that this visit takes up, from the moment that the server is asked.

    ``session`` is the number that this visit has in the case, or will have. ``case`` is None until
    the server has answered. ``portrait``: there is a live portrait of the case to compare with, and
    ``same`` is what the server made of that; until then nothing of the case is shown. ``joined``
    once the visit goes on by what staff decided, or waits for it.
    """

    case_id: str
    session: int
    case: Case | None = None
    offer_code: str | None = None
    portrait: bool = False
    same: bool | None = None
    joined: bool = False

    @property
    def asks_face(self) -> bool:
        """Say whether the face must be compared with the case's own portrait first."""
        return self.portrait and self.same is None


@dataclass(frozen=True, slots=True)
class Travel:
    """When and why the resident travels; ``ground`` is a code of the urgency table."""

    depart_at: datetime | None
    ground: str | None


class Device(StrEnum):
    """The roles devices play in a visit; one piece of hardware may play several."""

    CARD_SLOT = "card_slot"
    DOCUMENT_READER = "document_reader"
    CHIP_READER = "chip_reader"
    ENDORSEMENT_PRINTER = "endorsement_printer"
    RECEIPT_PRINTER = "receipt_printer"
    CAMERA = "camera"
    JOURNAL = "journal"  # the disk that it is on


OPTIONAL_DEVICES = (Device.RECEIPT_PRINTER,)
"""A kiosk without these still serves; without any other it is out of service."""


class Outcome(StrEnum):
    """How a visit ended."""

    ISSUED = "issued"
    TO_COUNTER = "to_counter"
    REFUSED = "refused"
    LEFT = "left"
    WAITING = "waiting"  # left with a ticket while the case goes on
    CARD_PROBLEM = "card_problem"
    SERVER_LOST = "server_lost"
    FAILED = "failed"
