"""Rights and presence of staff. Roles are Django groups; what a role may is policy.toml's."""

from dataclasses import dataclass
from typing import cast

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, Group, User
from django.db import transaction

from backend.accounts.models import Presence, StaffProfile
from backend.clock import ago, now
from backend.config import hall
from backend.config_models import Right
from backend.live.services import bump

Visitor = AbstractBaseUser | AnonymousUser


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What a new account needs."""

    username: str
    password: str
    display_name: str
    roles: tuple[str, ...]
    desk: str = ""
    demo: bool = False


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
        user.set_password(new.password)
        user.save()
        user.groups.set(Group.objects.filter(name__in=new.roles))
        StaffProfile.objects.update_or_create(
            user=user, defaults={"desk": new.desk, "demo": new.demo}
        )
    return user


def roles_of(user: Visitor) -> frozenset[str]:
    """Return the roles of an active account."""
    if not user.is_authenticated or not user.is_active:
        return frozenset()
    return frozenset(cast(User, user).groups.values_list("name", flat=True))


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
    profile = StaffProfile.objects.filter(user_id=user.pk).first()
    return profile.desk if profile else ""


def actor(user: Visitor) -> str:
    """Return how the audit names this account: by number, never by name."""
    return f"staff:{user.pk}"


def touch_presence(user: User) -> None:
    """Note that this signed-in person is at the console; call it on each page and stream tick."""
    with transaction.atomic():
        was_anybody = staff_signed_in()
        Presence.objects.update_or_create(user_id=user.pk, defaults={"seen_at": now()})
        if not was_anybody:
            bump()


def clear_presence(user: User) -> None:
    """Note that this person signed out."""
    with transaction.atomic():
        Presence.objects.filter(user_id=user.pk).delete()
        bump()


def staff_signed_in() -> bool:
    """Say whether somebody who may claim cases was seen at the console just now."""
    return present_staff() > 0


def present_staff() -> int:
    """Return how many people who may claim cases were seen at the console just now."""
    roles = [name for name, rights in hall().policy.roles.items() if "claim" in rights]
    recent = Presence.objects.filter(seen_at__gte=ago(hall().timers.presence_s))
    return (
        recent.filter(user__is_active=True, user__groups__name__in=roles)
        .values("user_id")
        .distinct()
        .count()
    )
