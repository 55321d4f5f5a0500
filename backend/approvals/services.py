"""Ask for other people's words on a decision, and give one's own."""

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet

from backend.accounts.roles import lent_roles, own_roles
from backend.accounts.services import actor, has_right
from backend.approvals.models import Approval
from backend.approvals.policy import Need
from backend.approvals.words import Roles, adds, places_filled
from backend.audit.kinds import Kind
from backend.audit.services import append, text_hash
from backend.cases.decisions import move, put_in_force
from backend.cases.hands import has_linked
from backend.cases.models import Decision, Stage
from backend.clock import ahead, now
from backend.config import hall
from backend.live.services import bump
from backend.refusal import Refused
from backend_client.contract import RefusalCode


def asked_of(user: User) -> QuerySet[Decision]:
    """Return the decisions that wait for this person's word, the most pressing case first."""
    if not has_right(user, "approve"):
        return Decision.objects.none()
    waiting = Decision.objects.filter(state=Decision.State.PROPOSED).exclude(by=user)
    asked = [
        decision.pk
        for decision in waiting.select_related("case").prefetch_related("requirements", "approvals")
        if not may_approve(decision, user)
    ]
    return (
        Decision.objects.filter(pk__in=asked)
        .select_related("case", "case__kiosk", "by")
        .order_by("case__decide_by", "made_at")
    )


def needs(decision: Decision) -> tuple[Need, ...]:
    """Return the words that a decision was asked to have when it was made."""
    return tuple(
        Need(row.count, tuple(row.roles), row.rule)
        for row in sorted(decision.requirements.all(), key=lambda row: row.pk)
    )


def speaking_roles(decision: Decision, user: User) -> Roles:
    """Return the roles in which this person may speak on the decision.

    A role that the decider has lent them is not among them: it would be the decider's own word.
    """
    return own_roles(user) | lent_roles(user, but_not_from=decision.by_id)


def may_approve(decision: Decision, user: User) -> str:
    """Return why this person may not give a word on the decision; empty when they may."""
    if decision.by_id == user.pk:
        return "who decides does not approve"
    if decision.state != Decision.State.PROPOSED:
        return "this decision waits for no approval"
    given = list(decision.approvals.all())
    if any(word.by_id == user.pk for word in given):
        return "this person has given their word already"
    roles = speaking_roles(decision, user)
    if not has_right(user, "approve") or not _fits(decision, given, roles):
        return "this account's role may not approve this decision"
    if has_linked(decision.case, user.pk):
        return "who linked the record does not approve a decision on it"
    return ""


def answer(decision_id: int, user: User, *, granted: bool, note: str = "") -> Decision:
    """Give one's word. The last one needed puts the decision in force; a denial rejects it.

    After a denial the case is the decider's again. Raises Refused NOT_FOUND, NOT_ELIGIBLE.
    """
    with transaction.atomic():
        decision = find_decision(decision_id)
        why_not = may_approve(decision, user)
        if why_not:
            raise Refused(RefusalCode.NOT_ELIGIBLE, why_not)
        roles = speaking_roles(decision, user)
        Approval.objects.create(
            decision=decision,
            by=user,
            granted=granted,
            roles=sorted(roles),
            note=note[:1000],
            at=now(),
        )
        append(
            Kind.DECISION_APPROVED if granted else Kind.DECISION_DENIED,
            actor(user),
            f"case:{decision.case_id}",
            decision=decision.id,
            note=text_hash(note) if note else "",
            lent=",".join(sorted(roles - own_roles(user))),
        )
        _settle(decision, granted)
        bump()
    return decision


def find_decision(decision_id: int) -> Decision:
    """Return a decision, locked until the transaction ends. Raises Refused NOT_FOUND."""
    decision = (
        Decision.objects.select_for_update(of=("self",))
        .select_related("case", "by")
        .filter(id=decision_id)
        .first()
    )
    if decision is None:
        raise Refused(RefusalCode.NOT_FOUND, "no such decision")
    return decision


def open_needs(decision: Decision) -> list[Need]:
    """Return the needs that the words given so far leave open, for the page to name."""
    words = _spoken(decision.approvals.all())
    return [need for need in needs(decision) if _lacks(need, decision, words)]


def _lacks(need: Need, decision: Decision, words: list[Roles]) -> bool:
    """Say whether somebody of this need's roles could still add a word."""
    places = _places(needs(decision))
    return any(adds(places, words, frozenset({role})) for role in need.roles)


def _fits(decision: Decision, given: Iterable[Approval], roles: Roles) -> bool:
    return adds(_places(needs(decision)), _spoken(given), roles)


def _spoken(given: Iterable[Approval]) -> list[Roles]:
    return [frozenset(word.roles) for word in given if word.granted]


def _places(wanted: Iterable[Need]) -> list[Roles]:
    return [frozenset(need.roles) for need in wanted for _ in range(need.count)]


def _settle(decision: Decision, granted: bool) -> None:
    case = decision.case
    if granted:
        places = _places(needs(decision))
        if places_filled(places, _spoken(decision.approvals.all())) == len(places):
            put_in_force(decision)
        return
    decision.state = Decision.State.REJECTED
    decision.save(update_fields=["state"])
    case.claim_until = ahead(hall().timers.claim_lease_s)
    case.save(update_fields=["claim_until"])
    move(case, Stage.CLAIMED)
