"""Copy a database while it is in use, and put a copy in place: SQLite or PostgreSQL."""

import os
import sqlite3
import subprocess
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

from django.db import connection, connections

from backend.operations.failure import UsageError

WAIT_S = 60
TLS = ("sslmode", "sslrootcert", "sslcert", "sslkey")


def copy_database(into: Path) -> None:
    """Write a consistent copy of the running database to ``into``."""
    if connection.vendor == "sqlite":
        _copy_sqlite(Path(str(connection.settings_dict["NAME"])), into)
    else:
        _run("pg_dump", "--format=custom", "--no-owner", f"--file={into}")


def _copy_sqlite(source: Path, into: Path) -> None:
    """Copy by SQLite's online backup: writers go on, the copy is of one moment."""
    into.touch(mode=0o600)
    address = f"file:{source}?mode=ro"
    with (
        closing(sqlite3.connect(address, uri=True, timeout=WAIT_S)) as live,
        closing(sqlite3.connect(into)) as copy,
    ):
        live.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
    check_sqlite(into)


def check_sqlite(path: Path) -> None:
    """Raise UsageError unless the file is a whole SQLite database."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
            (said,) = database.execute("PRAGMA integrity_check").fetchone()
    except sqlite3.DatabaseError as error:
        raise UsageError(f"{path.name}: {error}") from error
    if said != "ok":
        raise UsageError(f"{path.name}: {said}")


def is_filled() -> bool:
    """Say whether there is a database with tables where the server would look for it."""
    if connection.vendor == "sqlite" and not Path(str(connection.settings_dict["NAME"])).exists():
        return False
    return bool(connection.introspection.table_names())


def put_in_place(copy: Path, moment: str) -> Path | None:
    """Put a copy where the server looks; return where the one that was there has gone."""
    if connection.vendor != "sqlite":
        _run(
            "pg_restore",
            "--clean",
            "--if-exists",
            "--no-owner",
            "--single-transaction",
            "--exit-on-error",
            f"--dbname={connection.settings_dict['NAME']}",
            str(copy),
        )
        return None
    connections.close_all()
    path = Path(str(connection.settings_dict["NAME"]))
    aside = _set_aside(path, moment)
    copy.replace(path)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
    return aside


def _set_aside(path: Path, moment: str) -> Path | None:
    """Move a database away together with the log that belongs to it."""
    if not path.exists():
        return None
    aside = path.with_name(f"{path.name}.before-{moment}")
    for end in ("", "-wal", "-shm"):
        part = path.with_name(path.name + end)
        if part.exists():
            part.replace(aside.with_name(aside.name + end))
    return aside


def _run(program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs on the server's database. Raises UsageError."""
    with tempfile.TemporaryFile() as said:
        try:
            done = subprocess.run(  # noqa: S603  # a fixed program, no shell
                [program, *arguments],
                env={**os.environ, **_connection(connection.settings_dict)},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=said,
                check=False,
            )
        except FileNotFoundError:
            raise UsageError(f"{program} is not installed (Debian: postgresql-client)") from None
        said.seek(0)
        if done.returncode:
            first = said.read(2000).decode("utf-8", "replace").strip().splitlines()[:1]
            raise UsageError(f"{program}: {first[0] if first else done.returncode}")


def _connection(settings: dict[str, Any]) -> dict[str, str]:
    names = {
        "PGHOST": "HOST",
        "PGPORT": "PORT",
        "PGUSER": "USER",
        "PGPASSWORD": "PASSWORD",
        "PGDATABASE": "NAME",
    }
    known = {name: str(settings[key]) for name, key in names.items() if settings.get(key)}
    options = settings.get("OPTIONS", {})
    return known | {f"PG{name.upper()}": str(options[name]) for name in TLS if name in options}
