"""A backup's file: a tar of a manifest and one database, written whole or not at all.

Reading takes nothing on trust: known names only, bounded sizes, and the database's hash.
"""

import hashlib
import io
import json
import os
import tarfile
from dataclasses import asdict, dataclass
from pathlib import Path

from backend.operations.failure import UsageError

FORMAT = "hall-backup/1"
MANIFEST = "manifest.json"
DATABASES = {"sqlite": "hall.sqlite3", "postgresql": "hall.pgdump"}
LONGEST_MANIFEST = 1_000_000
CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself. ``keys`` are fingerprints; ``head`` is the audit's."""

    made_at: str
    vendor: str
    sha256: str
    bytes: int
    head: str
    keys: dict[str, str]
    migrations: list[str]


def hash_file(path: Path) -> tuple[str, int]:
    """Return (SHA-256, bytes) of a file."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return digest.hexdigest(), size


def pack(out: Path, manifest: Manifest, database: Path) -> None:
    """Write a backup's file, readable by its owner alone."""
    fresh = out.with_name(f"{out.name}.part")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        with tarfile.open(fileobj=file, mode="w") as tar:
            said = json.dumps({"format": FORMAT, **asdict(manifest)}, indent=1).encode()
            tar.addfile(_member(MANIFEST, len(said)), io.BytesIO(said))
            with database.open("rb") as content:
                tar.addfile(_member(DATABASES[manifest.vendor], manifest.bytes), content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(out)


def unpack(path: Path, into: Path) -> Manifest:
    """Write a backup's database to ``into`` and return its manifest. Raises UsageError."""
    try:
        with tarfile.open(path, mode="r:") as tar:
            manifest = _manifest(tar, path)
            _extract(tar, DATABASES[manifest.vendor], manifest, into)
    except (tarfile.TarError, EOFError) as error:
        raise UsageError(f"{path}: no backup, or cut off: {error}") from error
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}") from error
    return manifest


def _member(name: str, size: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    return member


def _manifest(tar: tarfile.TarFile, path: Path) -> Manifest:
    member = tar.next()
    stream = tar.extractfile(member) if member is not None and member.isfile() else None
    if member is None or stream is None or member.name != MANIFEST:
        raise UsageError(f"{path}: this is no {FORMAT} file")
    if member.size > LONGEST_MANIFEST:
        raise UsageError(f"{path}: its manifest is too long")
    try:
        said = json.loads(stream.read())
        if said.pop("format") != FORMAT:
            raise ValueError
        manifest = Manifest(**said)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise UsageError(f"{path}: this is no {FORMAT} file") from None
    if not _holds(manifest):
        raise UsageError(f"{path}: its manifest does not hold what it should")
    return manifest


def _holds(manifest: Manifest) -> bool:
    texts = (manifest.made_at, manifest.sha256, manifest.head)
    return (
        manifest.vendor in DATABASES
        and all(isinstance(text, str) for text in texts)
        and type(manifest.bytes) is int
        and isinstance(manifest.keys, dict)
        and isinstance(manifest.migrations, list)
    )


def _extract(tar: tarfile.TarFile, name: str, manifest: Manifest, into: Path) -> None:
    member = tar.next()
    stream = tar.extractfile(member) if member is not None and member.isfile() else None
    if member is None or stream is None or (member.name, member.size) != (name, manifest.bytes):
        raise UsageError(f"its database {name} is missing or has another size")
    digest = hashlib.sha256()
    handle = os.open(into, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    if digest.hexdigest() != manifest.sha256:
        raise UsageError("its database is not the one that was backed up: the hash differs")
