"""Append to the chain and verify it.

Each event's hash covers its own fields and the hash before it. A cut tail leaves a chain that
holds, so the head (``head()``) goes onto the day's report and verification can be given it.
"""

import hashlib
import json
from dataclasses import dataclass

from django.db import transaction

from backend.audit.kinds import Kind
from backend.audit.models import AuditEvent
from backend.clock import now

GENESIS = "0" * 64
Fact = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Head:
    """The newest link: what must be signed to notice a cut tail."""

    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the chain holds; if not, at which event and why."""

    ok: bool
    events: int
    head: Head
    broken_at: int | None = None
    why: str = ""


def append(kind: Kind, actor: str, subject: str, **facts: Fact) -> None:
    """Write an event; call it inside the transaction whose change it records."""
    with transaction.atomic():
        last = AuditEvent.objects.select_for_update().order_by("-seq").first()
        event = AuditEvent(
            seq=last.seq + 1 if last else 1,
            at=now().isoformat(),
            kind=kind.value,
            actor=actor[:80],
            subject=subject[:120],
            facts=json.dumps(facts, sort_keys=True, ensure_ascii=True),
            prev_hash=last.hash if last else GENESIS,
        )
        event.hash = digest(event)
        event.save(force_insert=True)


def digest(event: AuditEvent) -> str:
    """Return the hash that an event must have."""
    fields = (
        event.seq,
        event.at,
        event.kind,
        event.actor,
        event.subject,
        event.facts,
        event.prev_hash,
    )
    return hashlib.sha256(json.dumps(fields, ensure_ascii=True).encode()).hexdigest()


def text_hash(text: str) -> str:
    """Return what stands for a free text in the chain; the text itself stays erasable."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def head() -> Head:
    """Return the newest link."""
    last = AuditEvent.objects.order_by("-seq").first()
    return Head(last.seq, last.hash) if last else Head(0, GENESIS)


def verify(expected_head: Head | None = None) -> Verdict:
    """Walk the chain and say whether, or where, it is broken."""
    seq, link = 0, GENESIS
    reached = expected_head is None or expected_head.seq == 0
    for event in AuditEvent.objects.order_by("seq").iterator(chunk_size=500):
        why = _fault(event, seq, link)
        if why:
            return Verdict(False, seq, Head(seq, link), event.seq, why)
        seq, link = event.seq, event.hash
        if expected_head is not None and seq == expected_head.seq:
            if link != expected_head.hash:
                why = "is not the event that the signed head names: the chain was rewritten"
                return Verdict(False, seq, Head(seq, link), seq, why)
            reached = True
    if not reached and expected_head is not None:
        why = f"the chain ends here, the signed head is event {expected_head.seq}: tail cut"
        return Verdict(False, seq, Head(seq, link), seq + 1, why)
    return Verdict(True, seq, Head(seq, link))


def _fault(event: AuditEvent, seq: int, link: str) -> str:
    if event.seq != seq + 1:
        return f"events {seq + 1} to {event.seq - 1} are missing"
    if event.prev_hash != link:
        return "does not follow the event before it: reordered, replaced or rewritten"
    if event.hash != digest(event):
        return "was changed after it was written"
    return ""
