"""How far an issue order has come, for rooms that must not go past it."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Q

from backend.applications.models import Application
from backend.orders.models import IssueOrder, State

if TYPE_CHECKING:
    from backend.cases.models import Case

BEGUN = (State.PRINTING, State.PRINTED, State.UNKNOWN, State.FAILED, State.AT_COUNTER)
ISSUED = (State.PRINTED, State.AT_COUNTER)


def printing_has_begun(case: "Case") -> bool:
    """Say whether the order that rests on this case, or belongs to it, is past undoing."""
    orders = IssueOrder.objects.filter(state__in=BEGUN)
    if orders.filter(application__identity_case_id=case.id).exists():
        return True
    return (
        case.application_id is not None
        and orders.filter(application_id=case.application_id).exists()
    )


def printed_since(card_number: str, moment: datetime) -> bool:
    """Say whether a card's order is past undoing that was made, or identified for, since then."""
    rests = Q(created_at__gte=moment) | Q(application__identified_at__gte=moment)
    return IssueOrder.objects.filter(rests, card_number=card_number, state__in=BEGUN).exists()


def is_paid_unissued(application: Application | None) -> bool:
    """Say whether a fee was taken for which no endorsement was given yet."""
    if application is None:
        return False
    # Read anew: a case's row may have been fetched before the payment came in.
    paid = Application.objects.filter(
        id=application.id, settled_at__isnull=False, fee_fen__gt=0
    ).exists()
    issued = IssueOrder.objects.filter(application=application, state__in=ISSUED)
    return paid and not issued.exists()
