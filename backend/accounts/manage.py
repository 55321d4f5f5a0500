"""What an administrator does to accounts, and what people do to their own; each in the audit."""

import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass

from django.contrib.auth.models import Group, User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from backend.accounts.lockout import forget_failures
from backend.accounts.models import Presence, StaffProfile
from backend.accounts.refused import AccountRefused
from backend.accounts.roles import own_roles
from backend.accounts.services import NewAccount, actor, create_account
from backend.audit.kinds import Kind
from backend.audit.services import append
from backend.config import hall
from backend.live.services import bump

USERNAME = re.compile(r"[A-Za-z0-9_-]{2,32}")
NAME_MAX = 60


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """What an administrator says about an account."""

    display_name: str
    roles: tuple[str, ...]
    desk: str = ""


def create(username: str, facts: AccountFacts, by: User) -> tuple[User, str]:
    """Create an account; return it with a password that its owner must change at once.

    Raises AccountRefused.
    """
    if not USERNAME.fullmatch(username):
        raise AccountRefused("username_unfit")
    _check(facts)
    with transaction.atomic():
        if User.objects.filter(username__iexact=username).exists():
            raise AccountRefused("username_taken")
        password = _make_password()
        user = create_account(
            NewAccount(username, password, facts.display_name, facts.roles, facts.desk)
        )
        StaffProfile.objects.filter(user=user).update(must_change_password=True)
        roles = ",".join(sorted(facts.roles))
        append(Kind.ACCOUNT_CREATED, actor(by), actor(user), roles=roles)
    return user, password


def change(user: User, facts: AccountFacts, by: User) -> None:
    """Set name, roles and desk; nobody changes their own roles. Raises AccountRefused."""
    _check(facts)
    before, after = own_roles(user), frozenset(facts.roles)
    if user.pk == by.pk and before != after:
        raise AccountRefused("own_roles")
    with transaction.atomic():
        user.first_name = facts.display_name
        user.save(update_fields=["first_name"])
        user.groups.set(Group.objects.filter(name__in=after))
        StaffProfile.objects.update_or_create(user=user, defaults={"desk": facts.desk})
        append(
            Kind.ACCOUNT_CHANGED,
            actor(by),
            actor(user),
            roles_before=",".join(sorted(before)),
            roles=",".join(sorted(after)),
        )
        bump()


def lock(user: User, by: User) -> None:
    """Lock an account: its sessions end with their next request. Raises AccountRefused."""
    if user.pk == by.pk:
        raise AccountRefused("own_lock")
    with transaction.atomic():
        user.is_active = False
        user.save(update_fields=["is_active"])
        Presence.objects.filter(user=user).delete()
        append(Kind.ACCOUNT_LOCKED, actor(by), actor(user))
        bump()


def unlock(user: User, by: User) -> None:
    """Unlock an account, and forget its failed logins."""
    with transaction.atomic():
        user.is_active = True
        user.save(update_fields=["is_active"])
        forget_failures(user.get_username())
        append(Kind.ACCOUNT_UNLOCKED, actor(by), actor(user))


def give_password(user: User, by: User) -> str:
    """Give an account a new password that its owner must change; its sessions end."""
    if user.pk == by.pk:
        raise AccountRefused("own_password")
    password = _make_password()
    with transaction.atomic():
        user.set_password(password)
        user.save(update_fields=["password"])
        StaffProfile.objects.update_or_create(user=user, defaults={"must_change_password": True})
        forget_failures(user.get_username())
        append(Kind.PASSWORD_SET, actor(by), actor(user))
    return password


def choose_password(user: User, password: str) -> list[str]:
    """Set one's own password; return Django's sentences when it is too weak, else nothing."""
    if user.check_password(password):
        raise AccountRefused("same_password")
    try:
        validate_password(password, user)
    except ValidationError as error:
        return list(error.messages)
    with transaction.atomic():
        user.set_password(password)
        user.save(update_fields=["password"])
        StaffProfile.objects.update_or_create(user=user, defaults={"must_change_password": False})
        append(Kind.PASSWORD_SET, actor(user), actor(user))
    return []


def _check(facts: AccountFacts) -> None:
    if not 1 <= len(facts.display_name) <= NAME_MAX or not facts.display_name.isprintable():
        raise AccountRefused("name_unfit")
    if len(facts.desk) > NAME_MAX or not facts.desk.isprintable():
        raise AccountRefused("desk_unfit")
    _check_roles(facts.roles)


def _check_roles(roles: Collection[str]) -> None:
    if not roles or set(roles) - set(hall().policy.roles):
        raise AccountRefused("roles_unfit")


def _make_password() -> str:
    return secrets.token_urlsafe(12)
