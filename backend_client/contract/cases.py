"""A session before a person."""

from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field

from backend_client.contract.base import (
    CardNumber,
    Identifier,
    Message,
    Picture,
    Session,
    Texts,
    Words,
)
from backend_client.contract.matching import MatchReport, TryReport


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

    ``match`` and ``live_portrait`` are the last try's, ``tries`` are all of them. How long the
    card is kept comes in seconds, because a kiosk's clock may be wrong; ``card_kept_until`` is what
    kiosks sent before.
    """

    id: Identifier
    visit_id: Identifier
    reason: CaseReason
    language: Annotated[str, Field(pattern="^(zh-Hans|zh-Hant|en)$")]
    phase: Identifier
    ticket: Annotated[str, Field(max_length=16)] | None = None
    card_number: CardNumber | None = None
    card_inside: bool = False
    card_kept_for_s: Annotated[float, Field(ge=0, le=86400, allow_inf_nan=False)] | None = None
    card_kept_until: AwareDatetime | None = None
    offer_code: Identifier | None = None
    application_id: Identifier | None = None
    match: MatchReport | None = None
    tries: Annotated[tuple[TryReport, ...], Field(max_length=9)] = ()
    live_portrait: Picture | None = None
    chip_portrait: Picture | None = None
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
    """When and why the resident travels; ``ground`` is a code of config/server/urgency.toml.

    ``depart_in_days``: the day of ``depart_at`` as the resident chose it, 0 for today. The server
    goes by it where the kiosk's clock has another day.
    """

    depart_at: AwareDatetime | None
    depart_in_days: Annotated[int, Field(ge=0, le=366)] | None = None
    ground: Identifier | None
    session: Session = 1


class LeaveRequest(Message):
    """The resident takes card and ticket and goes; the case waits for them.

    ``withdrawn``: the resident goes on without a person; a case not yet decided is closed.
    """

    card: Annotated[str, Field(pattern="^(out|held|none)$")]
    withdrawn: bool = False
    session: Session = 1
