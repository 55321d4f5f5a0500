"""Who had a hand in a case, and therefore has no say in a matter that follows from it."""

from django.db.models import Q

from backend.cases.models import Case, Decision
from backend_client.contract import DecisionKind


def has_linked(case: Case, user_id: int) -> bool:
    """Say whether this person linked the record of the case's card in this visit."""
    same = Q(case=case)
    if case.visit_id and case.card_number:
        same |= Q(case__visit_id=case.visit_id, case__card_number=case.card_number)
    return Decision.objects.filter(same, kind=DecisionKind.RECORD_LINKED, by_id=user_id).exists()
