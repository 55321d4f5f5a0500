"""Databases for tests: each data directory has its own, copied from one that was migrated once.

Migrating takes seconds. On SQLite the migrated file is kept in the checkout, for all workers and
runs, under a name that changes with the server's code; on PostgreSQL it is a database of the run.
"""

import fcntl
import hashlib
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.management import call_command
from django.db import connections

from backend.database import database_settings

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / ".pytest_cache"
KEPT_S = 24 * 3600
"""Another run, of the code as it was a moment ago, may still copy it."""
TEMPLATE = "migrated"


class Databases:
    """Makes, finds and drops them. ``server`` is the URL of a PostgreSQL; empty means SQLite."""

    def __init__(self, server: str, scratch: Path) -> None:
        self._server = server
        self._scratch = scratch
        self._migrated = False
        self._names: dict[Path, str] = {}
        self._made = 0

    def point_at_new(self, directory: Path) -> None:
        """Point Django at a new, migrated database of ``directory``."""
        if not self._server:
            self.lay(directory)
        _point_at(self.url_of(directory), directory)

    def lay(self, directory: Path) -> None:
        """Put a migrated SQLite file into a data directory; PostgreSQL needs none."""
        if not self._server:
            shutil.copy(self._template_file, directory / "hall.sqlite3")

    def url_of(self, directory: Path) -> str:
        """Return the URL of a directory's database, made where there is none; empty on SQLite."""
        if not self._server:
            return ""
        self._migrate_template()
        name = self._names.get(directory)
        if name is None:
            self._made += 1
            name = self._names[directory] = f"test_{os.getpid()}_{self._made}"
            self._ask(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY file_copy")
        return self._url(name)

    def drop(self, directory: Path) -> None:
        """Close this process's connections, and drop what PostgreSQL would keep."""
        connections.close_all()
        name = self._names.pop(directory, None)
        if name is not None:
            self._ask(f"DROP DATABASE {name} WITH (FORCE)")

    @cached_property
    def _template_file(self) -> Path:
        KEPT.mkdir(exist_ok=True)
        kept = KEPT / f"hall-{_state_of_the_code()}.sqlite3"
        with (KEPT / "hall.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not kept.exists():
                for old in KEPT.glob("hall-*.sqlite3"):
                    if old.stat().st_mtime < time.time() - KEPT_S:
                        old.unlink()
                _migrate("", self._scratch)
                shutil.copy(self._scratch / "hall.sqlite3", KEPT / "hall.new")
                (KEPT / "hall.new").replace(kept)
        return kept

    def _migrate_template(self) -> None:
        """Make it once a run: the first of its workers does, the others wait."""
        if self._migrated:
            return
        self._migrated = True
        with self._connected() as server:
            server.execute("SELECT pg_advisory_lock(1)")
            known = "SELECT 1 FROM pg_database WHERE datname = %s"
            if server.execute(known, [TEMPLATE]).fetchone() is None:
                server.execute(f"CREATE DATABASE {TEMPLATE}")
                _migrate(self._url(TEMPLATE), self._scratch)

    def _url(self, name: str) -> str:
        parts = urlsplit(self._server)
        return f"postgresql://{parts.netloc}/{name}?{parts.query}"

    def _ask(self, statement: str) -> None:
        with self._connected() as server:
            server.execute(statement)

    @contextmanager
    def _connected(self) -> Iterator[Any]:
        import psycopg

        with psycopg.connect(self._server, autocommit=True) as server:
            yield server


def _state_of_the_code() -> str:
    """Return a hash of all that a migration may use."""
    told = hashlib.sha256()
    for path in sorted((*ROOT.glob("backend/**/*.py"), *ROOT.glob("config/server/*.toml"))):
        told.update(path.read_bytes())
    return told.hexdigest()[:16]


def _migrate(url: str, directory: Path) -> None:
    _point_at(url, directory)
    call_command("migrate", verbosity=0)
    if not url:
        with connections["default"].cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connections.close_all()


def _point_at(url: str, directory: Path) -> None:
    """Turn Django to another database. No pool: one would hold on to the database before."""
    connections.close_all()
    wanted = database_settings(url, directory)
    wanted["OPTIONS"].pop("pool", None)
    for known in (connections.settings["default"], connections["default"].settings_dict):
        known.update(wanted)
