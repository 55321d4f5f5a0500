"""How far an issue order has come, for rooms that must not go past it."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Q

from backend.orders.models import IssueOrder, State

if TYPE_CHECKING:
    from backend.cases.models import Case

BEGUN = (State.PRINTING, State.PRINTED, State.UNKNOWN, State.FAILED, State.AT_COUNTER)


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
