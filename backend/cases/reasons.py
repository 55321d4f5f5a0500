"""Why a case is before a person: what a kiosk reports, and what staff type in. No tables."""

from enum import StrEnum

from backend_client.contract import CaseReason


class StaffReason(StrEnum):
    """What staff put into the queue themselves."""

    GUIDE_DESK_CALL = "guide_desk_call"
    ON_SITE_VISIT = "on_site_visit"
    CARD_DELIVERY = "card_delivery"


Reason = CaseReason | StaffReason

TURNS: dict[StaffReason, tuple[StaffReason, ...]] = {
    StaffReason.GUIDE_DESK_CALL: (StaffReason.ON_SITE_VISIT, StaffReason.CARD_DELIVERY),
    StaffReason.ON_SITE_VISIT: (StaffReason.CARD_DELIVERY,),
    StaffReason.CARD_DELIVERY: (),
}
"""What a matter may become without being typed again."""

BEFORE_THE_PRINT = frozenset(
    {
        *("attract", "insert_card", "read_card", "bad_card", "offers", "notice", "portrait"),
        *("compare", "confirm", "pay", "escalated", "leaving"),
    }
)
WITH_THE_PRINT = BEFORE_THE_PRINT | {"issue"}
ANSWERED_BY_ISSUE: dict[CaseReason, frozenset[str]] = {
    CaseReason.PORTRAIT_NOT_MATCHED: WITH_THE_PRINT,
    CaseReason.LIVENESS_ALARM: WITH_THE_PRINT,
    CaseReason.PORTRAITS_DISAGREE: WITH_THE_PRINT,
    CaseReason.NO_REFERENCE: WITH_THE_PRINT,
    CaseReason.FACE_CHECK_DECLINED: WITH_THE_PRINT,
    CaseReason.NO_RECORD: WITH_THE_PRINT,
    CaseReason.CHIP_UNREADABLE: WITH_THE_PRINT,
    CaseReason.CHIP_CHECK_FAILED: WITH_THE_PRINT,
    CaseReason.INELIGIBLE_DISPUTED: WITH_THE_PRINT,
    CaseReason.DEVICE_FAULT: WITH_THE_PRINT,
    CaseReason.PAID_NOT_ISSUED: WITH_THE_PRINT,
    CaseReason.PRINT_UNKNOWN: WITH_THE_PRINT,
    CaseReason.PERSON_ASKED: BEFORE_THE_PRINT,
}
"""Which questions the issued endorsement answers, by the step in which they were opened.

Who asks for a person while it prints, or with the card already done, asks for something else. A
reason or a step that is not here stays before a person.
"""

STAFF_CODES = tuple(reason.value for reason in StaffReason)


def reason_of(code: str) -> Reason:
    """Return the reason that a case's row names."""
    return StaffReason(code) if code in STAFF_CODES else CaseReason(code)


def is_answered_by_issue(code: str, phase: str) -> bool:
    """Say whether the endorsement's issue answers what was asked in this step."""
    reason = reason_of(code)
    return isinstance(reason, CaseReason) and phase in ANSWERED_BY_ISSUE.get(reason, ())


def is_typed_in(code: str) -> bool:
    """Say whether staff typed the case in, so that no kiosk waits for it."""
    return code in STAFF_CODES
