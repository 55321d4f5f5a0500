"""Which roles an account has: its own, and those lent to it while their holder is away."""

from collections.abc import Collection

from django.contrib.auth.models import User
from django.db import connection
from django.db.models import F, Q, QuerySet

from backend.accounts.models import Delegation
from backend.accounts.standing import standing_of
from backend.clock import now


def own_roles(user: User) -> frozenset[str]:
    """Return the roles that the account itself has."""
    return frozenset(user.groups.values_list("name", flat=True))


def lent_roles(user: User, but_not_from: int | None = None) -> frozenset[str]:
    """Return the roles lent to this account now, except by the account ``but_not_from``."""
    loans = _loans(user)
    if but_not_from is not None:
        loans = loans.exclude(lender_id=but_not_from)
    return frozenset(loans.values_list("role", flat=True))


def all_roles(user: User) -> frozenset[str]:
    """Return own and lent roles, in one query; as the request began, for the account of one."""
    standing = standing_of(user)
    if standing is not None:
        return standing.roles
    moment = connection.ops.adapt_datetimefield_value(now())
    with connection.cursor() as cursor:
        cursor.execute(ALL_ROLES, [user.pk, moment, moment, user.pk])
        return frozenset(role for (role,) in cursor.fetchall())


# What ``_in_force()`` says of a loan ``d``. Written out, because every request asks and putting the
# statement together would cost more than all else that it takes to know who asks.
LOAN = """
JOIN auth_user lender ON lender.id = d.lender_id AND lender.is_active
JOIN auth_user_groups has ON has.user_id = lender.id
JOIN auth_group lent ON lent.id = has.group_id AND lent.name = d.role
AND d.starts_at <= %s AND d.ends_at > %s AND d.ended_at IS NULL
"""
ALL_ROLES = f"""
SELECT g.name FROM auth_group g JOIN auth_user_groups m ON m.group_id = g.id WHERE m.user_id = %s
UNION
SELECT d.role FROM accounts_delegation d {LOAN} WHERE d.receiver_id = %s
"""  # noqa: S608  # made of a statement of ours


def standing_in(roles: Collection[str]) -> Q:
    """Return the condition on accounts that hold one of ``roles`` on loan now."""
    held = _in_force().filter(role__in=roles)
    return Q(pk__in=held.values("receiver_id"))


def _loans(user: User) -> QuerySet[Delegation]:
    return _in_force().filter(receiver_id=user.pk)


def _in_force() -> QuerySet[Delegation]:
    """Return what is lent now. It counts only while its lender is active and has the role."""
    moment = now()
    return Delegation.objects.filter(
        starts_at__lte=moment,
        ends_at__gt=moment,
        ended_at=None,
        lender__is_active=True,
        lender__groups__name=F("role"),
    )
