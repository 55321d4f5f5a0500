"""What decisions in force have opened: offers, and identity for a card in a visit."""

from backend.cases.models import Case, Decision
from backend.clock import now
from backend.resume.fencing import holds_for_session
from backend_client.contract import DecisionKind


def granted_offers(card_number: str, case_id: str | None) -> frozenset[str]:
    """Return the offers that a decision in force on this case opened for this card."""
    if case_id is None:
        return frozenset()
    codes = Decision.objects.filter(
        case_id=case_id,
        case__card_number=card_number,
        state=Decision.State.IN_FORCE,
        kind=DecisionKind.ELIGIBILITY_GRANTED.value,
        expires_at__gt=now(),
    ).values_list("offer_code", flat=True)
    return frozenset(codes)


def identity_accepted(case: Case, card_number: str, visit_id: str) -> bool:
    """Say whether a person accepted the identity for this card in this visit, still in force."""
    if case.card_number != card_number or case.visit_id != visit_id:
        return False
    accepted = case.decisions.filter(
        state=Decision.State.IN_FORCE,
        kind=DecisionKind.IDENTITY_ACCEPTED.value,
        expires_at__gt=now(),
    ).first()
    return accepted is not None and holds_for_session(case, accepted.made_at)


def is_sent_to_counter(case: Case) -> bool:
    """Say whether a decision in force sent the case to the counter."""
    return case.decisions.filter(
        state=Decision.State.IN_FORCE, kind=DecisionKind.TO_COUNTER.value
    ).exists()
