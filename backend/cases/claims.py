"""Claim, renew, release, hand over, take over: a lease that runs out and comes back."""

from typing import Any

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import Q, QuerySet

from backend.accounts.presence import is_at_desk
from backend.accounts.services import actor, has_right
from backend.audit.kinds import Kind
from backend.audit.services import append
from backend.cases.models import Case, Stage
from backend.clock import ahead, now
from backend.config import hall
from backend.live.services import bump
from backend.refusal import Refused
from backend_client.contract import RefusalCode


def claim(case_id: str, user: User) -> None:
    """Take a waiting case; exactly one of several who try at once gets it.

    Claiming one's own case again renews it. Raises Refused: CONFLICT when somebody else has it
    or it waits no longer, NOT_FOUND, NOT_ELIGIBLE without the right.
    """
    require(user, "claim")
    _refuse_if_taken(case_id, user)
    # Fifty hands for one case: the first waits for the writers, the rest for nobody.
    if _claiming.setdefault(case_id, user.pk) != user.pk:
        raise Refused(RefusalCode.CONFLICT, "somebody else is claiming this case")
    try:
        _claim(case_id, user)
    finally:
        _claiming.pop(case_id, None)


_claiming: dict[str, int] = {}
"""Who of this process is about to have a case; what decides is the statement that claims."""


class Taken(Refused):
    """Somebody else has the case: ``holder``, as colleagues know the account."""

    def __init__(self, holder: str) -> None:
        super().__init__(RefusalCode.CONFLICT, "somebody else has this case")
        self.holder = holder


def _refuse_if_taken(case_id: str, user: User) -> None:
    """Raise Taken when somebody else has it for sure: one read, so that who is late waits not."""
    moment = connection.ops.adapt_datetimefield_value(now())
    with connection.cursor() as cursor:
        cursor.execute(_OTHER_HOLDER, [case_id, user.pk, moment])
        found = cursor.fetchone()
    if found is not None:
        first, last, name = found
        raise Taken(f"{first} {last}".strip() or name)


# Written out: of fifty who reach for a case forty-nine ask this, all in the same moment.
_OTHER_HOLDER = """
SELECT u.first_name, u.last_name, u.username FROM cases_case c JOIN auth_user u
ON u.id = c.claimed_by_id AND c.stage = 'claimed'
WHERE c.id = %s AND u.id <> %s AND c.claim_until >= %s
"""


def _claim(case_id: str, user: User) -> None:
    with transaction.atomic():
        kept = _take(case_id, user) or renew(case_id, user)
    # Refused only now: at a rollback a connection to PostgreSQL forgets all that it has planned.
    if not kept:
        _refuse_if_taken(case_id, user)
        if not Case.objects.filter(id=case_id).exists():
            raise Refused(RefusalCode.NOT_FOUND, "no such case")
        raise Refused(RefusalCode.CONFLICT, "it waits no longer")


def _take(case_id: str, user: User) -> bool:
    """Claim what nobody has; in a transaction, which lets one in at a time."""
    moment = now()
    free = Q(stage=Stage.WAITING) | Q(stage=Stage.CLAIMED, claim_until__lt=moment)
    own = Q(stage=Stage.CLAIMED, claimed_by=user)
    case = Case.objects.filter(free, id=case_id).exclude(own)
    level = case.values_list("level", flat=True).first()
    if level is None:
        return False
    case.update(
        stage=Stage.CLAIMED,
        claimed_by=user,
        claimed_at=moment,
        claim_until=ahead(hall().timers.claim_lease_s),
        handed_by=None,
        version=bump(),
    )
    append(Kind.CASE_CLAIMED, actor(user), f"case:{case_id}", level=level)
    return True


def renew(case_id: str, user: User) -> bool:
    """Keep a claim for another lease; False when it is no longer this person's."""
    return bool(
        Case.objects.filter(id=case_id, stage=Stage.CLAIMED, claimed_by=user).update(
            claim_until=ahead(hall().timers.claim_lease_s), handed_by=None
        )
    )


def hand_over(case_id: str, user: User, colleague: User) -> Case:
    """Give one's claimed case to a colleague who is at a desk; it comes back if they do not look.

    Raises Refused: NOT_FOUND, CONFLICT when it is not this person's or the colleague is not
    there, NOT_ELIGIBLE when the colleague may not claim.
    """
    require(colleague, "claim")
    if colleague.pk == user.pk or not is_at_desk(colleague):
        raise Refused(RefusalCode.CONFLICT, "this colleague is not at a desk now")
    with transaction.atomic():
        case = find(case_id)
        own = Case.objects.filter(id=case_id, stage=Stage.CLAIMED, claimed_by=user)
        if not _move_claim(own, colleague, handed_by=user):
            raise Refused(RefusalCode.CONFLICT, "this case is not yours to hand over")
        append(Kind.CASE_HANDED_OVER, actor(user), f"case:{case_id}", to=actor(colleague))
        case.refresh_from_db()
    return case


def take_over(case_id: str, user: User) -> Case:
    """Take a claimed case from whoever has it; the duty leader's right.

    Raises Refused: NOT_FOUND, NOT_ELIGIBLE, CONFLICT when nobody else has claimed it.
    """
    require(user, "take_over")
    with transaction.atomic():
        case = find(case_id)
        holder = case.claimed_by
        others = Case.objects.filter(id=case_id, stage=Stage.CLAIMED).exclude(claimed_by=user)
        if holder is None or not _move_claim(others.filter(claimed_by=holder), user):
            raise Refused(RefusalCode.CONFLICT, "nobody else has this case")
        append(Kind.CASE_TAKEN_OVER, actor(user), f"case:{case_id}", taken_from=actor(holder))
        case.refresh_from_db()
    return case


def _move_claim(cases: QuerySet[Case], user: User, **fields: Any) -> int:
    changes = {"handed_by": None, **fields}
    return cases.update(
        claimed_by=user,
        claimed_at=now(),
        claim_until=ahead(hall().timers.claim_lease_s),
        version=bump(),
        **changes,
    )


def release(case_id: str, user: User) -> bool:
    """Give a claimed case back to the queue; False when it was not this person's."""
    with transaction.atomic():
        own = Case.objects.filter(id=case_id, stage=Stage.CLAIMED, claimed_by=user)
        given = give_back(own)
        if given:
            append(Kind.CASE_RELEASED, actor(user), f"case:{case_id}")
    return bool(given)


def release_all(user: User) -> int:
    """Give back all that this person has claimed, because they sign out; return how many."""
    own = Case.objects.filter(stage=Stage.CLAIMED, claimed_by=user).values_list("id", flat=True)
    return sum(release(case_id, user) for case_id in list(own))


def give_back_run_out() -> int:
    """Give back every claim whose lease ran out; return how many."""
    given = 0
    with transaction.atomic():
        late = Case.objects.filter(stage=Stage.CLAIMED, claim_until__lt=now())
        for case_id, holder in list(late.values_list("id", "claimed_by_id")):
            # Renewed since it was listed, it stays.
            if give_back(late.filter(id=case_id, claimed_by_id=holder)):
                append(Kind.CASE_CLAIM_RAN_OUT, f"staff:{holder}", f"case:{case_id}")
                given += 1
    return given


def give_back(cases: QuerySet[Case]) -> int:
    """Let cases wait again for whoever takes them; return how many. Inside a transaction."""
    return cases.update(
        stage=Stage.WAITING,
        claimed_by=None,
        claim_until=None,
        handed_by=None,
        waiting_since=now(),
        version=bump(),
    )


def find(case_id: str) -> Case:
    """Return a case. Raises Refused NOT_FOUND."""
    case = (
        Case.objects.select_related("kiosk", "claimed_by", "application", "request")
        .filter(id=case_id)
        .first()
    )
    if case is None:
        raise Refused(RefusalCode.NOT_FOUND, "no such case")
    return case


def require(user: User, right: str) -> None:
    """Raise Refused NOT_ELIGIBLE unless the account has the right."""
    if not has_right(user, right):  # type: ignore[arg-type]  # callers pass literals
        raise Refused(RefusalCode.NOT_ELIGIBLE, f"this account lacks the right: {right}")
