"""What must happen though no page is open: timers, unfinished matters, what is to be erased.

Every server process tries; one has the turn and does it. When that one ends, however it ends,
another has the turn at its next try. Should two ever overlap, nothing happens twice: each task is
a transaction that looks first.
"""

import asyncio
import contextlib
import fcntl
import logging
from io import IOBase
from time import monotonic
from typing import Any, Protocol

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connection

from backend.config import hall
from backend.database import own_connection

LOG = logging.getLogger(__name__)
ERASE_EVERY_S = 60.0
"""What is kept for hours need not be looked for every two seconds."""
TURN = 0x5455524E  # "TURN": an advisory lock beside the write lock


class Turn(Protocol):
    """Who of several processes does the background's work."""

    def have(self) -> bool:
        """Say whether this process has the turn, taking it when it is free."""
        ...

    def give_back(self) -> None:
        """Let another have it."""
        ...


class FileTurn:
    """On SQLite all processes share the data directory: a lock that ends with its process."""

    def __init__(self) -> None:
        self._file: IOBase | None = None

    def have(self) -> bool:
        """Say whether this process has the turn, taking it when it is free."""
        if self._file is not None:
            return True
        file = (settings.DATA_DIR / "background.lock").open("wb")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return False
        self._file = file
        return True

    def give_back(self) -> None:
        """Let another have it."""
        if self._file is not None:
            self._file.close()
            self._file = None


class SessionTurn:
    """On PostgreSQL: an advisory lock that ends with the connection that holds it."""

    def __init__(self) -> None:
        self._session: Any = None

    def have(self) -> bool:
        """Say whether this process has the turn, taking it when it is free."""
        import psycopg

        try:
            if self._session is None:
                self._session = psycopg.connect(**own_connection(), autocommit=True)
            # The lock counts how often it was taken, so one that is held is not taken again.
            row = self._session.execute(
                "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = %s"
                " AND pid = pg_backend_pid()) OR pg_try_advisory_lock(%s)",
                [TURN, TURN],
            ).fetchone()
        except psycopg.OperationalError:
            self.give_back()
            return False
        return bool(row and row[0])

    def give_back(self) -> None:
        """Let another have it."""
        import psycopg

        if self._session is not None:
            # A closed connection is still holding it until the database has noticed.
            with contextlib.suppress(psycopg.Error):
                self._session.execute("SELECT pg_advisory_unlock_all()")
            self._session.close()
            self._session = None


async def keep_order() -> None:
    """Work whenever this process has the turn, until cancelled; a failure is logged."""
    turn: Turn = SessionTurn() if connection.vendor == "postgresql" else FileTurn()
    ours = asyncio.Event()
    # A messenger that does not answer must not hold up the timers.
    telling = asyncio.create_task(_tell_messenger(ours))
    try:
        erase_at = 0.0
        while True:
            erase = monotonic() >= erase_at
            try:
                if await sync_to_async(_once, thread_sensitive=False)(turn, erase=erase):
                    ours.set()
                    erase_at = monotonic() + ERASE_EVERY_S if erase else erase_at
                else:
                    ours.clear()
            except Exception:
                LOG.exception("the background task failed; it goes on")
            await asyncio.sleep(hall().timers.background_every_s)
    finally:
        telling.cancel()
        turn.give_back()


async def _tell_messenger(ours: asyncio.Event) -> None:
    """Deliver messages while this process has the turn; a failure is logged."""
    from backend.messenger.services import deliver

    while True:
        await ours.wait()
        try:
            await deliver()
        except Exception:
            LOG.exception("telling the messenger failed; it goes on")
        await asyncio.sleep(hall().timers.background_every_s)


def _once(turn: Turn, *, erase: bool) -> bool:
    """Do what is due if this process has the turn; say whether it has."""
    from backend.accounts.sessions import forget_ended_sessions
    from backend.api.once import forget_old_answers
    from backend.cases.retention import erase_old_evidence
    from backend.cases.timers import run_timers
    from backend.insight.recording import forget_old
    from backend.operations.leftovers import erase_leftovers
    from backend.orders.reconcile import reconcile

    if not turn.have():
        return False
    try:
        run_timers()
        reconcile()
        if erase:
            forget_old_answers()
            forget_ended_sessions()
            erase_old_evidence()
            forget_old()
            erase_leftovers()
    finally:
        connection.close()
    return True
