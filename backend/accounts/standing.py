"""What a request needs to know of the account that makes it, read once as the request begins.

A page asks for rights, desk and presence a dozen times. Whoever holds an account that was not
loaded for a request asks the database each time, as before.
"""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User

from backend.clock import ago
from backend.config import hall

_NAME = "request_standing"


@dataclass(frozen=True, slots=True)
class Standing:
    """An account's roles (own and lent), desk and presence at one moment."""

    roles: frozenset[str]
    desk: str
    must_change_password: bool
    seen_recently: bool
    away: bool


def seen_again() -> datetime:
    """Return since when who was seen need not be written down: half of the time that it counts."""
    return ago(hall().timers.presence_s / 2)


def keep_standing(user: User, standing: Standing) -> User:
    """Keep what was read with this account, for as long as the object lives."""
    setattr(user, _NAME, standing)
    return user


def standing_of(user: object) -> Standing | None:
    """Return what was read with this account; None where it was loaded for no request."""
    found = getattr(user, _NAME, None)
    return found if isinstance(found, Standing) else None
