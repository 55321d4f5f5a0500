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

STAFF_CODES = tuple(reason.value for reason in StaffReason)


def reason_of(code: str) -> Reason:
    """Return the reason that a case's row names."""
    return StaffReason(code) if code in STAFF_CODES else CaseReason(code)


def is_typed_in(code: str) -> bool:
    """Say whether staff typed the case in, so that no kiosk waits for it."""
    return code in STAFF_CODES
