"""Django's sessions in the database, read by a statement that is written out.

Every request of staff reads one; putting the statement together would cost more than the read.
"""

from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

_READ = (
    "SELECT session_key, session_data FROM django_session"
    " WHERE session_key = %s AND expire_date > %s"
)


class SessionStore(db.SessionStore):
    """What Django stores, found as it finds it."""

    def _get_session_from_db(self) -> Any:
        moment = connection.ops.adapt_datetimefield_value(timezone.now())
        with connection.cursor() as cursor:
            cursor.execute(_READ, [self.session_key, moment])
            found = cursor.fetchone()
        if found is not None:
            return Session.from_db("default", ("session_key", "session_data"), found)
        # Forgotten, out of time or never there: Django's own way begins a new one.
        return super()._get_session_from_db()  # type: ignore[misc]  # the stubs leave it out
