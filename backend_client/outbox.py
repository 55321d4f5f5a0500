"""Messages that must reach the server some time: kept in SQLite until acknowledged, in order.

``put`` returns when the message is on the disk. A thread sends the oldest one first and goes on
only when the server has answered; its key makes a message that was sent twice one request.
"""

import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Protocol

from backend_client.client import KioskClient, ServerRefused, ServerUnavailable
from backend_client.contract import Message, RefusalCode

LOG = logging.getLogger(__name__)
FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 15.0
SEND_WITHIN_S = 20.0
PASSING = frozenset({RefusalCode.RATE_LIMITED, RefusalCode.NOT_ENROLLED, RefusalCode.SERVER_ERROR})

_SCHEMA = """
CREATE TABLE IF NOT EXISTS message (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    path TEXT NOT NULL,
    body BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS refused (
    seq INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    path TEXT NOT NULL,
    code TEXT NOT NULL,
    at REAL NOT NULL
);
"""


class Seal(Protocol):
    """Keeps the messages on the disk unreadable; a Fernet cipher is one."""

    def encrypt(self, data: bytes) -> bytes:
        """Return sealed bytes."""
        ...

    def decrypt(self, token: bytes) -> bytes:
        """Return the bytes that were sealed; any exception means that they are lost."""
        ...


class Outbox:
    """Store and forward. One process at a time works on a file.

    Messages can hold portraits: give a ``seal`` whose key lies elsewhere.
    """

    def __init__(
        self,
        path: Path,
        client: KioskClient,
        *,
        seal: Seal | None = None,
        on_refused: Callable[[str, RefusalCode], None] | None = None,
    ) -> None:
        self._path = path
        self._client = client
        self._seal = seal
        self._on_refused = on_refused
        self._laid = False
        self._wake = threading.Event()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="outbox", daemon=True)
        try:
            self._open().close()
        except sqlite3.OperationalError:
            LOG.exception("outbox: cannot be opened now")  # ``put`` says so, until it can

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def stop(self, timeout_s: float = 5.0) -> None:
        """Stop sending; what is not acknowledged stays for the next start."""
        self._stopped.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    def put(self, key: str, path: str, body: Message) -> None:
        """Keep a message until the server has answered it; the same key twice is one."""
        data = body.model_dump_json().encode()
        sealed = data if self._seal is None else self._seal.encrypt(data)
        with closing(self._open()) as database, database:
            database.execute(
                "INSERT INTO message (key, path, body) VALUES (?, ?, ?) "
                "ON CONFLICT (key) DO NOTHING",
                (key, path, sealed),
            )
        self._wake.set()

    def pending(self) -> int:
        """Return how many messages wait."""
        with closing(self._open()) as database:
            return int(database.execute("SELECT count(*) FROM message").fetchone()[0])

    def refused(self) -> list[tuple[str, str, str]]:
        """Return (key, path, code) of what the server refused: for technicians."""
        with closing(self._open()) as database:
            return database.execute("SELECT key, path, code FROM refused ORDER BY seq").fetchall()

    def _open(self) -> sqlite3.Connection:
        database = sqlite3.connect(self._path, timeout=10)
        try:
            database.execute("PRAGMA journal_mode=WAL")
            database.execute("PRAGMA synchronous=FULL")
            database.execute("PRAGMA secure_delete=ON")
            if not self._laid:
                with database:
                    database.executescript(_SCHEMA)
                self._laid = True
        except sqlite3.Error:
            database.close()
            raise
        return database

    def _run(self) -> None:
        pause_s = FIRST_PAUSE_S
        while not self._stopped.is_set():
            self._wake.clear()
            try:
                sent = self._send_oldest()
            except (ServerUnavailable, sqlite3.Error) as error:
                LOG.info("outbox: %s; again in %.1f s", error, pause_s)
                self._stopped.wait(pause_s)
                pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
                continue
            pause_s = FIRST_PAUSE_S
            if not sent:
                self._wake.wait()

    def _send_oldest(self) -> bool:
        """Send one message and forget it; False when there is none."""
        with closing(self._open()) as database:
            row = database.execute(
                "SELECT seq, key, path, body FROM message ORDER BY seq LIMIT 1"
            ).fetchone()
        if row is None:
            return False
        seq, key, path, sealed = row
        code = self._send(key, path, sealed)
        with closing(self._open()) as database, database:
            database.execute("DELETE FROM message WHERE seq = ?", (seq,))
            if code is not None:
                database.execute(
                    "INSERT INTO refused VALUES (?, ?, ?, ?, ?)",
                    (seq, key, path, code.value, time.time()),
                )
        if code is not None:
            LOG.warning("outbox: %s was refused: %s", path, code.value)
            if self._on_refused is not None:
                self._on_refused(key, code)
        return True

    def _send(self, key: str, path: str, sealed: bytes) -> RefusalCode | None:
        """Send one message; return the code when it was refused for good."""
        try:
            body = sealed if self._seal is None else self._seal.decrypt(sealed)
        except Exception:
            LOG.exception("outbox: %s cannot be unsealed and is given up", path)
            return RefusalCode.BAD_REQUEST
        try:
            self._client.post_json(path, body, key=key, within_s=SEND_WITHIN_S)
        except ServerRefused as refused:
            if refused.code in PASSING:
                raise ServerUnavailable(f"refused for now: {refused.code.value}") from refused
            return refused.code
        return None
