"""A transaction takes the hall's write lock as it begins, as BEGIN IMMEDIATE does on SQLite.

What the services read in a transaction is then what holds when they write: ticket numbers, the
audit's last link, an order that is not there yet. One rule for both databases instead of a lock
for every table and an order in which to take them. Single statements outside a transaction do
not wait. See docs/decisions/postgresql.md for what this costs and where it ends.
"""

from typing import Any

from django.db.backends.postgresql import base

WRITE_LOCK = 0x4B494F534B  # "KIOSK": any number, the same in every process


STATEMENTS_KEPT = 400
"""So many a connection remembers how to run: more than the server has, or it plans them anew."""


class DatabaseWrapper(base.DatabaseWrapper):
    """PostgreSQL with one writer at a time."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect, or take what the pool has."""
        connection = super().get_new_connection(conn_params)
        connection.prepared_max = STATEMENTS_KEPT
        return connection

    def set_autocommit(
        self, autocommit: bool, force_begin_transaction_with_broken_autocommit: bool = False
    ) -> None:
        """Begin or end a transaction; the outermost ``atomic`` waits for the write lock."""
        super().set_autocommit(autocommit, force_begin_transaction_with_broken_autocommit)
        if autocommit or not force_begin_transaction_with_broken_autocommit:
            return
        try:
            with self.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [WRITE_LOCK])
        except Exception:
            # ``atomic`` never began, so nobody else would end what did.
            self.close()
            raise
