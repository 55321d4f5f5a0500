"""The chain's arithmetic: what an event's hash covers, and what a walk along it finds. Pure."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

GENESIS = "0" * 64
MOST_FAULTS = 50
"""A walk lists no more than this: beyond it the file is another one, not a changed one."""
MOVED_WITHIN = 500
"""How far from its place an event is looked for when it stands at the wrong one."""


class Link(NamedTuple):
    """One event as it is stored; ``facts`` is the stored text, because the hash covers it."""

    seq: int
    at: str
    kind: str
    actor: str
    subject: str
    facts: str
    prev_hash: str
    hash: str


@dataclass(frozen=True, slots=True)
class Head:
    """A link by number and hash: what must be kept elsewhere to notice a cut tail."""

    seq: int
    hash: str

    def __str__(self) -> str:
        return f"{self.seq}:{self.hash}"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong at which event; for removed events, the first of them."""

    seq: int
    why: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a walk found: how many events, the last one, and every fault in their order."""

    events: int
    head: Head
    faults: tuple[Fault, ...] = ()

    @property
    def ok(self) -> bool:
        """Say whether the chain holds."""
        return not self.faults


def digest(link: Link, seq: int | None = None) -> str:
    """Return the hash that an event must have, or would have at another place ``seq``."""
    fields = (link.seq if seq is None else seq, *link[1:7])
    return hashlib.sha256(json.dumps(fields, ensure_ascii=True).encode()).hexdigest()


def walk(links: Iterable[Link], signed: Sequence[Head] = (), start: Head | None = None) -> Verdict:
    """Walk along ``links`` from ``start`` and find every event that is not as it was written.

    ``signed`` are heads that were kept elsewhere; each must be in the chain.
    """
    wanted: dict[int, set[str]] = {}
    for head in signed:
        wanted.setdefault(head.seq, set()).add(head.hash)
    last, count = start or Head(0, GENESIS), 0
    faults: list[Fault] = []
    for link in links:
        faults += _faults(link, last)
        if wanted.pop(link.seq, {link.hash}) != {link.hash}:
            faults.append(Fault(link.seq, "is not what the signed head names: history rewritten"))
        last, count = Head(link.seq, link.hash), count + 1
        if len(faults) >= MOST_FAULTS:
            return Verdict(count, last, tuple(faults[:MOST_FAULTS]))
    newest = max(wanted, default=0)
    if newest > last.seq:
        why = f"the chain ends at event {last.seq}, a signed head is event {newest}: tail cut"
        faults.append(Fault(last.seq + 1, why))
    return Verdict(count, last, tuple(faults))


def _faults(link: Link, last: Head) -> list[Fault]:
    found = []
    follows = link.seq == last.seq + 1
    if not follows:
        found.append(Fault(last.seq + 1, f"events {last.seq + 1} to {link.seq - 1} are missing"))
    unlike = digest(link) != link.hash
    if unlike:
        found.append(Fault(link.seq, _unlike(link)))
    elif follows and link.prev_hash != last.hash:
        found.append(Fault(link.seq, "follows another event than the one before it: replaced"))
    return found


def _unlike(link: Link) -> str:
    """Say why an event does not have the hash of its content: moved, or changed."""
    for seq in range(max(1, link.seq - MOVED_WITHIN), link.seq + MOVED_WITHIN + 1):
        if seq != link.seq and digest(link, seq) == link.hash:
            return f"is event {seq}, moved here: reordered"
    return "was changed after it was written"
