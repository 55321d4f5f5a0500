"""A duty leader lets a decision take effect without the words it still lacks, and says why.

The reason lies with the case and is erased with it; its hash is in the chain. Another person
reviews it within policy's time.
"""

from django.contrib.auth.models import User
from django.db import transaction

from backend.accounts.services import actor, has_right
from backend.approvals.models import GlassBreak, Review
from backend.approvals.second_look import ask
from backend.approvals.services import find_decision
from backend.audit.kinds import Kind
from backend.audit.services import append, text_hash
from backend.cases.decisions import put_in_force
from backend.cases.hands import has_linked
from backend.cases.models import Decision
from backend.clock import now
from backend.config import hall
from backend.live.services import bump
from backend.refusal import Refused
from backend_client.contract import RefusalCode

REASON_MIN = 8
REASON_MAX = 1000


def may_break(decision: Decision, user: User) -> str:
    """Return why this person may not break the glass; empty when they may."""
    if not has_right(user, "break_glass"):
        return "only the duty leader may break the glass"
    if decision.state != Decision.State.PROPOSED:
        return "this decision waits for no approval"
    if has_linked(decision.case, user.pk):
        return "who linked the record does not let a decision on it take effect"
    return ""


def break_glass(decision_id: int, user: User, reason: str) -> Decision:
    """Put a proposed decision in force without the approvals it lacks.

    Raises Refused NOT_FOUND, NOT_ELIGIBLE, BAD_REQUEST (a reason of 8 to 1000 characters).
    """
    reason = reason.strip()
    if not REASON_MIN <= len(reason) <= REASON_MAX:
        raise Refused(RefusalCode.BAD_REQUEST, "a reason of 8 to 1000 characters is needed")
    with transaction.atomic():
        decision = find_decision(decision_id)
        why_not = may_break(decision, user)
        if why_not:
            raise Refused(RefusalCode.NOT_ELIGIBLE, why_not)
        GlassBreak.objects.create(decision=decision, by=user, reason=reason, at=now())
        append(
            Kind.GLASS_BROKEN,
            actor(user),
            f"case:{decision.case_id}",
            decision=decision.pk,
            reason=text_hash(reason),
            given=decision.approvals.filter(granted=True).count(),
            needed=decision.approvals_needed,
        )
        ask(decision, Review.Cause.GLASS, hall().policy.break_glass.review_within_h)
        put_in_force(decision)
        bump()
    return decision
