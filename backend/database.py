"""Where the database is: SQLite in the data directory, or what DATABASE_URL names."""

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

SQLITE_START = (
    "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;"
    "PRAGMA secure_delete=ON;PRAGMA journal_size_limit=16777216;"
)


def database_settings(url: str, data_dir: Path) -> dict[str, Any]:
    """Return Django's settings for ``url``; an empty one means SQLite under ``data_dir``.

    Transactions on SQLite are immediate: a transaction that reads first and writes later would
    otherwise fail instead of waiting when another one has written in between.
    """
    if not url or url.startswith("sqlite:"):
        name = unquote(url.removeprefix("sqlite://")) if url else str(data_dir / "hall.sqlite3")
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": name,
            "CONN_MAX_AGE": 0,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": SQLITE_START,
            },
        }
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise ValueError("DATABASE_URL: scheme must be postgresql or sqlite")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 0,
    }
