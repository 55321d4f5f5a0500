"""Claim, renew and release: a lease that runs out and comes back."""

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q

from backend.accounts.services import actor, has_right
from backend.audit.kinds import Kind
from backend.audit.services import append
from backend.cases.models import Case, Stage
from backend.clock import ahead, now
from backend.config import hall
from backend.live.services import bump
from backend.refusal import Refused
from backend_client.contract import RefusalCode


def claim(case_id: str, user: User) -> Case:
    """Take a waiting case; exactly one of several who try at once gets it.

    Claiming one's own case again renews it. Raises Refused: CONFLICT when somebody else has it
    or it waits no longer, NOT_FOUND, NOT_ELIGIBLE without the right.
    """
    require(user, "claim")
    if _is_taken(case_id, user):
        raise Refused(RefusalCode.CONFLICT, "somebody else has this case")
    with transaction.atomic():
        moment = now()
        free = Q(stage=Stage.WAITING) | Q(stage=Stage.CLAIMED, claim_until__lt=moment)
        own = Q(stage=Stage.CLAIMED, claimed_by=user)
        taken = (
            Case.objects.filter(free, id=case_id)
            .exclude(own)
            .update(
                stage=Stage.CLAIMED,
                claimed_by=user,
                claimed_at=moment,
                claim_until=ahead(hall().timers.claim_lease_s),
                version=bump(),
            )
        )
        case = find(case_id)
        if taken:
            append(Kind.CASE_CLAIMED, actor(user), f"case:{case.id}", level=case.level)
        elif not renew(case_id, user):
            raise Refused(RefusalCode.CONFLICT, "somebody else has this case, or it is decided")
        else:
            case.refresh_from_db()
    return case


def _is_taken(case_id: str, user: User) -> bool:
    """Say whether somebody else has it for sure, so that whoever is late waits for no lock."""
    others = Case.objects.filter(stage=Stage.CLAIMED, claim_until__gte=now())
    return others.filter(id=case_id).exclude(claimed_by=user).exists()


def renew(case_id: str, user: User) -> bool:
    """Keep a claim for another lease; False when it is no longer this person's."""
    return bool(
        Case.objects.filter(id=case_id, stage=Stage.CLAIMED, claimed_by=user).update(
            claim_until=ahead(hall().timers.claim_lease_s)
        )
    )


def release(case_id: str, user: User) -> bool:
    """Give a claimed case back to the queue; False when it was not this person's."""
    with transaction.atomic():
        given = Case.objects.filter(id=case_id, stage=Stage.CLAIMED, claimed_by=user).update(
            stage=Stage.WAITING, claimed_by=None, claim_until=None, version=bump()
        )
        if given:
            append(Kind.CASE_RELEASED, actor(user), f"case:{case_id}")
    return bool(given)


def give_back_run_out() -> int:
    """Give back every claim whose lease ran out; return how many."""
    with transaction.atomic():
        late = list(Case.objects.filter(stage=Stage.CLAIMED, claim_until__lt=now()))
        for case in late:
            who = f"staff:{case.claimed_by_id}"
            case.stage = Stage.WAITING
            case.claimed_by = None
            case.claim_until = None
            case.version = bump()
            case.save(update_fields=["stage", "claimed_by", "claim_until", "version"])
            append(Kind.CASE_CLAIM_RAN_OUT, who, f"case:{case.id}")
    return len(late)


def find(case_id: str) -> Case:
    """Return a case. Raises Refused NOT_FOUND."""
    case = (
        Case.objects.select_related("kiosk", "claimed_by", "application").filter(id=case_id).first()
    )
    if case is None:
        raise Refused(RefusalCode.NOT_FOUND, "no such case")
    return case


def require(user: User, right: str) -> None:
    """Raise Refused NOT_ELIGIBLE unless the account has the right."""
    if not has_right(user, right):  # type: ignore[arg-type]  # callers pass literals
        raise Refused(RefusalCode.NOT_ELIGIBLE, f"this account lacks the right: {right}")
