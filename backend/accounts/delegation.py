"""Lend a role while its holder is away, and end a loan. What may be lent to whom is policy's."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, QuerySet

from backend.accounts.models import Delegation
from backend.accounts.refused import AccountRefused
from backend.accounts.roles import own_roles
from backend.accounts.services import actor, has_right
from backend.audit.kinds import Kind
from backend.audit.services import append
from backend.clock import now
from backend.config import hall
from backend.live.services import bump

BACKDATED_AT_MOST = timedelta(hours=1)
PLANNED_AT_MOST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Loan:
    """Which role goes from whom to whom, from when to when."""

    lender: User
    receiver: User
    role: str
    starts_at: datetime
    ends_at: datetime


def lendable_roles(user: User) -> list[str]:
    """Return the roles that this account may lend."""
    return [role for role in hall().policy.delegation.roles if role in own_roles(user)]


def receivers_for(role: str, lender: User) -> list[User]:
    """Return who may stand in for ``lender`` in ``role``."""
    fitting = hall().policy.delegation.roles.get(role, ())
    people = User.objects.filter(is_active=True, groups__name__in=fitting)
    return list(people.exclude(pk=lender.pk).distinct().order_by("username"))


def lend(loan: Loan, by: User) -> Delegation:
    """Lend a role; the holder may, and who has the right to delegate for others.

    Raises AccountRefused.
    """
    reason = _fault(loan, by)
    if reason:
        raise AccountRefused(reason)
    with transaction.atomic():
        made = Delegation.objects.create(
            lender=loan.lender,
            receiver=loan.receiver,
            role=loan.role,
            starts_at=loan.starts_at,
            ends_at=loan.ends_at,
            made_by=by,
            made_at=now(),
        )
        append(
            Kind.DELEGATION_MADE,
            actor(by),
            actor(loan.receiver),
            delegation=made.pk,
            lender=actor(loan.lender),
            role=loan.role,
            starts_at=loan.starts_at.isoformat(),
            ends_at=loan.ends_at.isoformat(),
        )
        bump()
    return made


def end(delegation_id: int, by: User) -> None:
    """End a loan before its time: either side may, and who may delegate for others.

    Raises AccountRefused.
    """
    with transaction.atomic():
        loan = current().filter(pk=delegation_id).first()
        if loan is None:
            raise AccountRefused("loan_gone")
        if by.pk not in (loan.lender_id, loan.receiver_id) and not has_right(by, "delegate"):
            raise AccountRefused("not_yours")
        Delegation.objects.filter(pk=loan.pk).update(ended_at=now())
        append(
            Kind.DELEGATION_ENDED,
            actor(by),
            f"staff:{loan.receiver_id}",
            delegation=loan.pk,
            role=loan.role,
        )
        bump()


def current() -> QuerySet[Delegation]:
    """Return the loans that run or are to begin, the next to end first."""
    waiting = Delegation.objects.filter(ended_at=None, ends_at__gt=now())
    return waiting.select_related("lender", "receiver").order_by("ends_at")


def of_account(user: User) -> QuerySet[Delegation]:
    """Return the current loans that this account gave or holds."""
    return current().filter(Q(lender=user) | Q(receiver=user))


def _fault(loan: Loan, by: User) -> str:
    if by.pk != loan.lender.pk and not has_right(by, "delegate"):
        return "not_yours"
    return _people_fault(loan, by) or _time_fault(loan)


def _people_fault(loan: Loan, by: User) -> str:
    fitting = hall().policy.delegation.roles.get(loan.role)
    if fitting is None or loan.role not in own_roles(loan.lender) or not loan.lender.is_active:
        return "role_not_lendable"
    if loan.receiver.pk == loan.lender.pk or loan.receiver.pk == by.pk:
        return "not_to_oneself"
    has = own_roles(loan.receiver)
    if not loan.receiver.is_active or not has & set(fitting):
        return "receiver_unfit"
    return "has_role" if loan.role in has else ""


def _time_fault(loan: Loan) -> str:
    moment = now()
    longest = timedelta(days=hall().policy.delegation.longest_days)
    if loan.ends_at <= loan.starts_at or loan.ends_at <= moment:
        return "times_unfit"
    if loan.starts_at < moment - BACKDATED_AT_MOST or loan.starts_at > moment + PLANNED_AT_MOST:
        return "times_unfit"
    return "too_long" if loan.ends_at - loan.starts_at > longest else ""
