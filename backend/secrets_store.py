"""Keys that lie in files of mode 600 beside the database, never in it and never in the source."""

import os
import secrets
from pathlib import Path


def ensure_secret(path: Path, make: bytes | None = None) -> bytes:
    """Return the secret in ``path``; create it with mode 600 where there is none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    value = make or secrets.token_urlsafe(48).encode()
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes().strip()
    with os.fdopen(handle, "wb") as stream:
        stream.write(value)
        stream.flush()
        os.fsync(stream.fileno())
    return value


def read_or_ephemeral(path: Path) -> str:
    """Return the secret in ``path``, or a random one that only this process knows.

    The server creates the file before it starts; a command that only inspects needs none.
    """
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        return secrets.token_urlsafe(48)
