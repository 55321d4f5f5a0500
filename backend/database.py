"""Where the database is: SQLite in the data directory, or what DATABASE_URL names."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.db import connection

SQLITE_START = (
    "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;"
    "PRAGMA secure_delete=ON;PRAGMA journal_size_limit=16777216;"
)
LONGEST_WAIT_S = 20
"""How long a transaction waits for the one before it, on either database."""
REACH_WITHIN_S = 5
POSTGRESQL_START = f"-c lock_timeout={LONGEST_WAIT_S}s -c idle_in_transaction_session_timeout=60s"
POOL_MAX = 20
"""Connections of one process: its worker threads and a few; PostgreSQL allows 100 in all."""
PREPARED = {"server_side_binding": True, "prepare_threshold": 3}
"""A statement that comes again is planned once for each connection, not each time."""
DJANGOS_OWN = ("pool", *PREPARED)
"""Options that mean nothing to a connection which Django does not make."""
LIBPQ_OPTIONS = ("sslmode", "sslrootcert", "sslcert", "sslkey", "connect_timeout")


def hold_connections(count: int) -> None:
    """Keep ``count`` connections of this process open, also when nobody asks for anything.

    Otherwise they are made, each as a process of PostgreSQL's, and learn every statement, in the
    very moment in which many come at once.
    """
    if connection.vendor == "postgresql":
        connection.pool.open()  # type: ignore[attr-defined]  # PostgreSQL's alone
        connection.pool.resize(count, POOL_MAX)  # type: ignore[attr-defined]


def own_connection() -> dict[str, Any]:
    """Return what psycopg needs for a connection beside Django's, outside its pool."""
    settings = connection.settings_dict
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host"}
    wanted = {**names, "PORT": "port"}
    options = {k: v for k, v in settings["OPTIONS"].items() if k not in DJANGOS_OWN}
    return {libpq: settings[name] for name, libpq in wanted.items() if settings[name]} | options


def reach() -> None:
    """Connect once. Raises django.db.OperationalError with the database's own words.

    The pool would say, ``LONGEST_WAIT_S`` later, that it has waited.
    """
    if connection.vendor == "postgresql":
        import psycopg

        options = {"connect_timeout": REACH_WITHIN_S, **own_connection()}
        with connection.wrap_database_errors:
            psycopg.connect(**options).close()


def database_settings(url: str, data_dir: Path) -> dict[str, Any]:
    """Return Django's settings for ``url``; an empty one means SQLite under ``data_dir``.

    Transactions are immediate on both: one that reads first and writes later would otherwise
    fail, or overwrite, when another one has written in between. Raises ValueError.
    """
    if not url or url.startswith("sqlite:"):
        return _sqlite(unquote(url.removeprefix("sqlite://")) or str(data_dir / "hall.sqlite3"))
    return _postgresql(url)


def _sqlite(name: str) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": name,
        "CONN_MAX_AGE": 0,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": LONGEST_WAIT_S,
            "init_command": SQLITE_START,
        },
    }


def _postgresql(url: str) -> dict[str, Any]:
    """Read a URL as libpq does; a socket's directory and TLS go into its query.

    A pool, because a new connection is a new process at the server: 5 to 10 ms for each request.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise ValueError("DATABASE_URL: scheme must be postgresql or sqlite")
    query = dict(parse_qsl(parts.query))
    unknown = set(query) - {*LIBPQ_OPTIONS, "host", "user"}
    if unknown:
        allowed = ", ".join(("host", "user", *LIBPQ_OPTIONS))
        raise ValueError(f"DATABASE_URL: {sorted(unknown)[0]}: unknown; allowed: {allowed}")
    if not parts.path.strip("/"):
        raise ValueError("DATABASE_URL: a database's name must follow the host")
    return {
        "ENGINE": "backend.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or "") or query.get("user", ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or query.get("host", ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 0,
        "OPTIONS": {
            "pool": {"min_size": 2, "max_size": POOL_MAX, "timeout": LONGEST_WAIT_S},
            "options": POSTGRESQL_START,
            **PREPARED,
            **{name: query[name] for name in LIBPQ_OPTIONS if name in query},
        },
    }
