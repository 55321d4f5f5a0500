"""Keeps what the journal holds unreadable without a key that lies outside the database."""

import os
from pathlib import Path

from cryptography.fernet import Fernet


def open_seal(key_file: Path) -> Fernet:
    """Return the cipher of this key file; a missing file is made, readable by its owner only."""
    key_file.parent.mkdir(parents=True, exist_ok=True)
    if not key_file.exists() or not key_file.read_bytes():
        # Written whole and then named, so that a power cut leaves no half key behind.
        fresh = key_file.with_suffix(".new")
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            os.write(handle, Fernet.generate_key())
            os.fsync(handle)
        finally:
            os.close(handle)
        fresh.replace(key_file)
    return Fernet(key_file.read_bytes())
