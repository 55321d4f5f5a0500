"""The operator's commands, once Django is started."""

import argparse
import os
import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from django.db import transaction

from backend.audit.chain import GENESIS, Head
from backend.audit.export import export_lines
from backend.audit.kinds import Kind
from backend.audit.models import AuditEvent
from backend.audit.services import append, head, links, verify

HEAD = re.compile(r"([0-9]{1,18}):([0-9a-f]{64})")


class UsageError(Exception):
    """An argument that cannot be used, said in one line."""


def say(text: str) -> None:
    """Write a line for whoever runs the command."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def operator() -> str:
    """Return how the audit names whoever runs a command: by the system's number, not by name."""
    return f"operator:{os.getuid()}"


def verify_audit(options: argparse.Namespace) -> int:
    """Verify the chain against every head that is known."""
    verdict = verify([parse_head(text) for text in options.head])
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


COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "verify-audit": verify_audit,
    "audit-export": audit_export,
}
