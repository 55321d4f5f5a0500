"""Every message between a kiosk and the hall's server, defined once and used by both ends.

All paths lie under ``/api/kiosk/v1`` and carry ``Authorization: Bearer CREDENTIAL``. Every POST
carries an ``Idempotency-Key``: a repeated key gets the first answer again, a concurrent one 409
with ``Retry-After``. Times are aware UTC datetimes, amounts are fen (1/100 CNY), bytes are base64.

========  ==================================  ========================  ======================
method    path                                body                      answer
========  ==================================  ========================  ======================
POST      /offers                             OffersRequest             OffersAnswer
POST      /record-portrait                    RecordPortraitRequest     RecordPortraitAnswer
POST      /applications                       ApplicationRequest        ApplicationView
POST      /applications/{id}/payment          PaymentRequest            PaymentView
GET       /payments/{id}?wait_s=N             -                         PaymentView
POST      /payments/{id}/cancel               -                         PaymentView
POST      /applications/{id}/order            OrderRequest              OrderView
POST      /orders/{id}/printing               FencingToken              OrderView
POST      /orders/{id}/outcome                PrintReport               OrderView
POST      /cases                              CaseRequest               CaseView
GET       /cases/{id}?after=VERSION&wait_s=N  -                         CaseView
          (``&session=N`` after a resume)
POST      /cases/{id}/travel                  TravelRequest             CaseView
POST      /cases/{id}/leave                   LeaveRequest              CaseView
POST      /cases/parked                       ParkedRequest             ParkedAnswer
POST      /cases/{id}/resume                  ResumeRequest             ResumeAnswer
POST      /cases/{id}/same-person             SamePersonRequest         SamePersonAnswer
POST      /visits/{visit_id}/end              VisitEnd                  Acknowledged
POST      /heartbeat                          Heartbeat                 HeartbeatAnswer
========  ==================================  ========================  ======================

Any answer with status 4xx or 5xx has the body ``Refusal``.
"""

from base64 import b64encode
from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Base64Bytes, BaseModel, ConfigDict, Field

API_PREFIX = "/api/kiosk/v1"

Identifier = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]
CardNumber = Annotated[str, Field(pattern=r"^C[0-9A-HJ-NP-Z][0-9]{7}$")]
Words = Annotated[str, Field(max_length=500)]
Picture = Annotated[Base64Bytes, Field(max_length=2_000_000)]
Fraction = Annotated[float, Field(ge=0, le=1)]
Session = Annotated[int, Field(ge=1, le=2**31 - 1)]


def picture(data: bytes | None) -> bytes | None:
    """Encode raw bytes for a ``Picture`` field; the message then holds the raw bytes again.

    Building a message checks and decodes base64, whether it comes from the wire or from code.
    """
    return None if data is None else b64encode(data)


class Message(BaseModel):
    """Base of all messages: frozen, and an unknown field is an error.

    Errors do not repeat what was put in: it may be a resident's number or portrait.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Texts(Message):
    """One text in the three languages of the kiosk."""

    zh_hans: Words
    zh_hant: Words
    en: Words


class RefusalCode(StrEnum):
    """Why the server refused; the kiosk decides by this, never by the sentence."""

    BAD_REQUEST = "bad_request"
    NOT_ENROLLED = "not_enrolled"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    IN_PROGRESS = "in_progress"
    NO_RECORD = "no_record"
    NOT_ELIGIBLE = "not_eligible"
    IDENTITY_MISSING = "identity_missing"
    SETTLEMENT_MISSING = "settlement_missing"
    ALREADY_ISSUED = "already_issued"
    STALE_TOKEN = "stale_token"  # noqa: S105 - a code, not a secret
    RATE_LIMITED = "rate_limited"
    SERVER_ERROR = "server_error"


class Refusal(Message):
    """A refused request."""

    code: RefusalCode
    detail: Words = ""


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


class ScoreReport(Message):
    """One comparison as the kiosk's engine measured it.

    ``case`` is the live portrait of a parked case that is taken up again.
    """

    reference: Annotated[str, Field(pattern="^(chip|record|case)$")]
    engine: Identifier
    score: float
    threshold: float
    values: dict[str, float] = Field(default_factory=dict)


class MeasureReport(Message):
    """One quality criterion of the capture that was compared."""

    name: Identifier
    value: float
    unit: Annotated[str, Field(max_length=16)]
    low: float | None
    high: float | None


class EyesReport(Message):
    """Where the eyes are in one portrait as it was sent or released.

    Fractions (x, y) of the picture's width and height; ``left`` is the eye at the picture's left.
    """

    portrait: Annotated[str, Field(pattern="^(live|chip|record)$")]
    left: tuple[Fraction, Fraction]
    right: tuple[Fraction, Fraction]


class ReferencesScore(Message):
    """Chip portrait against the one on record: whether both show one person."""

    score: float
    threshold: float


class LivenessReport(Message):
    """How alive a capture looked. It never decides; what is not ``passed`` is for a person."""

    outcome: Annotated[str, Field(pattern="^(passed|undetermined|alarm)$")]
    why: Annotated[str, Field(max_length=64)] = ""
    moves: Annotated[tuple[Identifier, ...], Field(max_length=8)] = ()
    measures: Annotated[tuple[MeasureReport, ...], Field(max_length=16)] = ()
    model: Annotated[str, Field(max_length=64)] = ""
    model_sha256: Annotated[str, Field(pattern="^([0-9a-f]{64})?$")] = ""


class TryReport(Message):
    """One capture of a visit with everything that was measured; ``frames`` are their numbers.

    ``reason`` names why it did not match and ``figures`` what its sentence needs.
    """

    matched: bool
    cause: Annotated[str, Field(pattern="^(machine|capture|reference|person)$")] | None = None
    reason: Annotated[str, Field(max_length=64)] = ""
    figures: Annotated[dict[Identifier, float], Field(max_length=32)] = Field(default_factory=dict)
    model: Annotated[str, Field(max_length=64)]
    model_sha256: Annotated[str, Field(pattern="^([0-9a-f]{64})?$")]
    scores: Annotated[tuple[ScoreReport, ...], Field(max_length=4)] = ()
    measures: Annotated[tuple[MeasureReport, ...], Field(max_length=32)] = ()
    frames: Annotated[tuple[int, ...], Field(max_length=32)] = ()
    liveness: LivenessReport | None = None


class MatchReport(Message):
    """One whole comparison. The server checks it against its own policy.

    ``between`` is chip against record; it is evidence for a person, never part of the match.
    """

    matched: bool
    tries: int = Field(ge=1, le=9)
    model: Identifier
    model_sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    scores: tuple[ScoreReport, ...]
    measures: tuple[MeasureReport, ...] = ()
    cause: Annotated[str, Field(pattern="^(machine|capture|reference|person)$")] | None = None
    eyes: Annotated[tuple[EyesReport, ...], Field(max_length=3)] = ()
    between: ReferencesScore | None = None
    liveness: LivenessReport | None = None


class AttemptReport(Message):
    """One try before the last: what was measured, and the portrait that was taken."""

    number: int = Field(ge=1, le=9)
    match: MatchReport
    live_portrait: Picture | None = None


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


class CaseReason(StrEnum):
    """Why a person is needed."""

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


class CaseRequest(Message):
    """Put the live session before a person. ``id`` is the kiosk's, so that nothing is doubled.

    ``match`` and ``live_portrait`` are the last try's, ``attempts`` the tries before it.
    """

    id: Identifier
    visit_id: Identifier
    reason: CaseReason
    language: Annotated[str, Field(pattern="^(zh-Hans|zh-Hant|en)$")]
    phase: Identifier
    ticket: Annotated[str, Field(max_length=16)] | None = None
    card_number: CardNumber | None = None
    card_inside: bool = False
    card_kept_until: AwareDatetime | None = None
    offer_code: Identifier | None = None
    application_id: Identifier | None = None
    match: MatchReport | None = None
    tries: Annotated[tuple[TryReport, ...], Field(max_length=9)] = ()
    live_portrait: Picture | None = None
    chip_portrait: Picture | None = None
    attempts: Annotated[tuple[AttemptReport, ...], Field(max_length=8)] = ()
    detail: Words = ""


class DecisionKind(StrEnum):
    """What a person may decide; which ones fit depends on the reason."""

    IDENTITY_ACCEPTED = "identity_accepted"
    RECORD_LINKED = "record_linked"
    ELIGIBILITY_GRANTED = "eligibility_granted"
    NEW_PORTRAIT = "new_portrait"
    TO_COUNTER = "to_counter"
    REFUSED = "refused"


class DecisionView(Message):
    """A decision in force (approved where policy asks for it)."""

    kind: DecisionKind
    words: Texts | None = None
    offer_code: Identifier | None = None


class CaseStage(StrEnum):
    """What staff are doing with the case, for the resident's screen."""

    WAITING = "waiting"
    CLAIMED = "claimed"
    APPROVAL = "approval"
    DECIDED = "decided"
    CLOSED = "closed"


class CaseView(Message):
    """A case as the resident may see it. ``session`` grows each time the case is taken up."""

    id: Identifier
    version: int
    session: Session = 1
    ticket: Annotated[str, Field(max_length=16)]
    stage: CaseStage
    desk: Words = ""
    ahead: int = 0
    expected_wait_s: int = 0
    staff_signed_in: bool
    depart_at: AwareDatetime | None = None
    ground: Identifier | None = None
    card_kept_until: AwareDatetime | None = None
    decision: DecisionView | None = None
    resume_qr: Words = ""


class TravelRequest(Message):
    """When and why the resident travels; ``ground`` is a code of config/server/urgency.toml."""

    depart_at: AwareDatetime | None
    ground: Identifier | None
    session: Session = 1


class LeaveRequest(Message):
    """The resident takes card and ticket and goes; the case waits for them.

    ``withdrawn``: the resident goes on without a person; a case not yet decided is closed.
    """

    card: Annotated[str, Field(pattern="^(out|held|none)$")]
    withdrawn: bool = False
    session: Session = 1


class ParkedRequest(Message):
    """Ask whether a case of this card waits for its resident; needs the chip read."""

    visit_id: Identifier
    card_number: CardNumber
    proof: ChipProof


class ParkedCase(Message):
    """A case that waits for its resident. Its reason stays on the server until it is resumed."""

    id: Identifier
    ticket: Annotated[str, Field(max_length=16)]
    stage: CaseStage


class ParkedAnswer(Message):
    """The case that may be taken up here and now, if there is one."""

    case: ParkedCase | None = None


class ResumeRequest(Message):
    """Take a parked case up in this visit, by the card that was read in it."""

    visit_id: Identifier
    card_number: CardNumber
    proof: ChipProof


class ResumeAnswer(Message):
    """The case as the new session's, and all that the visit goes on from.

    Every later message about the case carries ``case.session``; one with an older number is
    refused as STALE_TOKEN. ``compare_with`` is the case's own live portrait: where it is given
    and an acceptance shall hold, the resident's face is compared with it (``same-person``).
    """

    case: CaseView
    reason: CaseReason
    offer_code: Identifier | None = None
    application: ApplicationView | None = None
    compare_with: Picture | None = None


class SamePersonRequest(Message):
    """The comparison of the resident's face with the case's live portrait (reference ``case``)."""

    visit_id: Identifier
    session: Session
    match: MatchReport


class SamePersonAnswer(Message):
    """Whether the server takes them for the same person; if not, a person must look."""

    same: bool
    case: CaseView


class VisitEnd(Message):
    """How a visit ended and where its card is."""

    outcome: Identifier
    card: Annotated[str, Field(pattern="^(out|held|none)$")]
    application_id: Identifier | None = None
    case_id: Identifier | None = None


class Acknowledged(Message):
    """The server has it."""

    ok: bool = True


class DeviceReport(Message):
    """One device's status."""

    state: Annotated[str, Field(pattern="^(ready|near_end|faulted|disconnected)$")]
    detail: Words = ""


class Heartbeat(Message):
    """A kiosk's sign of life. ``resumes``: it takes up parked cases and prints what they order."""

    phase: Identifier
    version: Annotated[str, Field(max_length=32)]
    devices: dict[Identifier, DeviceReport]
    card_held: bool = False
    resumes: bool = False


class HeartbeatAnswer(Message):
    """What the kiosk must know between visits."""

    server_time: AwareDatetime
    staff_signed_in: bool
    release_held_card: bool = False
