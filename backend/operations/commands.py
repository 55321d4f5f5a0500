"""The operator's commands, once Django is started."""

import argparse
import json
import os
import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path

from django.conf import settings
from django.db import transaction

from backend.audit.chain import GENESIS, Head
from backend.audit.export import export_lines
from backend.audit.kinds import Kind
from backend.audit.models import AuditEvent
from backend.audit.services import append, head, links, verify
from backend.operations.backup import make_backup, restore_backup
from backend.operations.deployment import check_deployment
from backend.operations.failure import UsageError
from backend.operations.held import held_about, held_lines
from backend.operations.keys import write_keys
from backend.reports.services import signed_heads

CARD = re.compile(r"[A-Z0-9]{9}")
HEAD = re.compile(r"([0-9]{1,18}):([0-9a-f]{64})")


def say(text: str) -> None:
    """Write a line for whoever runs the command."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def operator() -> str:
    """Return how the audit names whoever runs a command: by the system's number, not by name."""
    return f"operator:{os.getuid()}"


def verify_audit(options: argparse.Namespace) -> int:
    """Verify the chain against every head that is known."""
    verdict = verify([*signed_heads(), *(parse_head(text) for text in options.head)])
    for fault in verdict.faults:
        say(f"broken: event {fault.seq}: {fault.why}")
    if not verdict.ok:
        return 1
    say(f"ok: {verdict.events} events, head {verdict.head}")
    return 0


def parse_head(text: str) -> Head:
    """Read SEQ:HASH. Raises UsageError."""
    match = HEAD.fullmatch(text)
    if match is None:
        raise UsageError(f"--head: SEQ:HASH is allowed, as in {head().seq}:{GENESIS}")
    return Head(int(match[1]), match[2])


def audit_export(options: argparse.Namespace) -> int:
    """Write the chain, or its end, to a file that is checked without the server."""
    with transaction.atomic():
        append(Kind.AUDIT_EXPORTED, operator(), "audit:chain", after=options.after)
        last = head()
    start = _link_at(options.after)
    write_lines(options.out, export_lines(links(start.seq, last.seq), start))
    say(f"{options.out}: events {start.seq + 1} to {last.seq}, head {last}")
    return 0


def _link_at(seq: int) -> Head:
    if seq == 0:
        return Head(0, GENESIS)
    found = AuditEvent.objects.filter(seq=seq).values_list("hash", flat=True).first()
    if found is None:
        raise UsageError(f"--after: there is no event {seq}")
    return Head(seq, found)


def write_lines(path: Path, lines: Iterable[str]) -> None:
    """Write a file of mode 600, whole or not at all. Raises UsageError."""
    fresh = path.with_name(f"{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            os.fchmod(file.fileno(), 0o600)  # one left over by a power cut may be anyone's
            for line in lines:
                file.write(line + "\n")
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError as error:
        raise UsageError(f"--out: {path} cannot be written: {error.strerror}") from error


def held(options: argparse.Namespace) -> int:
    """Show what is held about a card; that it is shown is written to the audit."""
    card: str = options.card.strip().upper()
    if CARD.fullmatch(card) is None:
        raise UsageError("held: a card number has 9 letters and digits, as C12345678")
    found = held_about(card)
    append(Kind.HELD_SHOWN, operator(), f"card:{card}")
    if options.json:
        say(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        for line in held_lines(card, found):
            say(line)
    return 0


def backup(options: argparse.Namespace) -> int:
    """Back up the running server; the keys are not in it."""
    if options.keep is not None and options.keep < 1:
        raise UsageError("--keep: 1 or more is allowed")
    file, manifest = make_backup(options.out, operator(), options.keep)
    say(f"{file}: {manifest.bytes} bytes, audit {manifest.head}")
    return 0


def backup_keys(options: argparse.Namespace) -> int:
    """Copy the keys to one file, to be kept apart from the backups."""
    names = write_keys(Path(settings.DATA_DIR), options.out)
    say(f"{options.out}: {', '.join(names)}; keep it apart from the backups")
    return 0


def restore(options: argparse.Namespace) -> int:
    """Put a backup in place; exit code 1 when it is there but something of it does not hold."""
    lines = restore_backup(options.file, options.keys, operator(), replace=options.replace)
    for line in lines:
        say(line)
    return 1 if any("broken" in line or "does not open" in line for line in lines) else 0


def check(options: argparse.Namespace) -> int:
    """Say what is wrong with this deployment; exit code 1 when something is."""
    findings = check_deployment()
    if options.json:
        say(json.dumps([asdict(one) for one in findings], ensure_ascii=False, indent=1))
    else:
        for one in findings:
            say(f"{one.level}: {one.code}: {one.what}")
        say("ok" if not findings else f"{len(findings)} findings")
    return 1 if any(one.level == "error" for one in findings) else 0


COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "verify-audit": verify_audit,
    "audit-export": audit_export,
    "held": held,
    "backup": backup,
    "backup-keys": backup_keys,
    "restore": restore,
    "check": check,
}
