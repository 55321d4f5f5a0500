"""The keys beside the database: which there are, how one is recognised, how they are carried.

A backup never holds them: whoever finds it cannot open a portrait. They are copied by themselves,
to be kept elsewhere; without the evidence key a restored portrait never opens again.
"""

import hashlib
import json
import os
import re
from pathlib import Path

from backend.operations.failure import UsageError

FORMAT = "hall-keys/1"
NAME = re.compile(r"[a-z][a-z0-9-]{0,31}\.key")
LONGEST = 4096


def keys_in(data: Path) -> dict[str, str]:
    """Return the keys of a data directory by the names of their files."""
    return {
        path.name: path.read_text("ascii").strip()
        for path in sorted(data.glob("*.key"))
        if NAME.fullmatch(path.name)
    }


def fingerprint(key: str) -> str:
    """Return what tells a key from another and gives nothing of it away."""
    return hashlib.sha256(b"hall key fingerprint:" + key.encode()).hexdigest()[:16]


def write_keys(data: Path, out: Path) -> list[str]:
    """Write all keys to one file of mode 600; return their names. Never over another file."""
    keys = keys_in(data)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise UsageError(f"--out: {out} is there already") from None
    except OSError as error:
        raise UsageError(f"--out: {out} cannot be written: {error.strerror}") from error
    with os.fdopen(handle, "w", encoding="ascii") as file:
        json.dump({"format": FORMAT, "keys": keys}, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    return list(keys)


def read_keys(path: Path) -> dict[str, str]:
    """Read what ``write_keys`` wrote. Raises UsageError."""
    try:
        with path.open("rb") as file:
            content = json.loads(file.read(LONGEST * 16))
    except OSError as error:
        raise UsageError(f"--keys: {path}: {error.strerror}") from error
    except (ValueError, RecursionError):
        raise UsageError(f"--keys: {path} is no {FORMAT} file") from None
    keys = content.get("keys") if isinstance(content, dict) else None
    if not isinstance(keys, dict) or content.get("format") != FORMAT:
        raise UsageError(f"--keys: {path} is no {FORMAT} file")
    for name, key in keys.items():
        fits = isinstance(key, str) and key.isascii() and 0 < len(key) <= LONGEST
        if not NAME.fullmatch(name) or not fits:
            raise UsageError(f"--keys: {path}: {name[:40]!r} is no key's name, or holds no key")
    return keys


def install_keys(data: Path, keys: dict[str, str]) -> None:
    """Write keys into a data directory; one that differs from a key already there is refused."""
    here = keys_in(data)
    for name, key in keys.items():
        if here.get(name, key) != key:
            raise UsageError(f"{data / name} holds another key; move it away first")
    for name, key in keys.items():
        if name not in here:
            handle = os.open(data / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(key)
                file.flush()
                os.fsync(file.fileno())
