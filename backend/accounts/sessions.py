"""Sessions of staff in the database, each read together with the account that is signed in by it.

Every request of staff needs both: one statement, written out, reads them.
"""

from contextvars import ContextVar
from typing import Any, cast

from django.contrib.auth import SESSION_KEY, get_user
from django.contrib.auth.models import User
from django.contrib.sessions.backends import db
from django.http import HttpRequest

from backend.accounts.asking import account_of_request, session_and_account
from backend.accounts.models import StaffSession
from backend.clock import now

_read_along: ContextVar[User | None] = ContextVar("account_read_with_its_session", default=None)


class SessionStore(db.SessionStore):
    """What Django stores, with the account beside it."""

    @classmethod
    def get_model_class(cls) -> type[StaffSession]:
        """Return where sessions are stored."""
        return StaffSession

    def create_model_instance(self, data: dict[str, Any]) -> StaffSession:
        """Return the session as it is stored."""
        session = cast(StaffSession, super().create_model_instance(data))
        session.account_id = data.get(SESSION_KEY)
        return session

    def load(self) -> dict[str, Any]:
        """Return the session's data; empty, and a new key, when there is no such session now."""
        found = session_and_account(self.session_key) if self.session_key else None
        if found is None:
            self._session_key = None
            return {}
        data, account = found
        _read_along.set(account)
        return self.decode(data)


def signed_in_account(user_id: int) -> User | None:
    """Return a session's account: the one that was read with it, once, or read now."""
    account = _read_along.get()
    _read_along.set(None)
    if account is not None and account.pk == user_id:
        return account
    return account_of_request(user_id)


def account_of_session(session_key: str) -> User | None:
    """Return who is signed in by a session now.

    None when it has ended, is of an account that may no longer sign in, or was begun with another
    password than the account has now.
    """
    request = HttpRequest()
    request.session = SessionStore(session_key)
    user = get_user(request)
    return user if isinstance(user, User) else None


def forget_ended_sessions() -> int:
    """Delete the sessions whose time is over; return how many."""
    return StaffSession.objects.filter(expire_date__lt=now()).delete()[0]
