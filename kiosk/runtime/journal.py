"""The kiosk's memory across a power cut: the visit, what is still to be told, how far a print got.

One transaction for each transition, on the disk before any effect begins. Everything is sealed;
the visit's row is overwritten by the next visit's, a tell's row is deleted when it is delivered.
What a full disk did not take is kept in memory and goes with the next write that works.
"""

import contextlib
import logging
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any, cast

from cryptography.fernet import Fernet, InvalidToken
from pydantic import TypeAdapter, ValidationError

from kiosk.runtime.seal import open_seal
from kiosk.session import effects as session_effects
from kiosk.session.effects import Cancel, Tell
from kiosk.session.visit import Ref, Visit

_log = logging.getLogger(__name__)

NO_DISK = (sqlite3.Error, OSError)
"""What a journal or outbox raises on a disk that takes nothing."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS visit (only INTEGER PRIMARY KEY CHECK (only = 1), body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS tell (
    number INTEGER PRIMARY KEY AUTOINCREMENT, visit_id TEXT NOT NULL, effect_id INTEGER NOT NULL,
    kind TEXT NOT NULL, body BLOB NOT NULL, waits INTEGER NOT NULL DEFAULT 0,
    UNIQUE (visit_id, effect_id));
CREATE TABLE IF NOT EXISTS counter (
    only INTEGER PRIMARY KEY CHECK (only = 1), last INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS mark (
    visit_id TEXT NOT NULL, effect_id INTEGER NOT NULL, mark TEXT NOT NULL,
    PRIMARY KEY (visit_id, effect_id));
"""

_VISIT: TypeAdapter[Visit] = TypeAdapter(Visit)
_TELLS: dict[str, TypeAdapter[Tell]] = {
    kind.__name__: TypeAdapter(kind)
    for kind in vars(session_effects).values()
    if isinstance(kind, type) and issubclass(kind, Tell) and kind is not Tell and kind is not Cancel
}


@dataclass(frozen=True, slots=True)
class Left:
    """What the last run left behind.

    ``next_sequence`` is above that of every visit before, so that ticket numbers go on.
    ``unreadable`` counts the rows that this key does not open.
    """

    visit: Visit | None
    tells: tuple[Tell, ...]
    owed: tuple[Tell, ...]
    marks: dict[Ref, str]
    next_sequence: int = 0
    unreadable: int = 0


@dataclass(slots=True)
class _Missed:
    """The newest visit that could not be written, and the tells of all such transitions."""

    visit: Visit | None = None
    tells: dict[Ref, Tell] = field(default_factory=dict)
    owed: dict[Ref, Tell] = field(default_factory=dict)
    delivered: list[Ref] = field(default_factory=list)

    def add(self, visit: Visit, tells: Sequence[Tell], owed: Sequence[Tell]) -> None:
        self.visit = visit
        self.owed |= {tell.ref: tell for tell in owed}
        for tell in tells:
            self.owed.pop(tell.ref, None)
            self.tells[tell.ref] = tell

    def deliver(self, tell: Tell) -> None:
        self.tells.pop(tell.ref, None)
        self.delivered.append(tell.ref)


class Journal:
    """SQLite with ``synchronous=FULL``; any thread may call it."""

    def __init__(self, path: Path) -> None:
        self._seal: Fernet = open_seal(path.with_suffix(".key"))
        self._lock = Lock()
        self._visit_id = ""
        self._missed = _Missed()
        self.trouble = ""
        """What kept the last transition from the disk; empty when nothing did."""
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        try:
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.execute("PRAGMA secure_delete = ON")
            self._db.executescript(_SCHEMA)
        except sqlite3.Error:
            self._db.close()
            raise

    def commit(
        self, visit: Visit, tells: Sequence[Tell] = (), settled: Sequence[Tell] = ()
    ) -> None:
        """Put one transition on the disk: the visit as it is now and what is to be told.

        ``settled`` are the owed tells, complete now that the card's place is.
        """
        with self._lock:
            with self._db:
                self._db.execute("BEGIN IMMEDIATE")
                self._put_missed()
                self._put_visit(visit)
                if settled:
                    self._db.execute("DELETE FROM tell WHERE waits = 1")
                for tell in (*settled, *tells):
                    self._put_tell(tell, waits=False)
                self._db.execute("DELETE FROM mark WHERE visit_id <> ?", (visit.id,))
            self._nothing_missed()
            if visit.id != self._visit_id:
                self._forget_before(visit.id)

    def begin_run(self, visit: Visit, tells: Sequence[Tell], owed: Sequence[Tell]) -> None:
        """Replace a broken visit by the run's first one, with what the broken one leaves to say.

        ``owed`` is told once the card's place is settled.
        """
        with self._lock:
            with self._db:
                self._db.execute("BEGIN IMMEDIATE")
                self._put_missed()
                self._put_visit(visit)
                for tell in tells:
                    self._put_tell(tell, waits=False)
                for tell in owed:
                    self._put_tell(tell, waits=True)
                self._db.execute("DELETE FROM mark")
            self._nothing_missed()

    def missed(
        self, visit: Visit, tells: Sequence[Tell], owed: Sequence[Tell] = (), *, trouble: str
    ) -> None:
        """Keep a transition that could not be written, and what kept it from the disk."""
        with self._lock:
            self._missed.add(visit, tells, owed)
            self.trouble = trouble

    def catch_up(self) -> None:
        """Write what was missed, if anything was."""
        with self._lock:
            visit = self._missed.visit
            if visit is None:
                return
            with self._db:
                self._db.execute("BEGIN IMMEDIATE")
                self._put_missed()
                self._put_visit(visit)
                self._db.execute("DELETE FROM mark WHERE visit_id <> ?", (visit.id,))
            self._nothing_missed()

    def mark(self, ref: Ref, mark: str) -> None:
        """Note how far an effect got; on the disk when this returns."""
        with self._lock, self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.execute(
                "INSERT INTO mark VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET mark = excluded.mark",
                (ref.visit_id, ref.effect_id, mark),
            )

    def delivered(self, tell: Tell) -> None:
        """Forget a tell that has reached the outbox or was carried out.

        On a full disk it is forgotten with the next write that works; until then a restart
        would tell it again, under the same key.
        """
        with self._lock:
            self._missed.deliver(tell)
            try:
                with self._db:
                    self._db.execute("BEGIN IMMEDIATE")
                    self._take_off()
            except sqlite3.Error as error:
                _log.warning("what was told stays in the journal: %s", error)
            else:
                self._missed.delivered = []

    def check(self) -> None:
        """Look for damage. Raises sqlite3.DatabaseError."""
        with self._lock:
            (found,) = self._db.execute("PRAGMA quick_check(1)").fetchone()
        if found != "ok":
            error = sqlite3.DatabaseError(found)
            error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
            raise error

    def read(self) -> Left:
        """Return what is there. A row that cannot be read any more is left out, never a crash."""
        with self._lock:
            row = self._db.execute("SELECT body FROM visit").fetchone()
            rows = self._db.execute("SELECT kind, body, waits FROM tell ORDER BY number").fetchall()
            counter = self._db.execute("SELECT last FROM counter").fetchone()
            marks = self._db.execute("SELECT visit_id, effect_id, mark FROM mark").fetchall()
        visit = None if row is None else self._opened(_VISIT, row[0])
        tells = [
            (self._opened(_TELLS[kind], body), bool(waits))
            for kind, body, waits in rows
            if kind in _TELLS
        ]
        unopened = [tell for tell, _ in tells if tell is None]
        return Left(
            visit=visit,
            tells=tuple(tell for tell, waits in tells if tell is not None and not waits),
            owed=tuple(tell for tell, waits in tells if tell is not None and waits),
            marks={Ref(visit_id, effect_id): mark for visit_id, effect_id, mark in marks},
            next_sequence=0 if counter is None else counter[0] + 1,
            unreadable=len(unopened) + (row is not None and visit is None),
        )

    def close(self) -> None:
        """Close the database, with nothing left in its write-ahead file."""
        with self._lock:
            with contextlib.suppress(sqlite3.DatabaseError):  # a full disk: the next start reads it
                self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self._db.close()

    def _put_missed(self) -> None:
        for tell in self._missed.owed.values():
            self._put_tell(tell, waits=True)
        for tell in self._missed.tells.values():
            self._put_tell(tell, waits=False)
        self._take_off()

    def _take_off(self) -> None:
        refs = [(ref.visit_id, ref.effect_id) for ref in self._missed.delivered]
        self._db.executemany("DELETE FROM tell WHERE visit_id = ? AND effect_id = ?", refs)

    def _nothing_missed(self) -> None:
        self._missed = _Missed()
        self.trouble = ""

    def _forget_before(self, visit_id: str) -> None:
        """Empty the write-ahead file: the person before must not live on in it."""
        try:
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.OperationalError as error:
            # The transition is on the disk already; the next one tries this again.
            _log.warning("the write-ahead file is not emptied: %s", error)
        else:
            self._visit_id = visit_id

    def _put_visit(self, visit: Visit) -> None:
        self._db.execute(
            "INSERT INTO visit VALUES (1, ?) ON CONFLICT DO UPDATE SET body = excluded.body",
            (self._seal.encrypt(_VISIT.dump_json(visit)),),
        )
        # Not within the sealed visit: numbers must go on even when that cannot be read any more.
        self._db.execute(
            "INSERT INTO counter VALUES (1, ?)"
            " ON CONFLICT DO UPDATE SET last = max(last, excluded.last)",
            (visit.sequence,),
        )

    def _put_tell(self, tell: Tell, *, waits: bool) -> None:
        kind = type(tell).__name__
        self._db.execute(
            "INSERT OR IGNORE INTO tell (visit_id, effect_id, kind, body, waits)"
            " VALUES (?, ?, ?, ?, ?)",
            (
                tell.ref.visit_id,
                tell.ref.effect_id,
                kind,
                self._seal.encrypt(_TELLS[kind].dump_json(tell)),
                int(waits),
            ),
        )

    def _opened(self, adapter: TypeAdapter[Any], body: bytes) -> Any:
        try:
            return cast(object, adapter.validate_json(self._seal.decrypt(body)))
        except (InvalidToken, ValidationError):
            return None
