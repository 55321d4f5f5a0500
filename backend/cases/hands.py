"""Who had a hand in a case, and therefore has no say in a matter that follows from it."""

from django.contrib.auth.models import User
from django.db.models import Q

from backend.cases.models import Case, Decision
from backend.refusal import Refused
from backend_client.contract import DecisionKind, RefusalCode


class OwnLink(Refused):
    """Who linked the record wants to decide on it: a colleague must."""


def has_linked(case: Case, user_id: int) -> bool:
    """Say whether this person linked the record of the case's card in this visit."""
    same = Q(case=case)
    if case.visit_id and case.card_number:
        same |= Q(case__visit_id=case.visit_id, case__card_number=case.card_number)
    return Decision.objects.filter(same, kind=DecisionKind.RECORD_LINKED, by_id=user_id).exists()


def refuse_own_link(case: Case, user: User) -> None:
    """Raise OwnLink where this person linked the record that they are about to confirm."""
    if has_linked(case, user.pk):
        raise OwnLink(RefusalCode.NOT_ELIGIBLE, "who linked the record does not decide on it")
