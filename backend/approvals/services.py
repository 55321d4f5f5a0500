"""Approve or deny: another person's word on a decision."""

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet

from backend.accounts.services import actor, has_right, roles_of
from backend.approvals.models import Approval
from backend.audit.kinds import Kind
from backend.audit.services import append, text_hash
from backend.cases.decisions import move, put_in_force
from backend.cases.models import Decision, Stage
from backend.clock import ahead, now
from backend.config import hall
from backend.live.services import bump
from backend.refusal import Refused
from backend_client.contract import DecisionKind, RefusalCode


def asked_of(user: User) -> QuerySet[Decision]:
    """Return the decisions that wait for this person's word, the most pressing case first."""
    if not has_right(user, "approve"):
        return Decision.objects.none()
    roles = roles_of(user)
    kinds = [
        kind.value for kind, policy in hall().policy.approvals.items() if roles & set(policy.roles)
    ]
    return (
        Decision.objects.filter(state=Decision.State.PROPOSED, kind__in=kinds)
        .exclude(by=user)
        .exclude(approvals__by=user)
        .select_related("case", "case__kiosk", "by")
        .order_by("case__decide_by", "made_at")
    )


def may_approve(decision: Decision, user: User) -> str:
    """Return why this person may not give a word on the decision; empty when they may."""
    policy = hall().policy.approvals[DecisionKind(decision.kind)]
    if decision.by_id == user.pk:
        return "who decides does not approve"
    if not has_right(user, "approve") or not roles_of(user) & set(policy.roles):
        return "this account's role may not approve this decision"
    if decision.state != Decision.State.PROPOSED:
        return "this decision waits for no approval"
    if decision.approvals.filter(by=user).exists():
        return "this person has given their word already"
    return ""


def answer(decision_id: int, user: User, *, granted: bool, note: str = "") -> Decision:
    """Give one's word. The last one needed puts the decision in force; a denial rejects it.

    After a denial the case is the decider's again. Raises Refused NOT_FOUND, NOT_ELIGIBLE.
    """
    with transaction.atomic():
        decision = (
            Decision.objects.select_for_update(of=("self",))
            .select_related("case", "by")
            .filter(id=decision_id)
            .first()
        )
        if decision is None:
            raise Refused(RefusalCode.NOT_FOUND, "no such decision")
        why_not = may_approve(decision, user)
        if why_not:
            raise Refused(RefusalCode.NOT_ELIGIBLE, why_not)
        Approval.objects.create(
            decision=decision, by=user, granted=granted, note=note[:1000], at=now()
        )
        append(
            Kind.DECISION_APPROVED if granted else Kind.DECISION_DENIED,
            actor(user),
            f"case:{decision.case_id}",
            decision=decision.id,
            note=text_hash(note) if note else "",
        )
        _settle(decision, granted)
        bump()
    return decision


def _settle(decision: Decision, granted: bool) -> None:
    case = decision.case
    if granted:
        if decision.approvals.filter(granted=True).count() >= decision.approvals_needed:
            put_in_force(decision)
        return
    decision.state = Decision.State.REJECTED
    decision.save(update_fields=["state"])
    case.claim_until = ahead(hall().timers.claim_lease_s)
    case.save(update_fields=["claim_until"])
    move(case, Stage.CLAIMED)
