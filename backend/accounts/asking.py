"""Who makes a request: the account with its standing, by statements that are written out.

Every request of staff asks, fifty of them in one moment when fifty reach for one case. Putting such
a statement together would cost more than reading what it says.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.auth.models import User
from django.db import connection

from backend.accounts.roles import ALL_ROLES, LOAN
from backend.accounts.standing import Standing, keep_standing, seen_again
from backend.clock import now

_MOMENTS = ("last_login", "date_joined")
"""Of an account, read when somebody asks for them."""
_READ = [field.attname for field in User._meta.concrete_fields if field.attname not in _MOMENTS]
_BESIDE = 4
_COLUMNS = ", ".join(
    (
        *("p.desk", "p.must_change_password", "s.seen_at >= %s", "s.away_since IS NOT NULL"),
        *(f"u.{name}" for name in _READ),
    )
)
_NOTHING = ", ".join("NULL" for _ in (*range(_BESIDE), *_READ))
_STANDING = """
LEFT JOIN accounts_staffprofile p ON p.user_id = u.id
LEFT JOIN accounts_presence s ON s.user_id = u.id
"""

_ACCOUNT = f"""
SELECT r.name, {_COLUMNS} FROM auth_user u {_STANDING} LEFT JOIN ({ALL_ROLES}) r ON TRUE
WHERE u.id = %s
"""  # noqa: S608  # made of names of columns and statements of ours

# A row for each role: own ones first, beside all the rest, then those that are lent.
_SESSION = f"""
SELECT z.session_data, g.name, {_COLUMNS} FROM accounts_staffsession z
LEFT JOIN auth_user u ON u.id = z.account_id {_STANDING}
LEFT JOIN auth_user_groups m ON m.user_id = u.id LEFT JOIN auth_group g ON g.id = m.group_id
WHERE z.session_key = %s AND z.expire_date > %s
UNION ALL
SELECT NULL, d.role, {_NOTHING} FROM accounts_staffsession z
JOIN accounts_delegation d ON d.receiver_id = z.account_id {LOAN}
WHERE z.session_key = %s
"""  # noqa: S608  # made of names of columns and statements of ours


def account_of_request(user_id: int) -> User | None:
    """Return the account that makes a request, with its standing: one query, however much asks.

    None when there is no such account.
    """
    moment, recently = _moments()
    rows = _fetch(_ACCOUNT, recently, user_id, moment, moment, user_id, user_id)
    return _account(rows[0][1:], (row[0] for row in rows)) if rows else None


def session_and_account(session_key: str) -> tuple[str, User | None] | None:
    """Return the data of a session and the account that is signed in by it, with its standing.

    None when there is no such session, or its time is over.
    """
    moment, recently = _moments()
    rows = _fetch(_SESSION, recently, session_key, moment, moment, moment, session_key)
    for data, _, *found in rows:
        if data is not None:
            return data, _account(found, (row[1] for row in rows))
    return None


def _moments() -> tuple[Any, Any]:
    adapt = connection.ops.adapt_datetimefield_value
    return adapt(now()), adapt(seen_again())


def _fetch(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def _account(found: Sequence[Any], roles: Iterable[str | None]) -> User | None:
    desk, must_change_password, seen_recently, away = found[:_BESIDE]
    fields = dict(zip(_READ, found[_BESIDE:], strict=True))
    if fields["id"] is None:
        return None
    user = User.from_db("default", list(fields), list(fields.values()))
    standing = Standing(
        roles=frozenset(role for role in roles if role is not None),
        desk=desk or "",
        must_change_password=bool(must_change_password),
        seen_recently=bool(seen_recently),
        away=bool(away),
    )
    return keep_standing(user, standing)
