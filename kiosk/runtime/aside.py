"""Puts files aside that cannot be read any more: kept for technicians, in nobody's way."""

import logging
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

_log = logging.getLogger(__name__)

_SIDES = ("", "-wal", "-shm")
_UNREADABLE = (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_ERROR)
"""What lies there is not a database, a damaged one, or one of something else."""


def is_unreadable(error: sqlite3.Error) -> bool:
    """Say whether the file's content is the trouble; else it is the disk's."""
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in _UNREADABLE


def put_aside(*paths: Path) -> str:
    """Rename these files and a database's companions; return the ending, which names the time."""
    ending = f".unreadable-{datetime.now(UTC):%Y%m%dT%H%M%S.%f}"
    for path in paths:
        for side in _SIDES:
            file = path.with_name(path.name + side)
            if file.exists():
                file.rename(file.with_name(file.name + ending))
                _log.error("%s cannot be read and is put aside", file)
    return ending
