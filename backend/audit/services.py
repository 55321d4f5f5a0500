"""Append to the chain, and verify what is stored.

Each event's hash covers its own fields and the hash before it. A cut tail leaves a chain that
holds, so its head goes onto the day's report, and verification is given the heads that are known.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence

from django.db import transaction

from backend.audit.chain import GENESIS, Head, Link, Verdict, digest, walk
from backend.audit.kinds import Kind
from backend.audit.models import AuditEvent
from backend.clock import now

Fact = str | int | float | bool | None
CHUNK = 2000


def append(kind: Kind, actor: str, subject: str, **facts: Fact) -> None:
    """Write an event; call it inside the transaction whose change it records.

    Transactions are one at a time on either database, so the last link stays the last.
    """
    with transaction.atomic(savepoint=False):
        last = head()
        link = Link(
            seq=last.seq + 1,
            at=now().isoformat(),
            kind=kind.value,
            actor=actor[:80],
            subject=subject[:120],
            facts=json.dumps(facts, sort_keys=True, ensure_ascii=True),
            prev_hash=last.hash,
            hash="",
        )
        AuditEvent.objects.create(**{**link._asdict(), "hash": digest(link)})


def text_hash(text: str) -> str:
    """Return what stands for a free text in the chain; the text itself stays erasable."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def head() -> Head:
    """Return the newest link."""
    last = AuditEvent.objects.order_by("-seq").values_list("seq", "hash").first()
    return Head(*last) if last else Head(0, GENESIS)


def links(after: int = 0, until: int | None = None) -> Iterator[Link]:
    """Yield the stored events in their order, those after number ``after``."""
    events = AuditEvent.objects.filter(seq__gt=after)
    if until is not None:
        events = events.filter(seq__lte=until)
    for row in events.order_by("seq").values_list(*Link._fields).iterator(chunk_size=CHUNK):
        yield Link(*row)


def verify(signed: Sequence[Head] = ()) -> Verdict:
    """Walk the stored chain and find every fault; ``signed`` are heads kept elsewhere."""
    return walk(links(), signed)
