"""Where records come from: an interface, and the built-in table behind it.

The provincial system is one more implementation; rooms ask ``record_source()`` only.
"""

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from backend.evidence.services import unseal
from backend.records.models import HeldEndorsement, Permit
from backend_client.contract import Endorsement


@dataclass(frozen=True, slots=True)
class Held:
    """One endorsement on record."""

    endorsement: Endorsement
    kind: str
    used_up: bool
    faded: bool

    def valid_on(self, day: date) -> bool:
        """Say whether it can still be used on this day."""
        return not self.used_up and self.endorsement.valid_until >= day


@dataclass(frozen=True, slots=True)
class Record:
    """A card on record with what the rules need of its holder. ``facts`` are private."""

    card_number: str
    valid_until: date
    born: date
    city: str
    facts: frozenset[str]
    cancelled: bool
    held: tuple[Held, ...]
    has_portrait: bool


class RecordSource(Protocol):
    """Records as the server needs them."""

    def find(self, card_number: str) -> Record | None:
        """Return the card's record."""
        ...

    def portrait(self, card_number: str) -> bytes | None:
        """Return the holder's portrait as an encoded picture."""
        ...

    def add_endorsement(self, card_number: str, offer_code: str, new: Endorsement) -> None:
        """Put a new endorsement on record; the same number twice is one."""
        ...

    def mark_reprinted(self, number: str) -> None:
        """Note that a faded endorsement is legible again."""
        ...


_FACTS = ("functionary", "active_military", "registered_official", "exit_banned")


class BuiltInRecords:
    """The table in the server's own database."""

    def find(self, card_number: str) -> Record | None:
        """Return the card's record."""
        permit = (
            Permit.objects.select_related("resident")
            .prefetch_related("endorsements")
            .filter(card_number=card_number)
            .first()
        )
        if permit is None:
            return None
        person = permit.resident
        facts = {fact for fact in _FACTS if getattr(person, fact)}
        if permit.booklet:
            facts.add("booklet")
        held = permit.endorsements.order_by("valid_from", "number")
        return Record(
            card_number=permit.card_number,
            valid_until=permit.valid_until,
            born=person.born,
            city=person.city,
            facts=frozenset(facts),
            cancelled=permit.cancelled,
            held=tuple(_held(row) for row in held),
            has_portrait=person.portrait_id is not None,
        )

    def portrait(self, card_number: str) -> bytes | None:
        """Return the holder's portrait as an encoded picture."""
        permit = Permit.objects.select_related("resident__portrait").get(card_number=card_number)
        picture = permit.resident.portrait
        return None if picture is None else unseal(picture)

    def add_endorsement(self, card_number: str, offer_code: str, new: Endorsement) -> None:
        """Put a new endorsement on record; the same number twice is one."""
        HeldEndorsement.objects.get_or_create(
            number=new.number,
            defaults={
                "permit_id": card_number,
                "offer_code": offer_code,
                "kind": new.kind,
                "destination": new.destination,
                "valid_from": new.valid_from,
                "valid_until": new.valid_until,
                "content": new.model_dump(mode="json"),
            },
        )

    def mark_reprinted(self, number: str) -> None:
        """Note that a faded endorsement is legible again."""
        HeldEndorsement.objects.filter(number=number).update(faded=False)


def _held(row: HeldEndorsement) -> Held:
    return Held(Endorsement.model_validate(row.content), row.kind, row.used_up, row.faded)


def record_source() -> RecordSource:
    """Return the records this server works with."""
    return BuiltInRecords()
