"""Back up the running server, and put a backup in place."""

import re
import tempfile
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from backend.accounts.models import StaffSession
from backend.audit.chain import Head
from backend.audit.kinds import Kind
from backend.audit.services import append, head, verify
from backend.clock import now
from backend.evidence.models import Picture
from backend.evidence.services import EvidenceUnreadable, unseal
from backend.operations.archive import Manifest, hash_file, pack, unpack
from backend.operations.databases import check_sqlite, copy_database, is_filled, put_in_place
from backend.operations.failure import UsageError
from backend.operations.keys import fingerprint, install_keys, keys_in, read_keys
from backend.operations.lock import hold

STAMP = "%Y%m%d-%H%M%S"
NAME = re.compile(r"hall-[0-9]{8}-[0-9]{6}\.tar")


def make_backup(out: Path, who: str, keep: int | None = None) -> tuple[Path, Manifest]:
    """Write a backup to ``out``, or into it where it is a folder; return file and manifest.

    With ``keep`` only the newest so many stay in the folder. Raises UsageError.
    """
    into_folder = out.is_dir() or keep is not None
    if into_folder:
        out.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = out / f"hall-{timezone.localtime():{STAMP}}.tar" if into_folder else out
    with transaction.atomic():
        append(Kind.BACKUP_MADE, who, "server:backup")
        marked = head()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=file.parent, prefix=".backup-") as folder:
            copy = Path(folder) / "database"
            copy_database(copy)
            manifest = _describe(copy, marked)
            pack(file, manifest, copy)
    except OSError as error:
        raise UsageError(f"--out: {file}: {error.strerror}") from error
    if keep is not None:
        _forget_old(out, keep)
    return file, manifest


def _describe(copy: Path, marked: Head) -> Manifest:
    sha256, size = hash_file(copy)
    applied = MigrationRecorder(connection).applied_migrations()
    keys = keys_in(Path(settings.DATA_DIR))
    return Manifest(
        made_at=now().isoformat(),
        vendor=connection.vendor,
        sha256=sha256,
        bytes=size,
        head=str(marked),
        keys={name: fingerprint(key) for name, key in keys.items()},
        migrations=sorted(f"{app}.{name}" for app, name in applied),
    )


def _forget_old(folder: Path, keep: int) -> None:
    files = sorted(path for path in folder.iterdir() if NAME.fullmatch(path.name))
    for path in files[: len(files) - max(1, keep)]:
        path.unlink()


def restore_backup(file: Path, keys: Path | None, who: str, *, replace: bool) -> list[str]:
    """Put a backup in place and bring it up to date; return what the operator must know.

    Nothing is touched before everything of the backup is checked. Raises UsageError: a server is
    running, the file is no whole backup, its keys are not here, there is a database already.
    """
    data = Path(settings.DATA_DIR)
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = hold(data, alone=True)
    if lock is None:
        raise UsageError(f"a server is running on {data}; stop it first")
    with lock, tempfile.TemporaryDirectory(dir=data, prefix=".restore-") as folder:
        copy = Path(folder) / "database"
        manifest = unpack(file, copy)
        _check(manifest, copy, replace=replace)
        _bring_keys(manifest, data, keys)
        aside = put_in_place(copy, f"{timezone.localtime():{STAMP}}")
        call_command("migrate", verbosity=0)
        return [*_after(manifest, who), *([f"what was there is now {aside}"] if aside else [])]


def _check(manifest: Manifest, copy: Path, *, replace: bool) -> None:
    if manifest.vendor != connection.vendor:
        raise UsageError(
            f"this backup is of {manifest.vendor}, the server uses {connection.vendor}"
        )
    if manifest.vendor == "sqlite":
        check_sqlite(copy)
    if is_filled() and not replace:
        raise UsageError("there is a database already; --replace puts the backup in its place")
    unknown = set(manifest.migrations) - _known_migrations()
    if unknown:
        raise UsageError(f"this backup is of a newer server: {min(unknown)} is not known here")


def _known_migrations() -> set[str]:
    disk = MigrationLoader(None).disk_migrations or {}
    return {f"{app}.{name}" for app, name in disk}


def _bring_keys(manifest: Manifest, data: Path, keys: Path | None) -> None:
    """Have the keys that the backup was made beside, or refuse."""
    brought = read_keys(keys) if keys else {}
    have = {**brought, **keys_in(data)}
    for name, wanted in manifest.keys.items():
        if name not in have:
            raise UsageError(f"the key {name} is not here; --keys: what backup-keys wrote")
        if fingerprint(have[name]) != wanted:
            raise UsageError(f"{name} is not the key that this backup was made with")
    install_keys(data, brought)


def _after(manifest: Manifest, who: str) -> list[str]:
    """End all sessions, check chain and portraits, write the restore to the audit."""
    StaffSession.objects.all().delete()
    seq, _, link = manifest.head.partition(":")
    verdict = verify([Head(int(seq), link)])
    append(Kind.BACKUP_RESTORED, who, "server:backup", head=manifest.head, holds=verdict.ok)
    lines = [f"restored as of {manifest.made_at}, audit {verdict.head}"]
    lines += [f"audit broken: event {fault.seq}: {fault.why}" for fault in verdict.faults]
    closed = [str(path) for path in _unopened()]
    lines += [f"portrait {name} does not open with this key" for name in closed]
    return lines


def _unopened() -> list[str]:
    """Return the newest portrait when it does not open: one is enough to know the key."""
    picture = Picture.objects.order_by("-created_at").first()
    try:
        if picture is not None:
            unseal(picture)
    except EvidenceUnreadable:
        return [picture.id] if picture else []
    return []


def age_of_newest(folder: Path, moment: datetime) -> float | None:
    """Return how many hours old a folder's newest backup is; None where there is none."""
    files = [path for path in folder.glob("hall-*.tar") if NAME.fullmatch(path.name)]
    newest = max((path.stat().st_mtime for path in files), default=None)
    return None if newest is None else (moment.timestamp() - newest) / 3600
