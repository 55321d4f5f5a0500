"""Accounts and rights of staff. Roles are Django groups; what a role may is policy.toml's."""

from dataclasses import dataclass

from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, Group, User
from django.db import transaction

from backend.accounts.models import StaffProfile
from backend.accounts.roles import all_roles
from backend.accounts.standing import standing_of
from backend.config import hall
from backend.config_models import Right

Visitor = AbstractBaseUser | AnonymousUser
_DRAWN_ITERATIONS = 1000


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What a new account needs."""

    username: str
    password: str
    display_name: str
    roles: tuple[str, ...]
    desk: str = ""
    demo: bool = False
    drawn: bool = False
    """The password was drawn at random, so nobody guesses it and its hash need not be slow."""


def ensure_roles() -> None:
    """Create the groups that policy.toml names."""
    for role in hall().policy.roles:
        Group.objects.get_or_create(name=role)


def create_account(new: NewAccount) -> User:
    """Create an account, or set an existing one's password, roles and desk."""
    with transaction.atomic():
        ensure_roles()
        user, _ = User.objects.get_or_create(username=new.username)
        user.first_name = new.display_name
        user.is_active = True
        if new.drawn:
            user.password = _hash_drawn(new.password)
        else:
            user.set_password(new.password)
        user.save()
        user.groups.set(Group.objects.filter(name__in=new.roles))
        StaffProfile.objects.update_or_create(
            user=user, defaults={"desk": new.desk, "demo": new.demo}
        )
    return user


def _hash_drawn(password: str) -> str:
    """Hash a random password in milliseconds; Django hashes it anew at its first sign-in."""
    hasher = PBKDF2PasswordHasher()
    return hasher.encode(password, hasher.salt(), iterations=_DRAWN_ITERATIONS)


def roles_of(user: Visitor) -> frozenset[str]:
    """Return the roles of an active account, its own and those lent to it now."""
    if not isinstance(user, User) or not user.is_active:
        return frozenset()
    return all_roles(user)


def rights_of(user: Visitor) -> frozenset[str]:
    """Return all rights that the account's roles give it."""
    roles = hall().policy.roles
    return frozenset(right for role in roles_of(user) for right in roles.get(role, ()))


def has_right(user: Visitor, right: Right) -> bool:
    """Say whether one of the account's roles has this right."""
    return right in rights_of(user)


def desk_of(user: Visitor | None) -> str:
    """Return the desk where this member of staff sits; empty when not known."""
    if user is None or not user.is_authenticated:
        return ""
    standing = standing_of(user)
    if standing is not None:
        return standing.desk
    profile = StaffProfile.objects.filter(user_id=user.pk).first()
    return profile.desk if profile else ""


def must_change_password(user: User) -> bool:
    """Say whether this account still has a password that an administrator gave it."""
    standing = standing_of(user)
    if standing is not None:
        return standing.must_change_password
    return StaffProfile.objects.filter(user_id=user.pk, must_change_password=True).exists()


def actor(user: Visitor) -> str:
    """Return how the audit names this account: by number, never by name."""
    return f"staff:{user.pk}"
