"""Who is at the console, at which desk, and who has stepped away."""

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import QuerySet

from backend.accounts.models import Presence, StaffProfile
from backend.accounts.services import actor
from backend.accounts.standing import seen_again, standing_of
from backend.audit.kinds import Kind
from backend.audit.services import append
from backend.clock import ago, now
from backend.config import hall
from backend.live.services import bump

DESK_LENGTH = 60


@dataclass(frozen=True, slots=True)
class Colleague:
    """One person who is signed in."""

    user_id: int
    name: str
    desk: str
    away: bool
    claims: bool


def touch_presence(user: User) -> None:
    """Note that this signed-in person is at the console; call it on each page.

    Not each page is written down: an open one's stream does that (``note_presence``).
    """
    standing = standing_of(user)
    if standing is not None:
        recently = standing.seen_recently
    else:
        recently = Presence.objects.filter(user_id=user.pk, seen_at__gte=seen_again()).exists()
    if not recently:
        note_presence(user)


def note_presence(user: User) -> None:
    """Write down that this person is at the console; call it as long as a page is open.

    Who is known to be here is noted in one statement, which waits for no other writer.
    """
    if Presence.objects.filter(user_id=user.pk).update(seen_at=now()):
        return
    with transaction.atomic():
        _, came = Presence.objects.update_or_create(user_id=user.pk, defaults={"seen_at": now()})
        if came:
            bump()


def clear_presence(user: User) -> None:
    """Note that this person signed out."""
    with transaction.atomic():
        Presence.objects.filter(user_id=user.pk).delete()
        bump()


def forget_gone() -> int:
    """Forget whose pages are gone, so that kiosks and colleagues learn it; return how many."""
    with transaction.atomic():
        gone, _ = Presence.objects.filter(seen_at__lt=ago(hall().timers.presence_s)).delete()
        if gone:
            bump()
    return gone


def set_away(user: User, *, away: bool) -> None:
    """Note that this person steps away from the desk, or is back."""
    with transaction.atomic():
        touch_presence(user)
        here = Presence.objects.filter(user_id=user.pk, away_since__isnull=away)
        if here.update(away_since=now() if away else None):
            append(Kind.STAFF_AWAY if away else Kind.STAFF_BACK, actor(user), actor(user))
            bump()


def set_desk(user: User, desk: str) -> None:
    """Note at which desk this person sits from now on; residents are told it."""
    printable = "".join(sign if sign.isprintable() else " " for sign in desk)
    desk = " ".join(printable.split())[:DESK_LENGTH]
    with transaction.atomic():
        profile, _ = StaffProfile.objects.get_or_create(user=user)
        if profile.desk == desk:
            return
        profile.desk = desk
        profile.save(update_fields=["desk"])
        append(Kind.STAFF_DESK, actor(user), actor(user))
        bump()


def staff_signed_in() -> bool:
    """Say whether somebody who may claim cases is at the console now."""
    roles = _claiming_roles()
    if not roles:
        return False
    since = connection.ops.adapt_datetimefield_value(ago(hall().timers.presence_s))
    with connection.cursor() as cursor:
        cursor.execute(_SOMEBODY.format(", ".join(["%s"] * len(roles))), [since, *roles])
        return cursor.fetchone() is not None


# ``_at_desk()`` written out: each kiosk asks with each sign of life, and putting the statement
# together would cost more than all else that one takes.
_SOMEBODY = """
SELECT 1 FROM accounts_presence s
JOIN auth_user u ON u.id = s.user_id AND u.is_active
JOIN auth_user_groups m ON m.user_id = u.id
JOIN auth_group g ON g.id = m.group_id
WHERE s.seen_at >= %s AND s.away_since IS NULL AND g.name IN ({}) LIMIT 1
"""


def present_staff() -> int:
    """Return how many people who may claim cases are at the console now."""
    return _at_desk().values("user_id").distinct().count()


def is_at_desk(user: User) -> bool:
    """Say whether this person is at the console now, not away, and may claim."""
    return _at_desk().filter(user=user).exists()


def is_away(user: User) -> bool:
    """Say whether this person has said that they are away."""
    standing = standing_of(user)
    if standing is not None:
        return standing.away
    return Presence.objects.filter(user_id=user.pk, away_since__isnull=False).exists()


def colleagues() -> list[Colleague]:
    """Return who is signed in, those at their desks first."""
    rows = _seen().select_related("user", "user__profile").order_by("user__username")
    claiming = set(_at_desk().values_list("user_id", flat=True))
    people = [
        Colleague(
            user_id=row.user_id,
            name=row.user.get_full_name() or row.user.get_username(),
            desk=row.user.profile.desk if hasattr(row.user, "profile") else "",
            away=row.away_since is not None,
            claims=row.user_id in claiming,
        )
        for row in rows
    ]
    return sorted(people, key=lambda person: person.away)


def _seen() -> QuerySet[Presence]:
    recent = ago(hall().timers.presence_s)
    return Presence.objects.filter(seen_at__gte=recent, user__is_active=True)


def _at_desk() -> QuerySet[Presence]:
    return _seen().filter(away_since__isnull=True, user__groups__name__in=_claiming_roles())


def _claiming_roles() -> list[str]:
    return [name for name, rights in hall().policy.roles.items() if "claim" in rights]
