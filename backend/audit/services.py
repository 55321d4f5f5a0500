"""Append to the chain, and verify what is stored.

Each event's hash covers its own fields and the hash before it. A cut tail leaves a chain that
holds, so its head goes onto the day's report, and verification is given the heads that are known.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

from django.db import transaction

from backend.audit.chain import GENESIS, Head, Link, Verdict, digest, walk
from backend.audit.kinds import Kind
from backend.audit.models import AuditEvent
from backend.bulk import insert_rows
from backend.clock import now

Fact = str | int | float | bool | None
CHUNK = 2000


def append(kind: Kind, actor: str, subject: str, **facts: Fact) -> None:
    """Write an event; call it inside the transaction whose change it records.

    Transactions are one at a time on either database, so the last link stays the last.
    """
    with transaction.atomic(savepoint=False):
        link = _next(head(), kind, actor, subject, facts)
        AuditEvent.objects.create(**link._asdict())


def append_many(kind: Kind, actor: str, subjects: Iterable[tuple[str, Mapping[str, Fact]]]) -> None:
    """Write an event of one kind for each subject with its facts, in that order.

    Thousands in one go: one by one they would keep every other writer waiting for seconds. Call it
    inside the transaction whose change they record.
    """
    with transaction.atomic(savepoint=False):
        last = head()
        links = []
        for subject, facts in subjects:
            links.append(link := _next(last, kind, actor, subject, facts))
            last = Head(link.seq, link.hash)
        insert_rows(AuditEvent, Link._fields, links)


def _next(last: Head, kind: Kind, actor: str, subject: str, facts: Mapping[str, Fact]) -> Link:
    """Return the link that follows ``last``."""
    link = Link(
        seq=last.seq + 1,
        at=now().isoformat(),
        kind=kind.value,
        actor=actor[:80],
        subject=subject[:120],
        facts=json.dumps(dict(facts), sort_keys=True, ensure_ascii=True),
        prev_hash=last.hash,
        hash="",
    )
    return link._replace(hash=digest(link))


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
