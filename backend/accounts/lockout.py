"""Logins that are guessed at are locked out, by name and by address; both are stored hashed."""

import hashlib

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from backend.accounts.models import LoginFailure
from backend.accounts.sessions import signed_in_account
from backend.audit.kinds import Kind
from backend.audit.services import append
from backend.clock import ago, now
from backend.config import hall


def _subject(kind: str, value: str) -> str:
    return hashlib.sha256(f"{kind}:{value}".encode("utf-8", "replace")).hexdigest()


def _failures(subject: str) -> int:
    since = ago(hall().timers.login_lockout_s)
    return LoginFailure.objects.filter(subject=subject, at__gte=since).count()


def is_locked_out(username: str, address: str) -> bool:
    """Say whether this name or this address has failed too often just now."""
    timers = hall().timers
    return (
        _failures(_subject("name", username.casefold())) >= timers.login_failures
        or _failures(_subject("address", address)) >= timers.login_failures_per_address
    )


def forget_failures(username: str) -> None:
    """Let a name try again at once: an administrator unlocked it."""
    LoginFailure.objects.filter(subject=_subject("name", username.casefold())).delete()


def _note_failure(username: str, address: str) -> None:
    LoginFailure.objects.filter(at__lt=ago(hall().timers.login_lockout_s)).delete()
    name = _subject("name", username.casefold())
    for subject in (name, _subject("address", address)):
        LoginFailure.objects.create(subject=subject, at=now())
    locked = is_locked_out(username, address)
    append(Kind.LOGIN_LOCKED if locked else Kind.LOGIN_FAILED, "system", f"login:{name[:16]}")


class LockoutBackend(ModelBackend):
    """Django's own check of passwords behind the lock-out."""

    def get_user(self, user_id: int) -> User | None:
        """Return the account of a session with what its request will ask of it."""
        user = signed_in_account(user_id)
        return user if self.user_can_authenticate(user) else None

    def authenticate(  # type: ignore[override]  # narrower than the stub's Any
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: object,
    ) -> AbstractBaseUser | None:
        """Return the account; None on a wrong password. A locked-out name is refused unasked."""
        address = str(request.META.get("REMOTE_ADDR", "")) if request else ""
        if username is None or password is None:
            return None
        if is_locked_out(username, address):
            raise PermissionDenied("locked out")
        user = super().authenticate(request, username=username, password=password)
        if user is None:
            _note_failure(username, address)
        return user
