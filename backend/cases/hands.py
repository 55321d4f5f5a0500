"""Who had a hand in a case, and therefore has no say in a matter that follows from it."""

from django.contrib.auth.models import User
from django.db.models import Q

from backend.cases.models import Case, Decision
from backend.orders.progress import printed_since
from backend.refusal import Refused
from backend_client.contract import DecisionKind, RefusalCode


class OwnLink(Refused):
    """Who linked the record wants to decide on it: a colleague must."""


def has_linked(case: Case, user_id: int) -> bool:
    """Say whether this person linked the record of the case's card, and nobody answered since.

    In this case or visit any link counts, even one that was taken back. One that holds counts in
    every case of the card, because a case that is taken up again is another visit's; until a print
    began, for which somebody else has answered.
    """
    same = Q(case=case)
    if case.card_number:
        holds = Q(state=Decision.State.IN_FORCE)
        if case.visit_id:
            holds |= Q(case__visit_id=case.visit_id)
        same |= holds & Q(case__card_number=case.card_number)
    mine = Decision.objects.filter(same, kind=DecisionKind.RECORD_LINKED, by_id=user_id)
    return any(
        link.case_id == case.pk
        or (case.visit_id and link.case.visit_id == case.visit_id)
        or (link.in_force_at and not printed_since(case.card_number, link.in_force_at))
        for link in mine.select_related("case")
    )


def refuse_own_link(case: Case, user: User) -> None:
    """Raise OwnLink where this person linked the record that they are about to confirm."""
    if has_linked(case, user.pk):
        raise OwnLink(RefusalCode.NOT_ELIGIBLE, "who linked the record does not decide on it")
