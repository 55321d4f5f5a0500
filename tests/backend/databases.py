"""Databases for tests: each data directory has its own, copied from one that was migrated once."""

import os
import shutil
from pathlib import Path
from urllib.parse import urlsplit

from django.core.management import call_command
from django.db import connections

from backend.database import database_settings


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
        self._migrate_template()
        if self._server:
            _point_at(self.url_of(directory), directory)
            return
        shutil.copy(self._template, directory / "hall.sqlite3")
        _point_at("", directory)

    def url_of(self, directory: Path) -> str:
        """Return the URL of a directory's database, made where there is none; empty on SQLite."""
        if not self._server:
            return ""
        self._migrate_template()
        name = self._names.get(directory)
        if name is None:
            self._made += 1
            name = self._names[directory] = f"test_{os.getpid()}_{self._made}"
            self._ask(f"CREATE DATABASE {name} TEMPLATE {self._template_name} STRATEGY file_copy")
        return self._url(name)

    def drop(self, directory: Path) -> None:
        """Close this process's connections, and drop what PostgreSQL would keep."""
        connections.close_all()
        name = self._names.pop(directory, None)
        if name is not None:
            self._ask(f"DROP DATABASE {name} WITH (FORCE)")

    @property
    def _template(self) -> Path:
        return self._scratch / "hall.sqlite3"

    @property
    def _template_name(self) -> str:
        return f"template_{os.getpid()}"

    def _migrate_template(self) -> None:
        """Make it once a run, because migrating takes a second."""
        if self._migrated:
            return
        self._migrated = True
        if self._server:
            self._ask(f"CREATE DATABASE {self._template_name}")
        _point_at(self._url(self._template_name) if self._server else "", self._scratch)
        call_command("migrate", verbosity=0)
        if not self._server:
            with connections["default"].cursor() as cursor:
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connections.close_all()

    def _url(self, name: str) -> str:
        parts = urlsplit(self._server)
        return f"postgresql://{parts.netloc}/{name}?{parts.query}"

    def _ask(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(self._server, autocommit=True) as server:
            server.execute(statement)  # type: ignore[arg-type]  # names are made here


def _point_at(url: str, directory: Path) -> None:
    """Turn Django to another database. No pool: one would hold on to the database before."""
    connections.close_all()
    wanted = database_settings(url, directory)
    wanted["OPTIONS"].pop("pool", None)
    for known in (connections.settings["default"], connections["default"].settings_dict):
        known.update(wanted)
