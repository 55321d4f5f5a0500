"""From which case a call, visit or delivery is begun, and what need not be typed again."""

import re
from typing import Any

from django.contrib.auth.models import User

from backend.accounts.services import has_right
from backend.cases.desk_requests import may_read
from backend.cases.models import Case, DeskRequest, Stage
from backend.cases.reasons import StaffReason
from backend.console.desk_form import typed_before
from backend.console.desk_sheet import LENGTHS
from backend.console.words import case_offer_title
from backend.orders.counter import order_of
from backend.orders.models import State

CASE_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
ISSUED = (State.PRINTED, State.AT_COUNTER)


def find_source(case_id: str, user: User) -> Case | None:
    """Return the case that an address names, if what it holds is open to this person.

    Whoever has or had it, may read what was typed, or may open it at the counter.
    """
    if not CASE_ID.fullmatch(case_id):
        return None
    case = Case.objects.select_related("permit__resident", "request").filter(id=case_id).first()
    if case is None:
        return None
    own = case.claimed_by_id == user.pk or may_read(case, user)
    return case if own or _deliverable(case, user) else None


def may_deliver(case: Case, user: User) -> bool:
    """Say whether a delivery may be begun from a case's page: its card is ready, none is under way.

    A matter that was typed in becomes a delivery itself while it is open.
    """
    if not has_right(user, "claim") or not _deliverable(case, user):
        return False
    return not case.went_on_as.filter(reason=StaffReason.CARD_DELIVERY.value).exists()


def known_from(case: Case, user: User, language: str) -> dict[str, Any]:
    """Return what a new case knows from another, by the names of ``DeskInput``.

    What was typed for the call or the visit before comes along for whoever may read it. Moments,
    who goes and how far it is belong to the matter before, not to this one.
    """
    known: dict[str, Any] = {}
    before = case if hasattr(case, "request") else case.came_from
    own = case.claimed_by_id == user.pk
    if before is not None and hasattr(before, "request") and (own or may_read(before, user)):
        known = typed_before(before)
    known |= {"card_number": case.card_number, "offer_code": case.offer_code}
    if case.application is not None:
        known["offer_code"] = case.application.offer_code
    resident = case.permit.resident if case.permit else None
    known["person"] = known.get("person") or (resident.name_zh if resident else "")
    known["recipient"] = known.get("recipient") or known["person"]
    known["topic"] = known.get("topic") or case_offer_title(case, language)[: LENGTHS["topic"]]
    known["language"] = case.language
    known |= {"depart_at": None, "appointment_at": None, "goes_id": None, "words": ""}
    return known | {"status": DeskRequest.Status.OPEN.value}


def _deliverable(case: Case, user: User) -> bool:
    """Say whether the case ended with a card that somebody may have to bring."""
    if case.reason == StaffReason.CARD_DELIVERY or not has_right(user, "decide"):
        return False
    order = order_of(case.application)
    issued = order is not None and order.state in ISSUED
    done = case.stage == Stage.CLOSED and case.reason == StaffReason.ON_SITE_VISIT
    return issued or (done and case.close_outcome != "merged" and case.erased_at is None)
