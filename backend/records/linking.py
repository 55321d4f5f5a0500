"""Find people on record, and say whether a card may be linked to one of them."""

from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from backend.records.models import ChipRead, Resident
from backend.refusal import Refused
from backend_client.contract import RefusalCode

if TYPE_CHECKING:
    from backend.cases.models import Case

LIMIT = 20


class LinkCannotHold(Refused):
    """What the chip said does not bear this link; ``why`` is ``no_chip`` or ``other_birth``."""

    def __init__(self, code: RefusalCode, why: str, detail: str) -> None:
        super().__init__(code, detail)
        self.why = why


def search_residents(text: str) -> QuerySet[Resident]:
    """Return up to 20 people whose name or card number contains ``text`` (two characters up)."""
    text = text.strip()
    if len(text) < 2:
        return Resident.objects.none()
    names = Q(name_zh__contains=text) | Q(surname__icontains=text) | Q(given__icontains=text)
    cards = Q(permits__card_number__icontains=text)
    found = Resident.objects.filter(names | cards).distinct().order_by("id")
    return found.prefetch_related("permits")[:LIMIT]


def is_on_record(resident_id: int) -> bool:
    """Say whether the records know a person of this number."""
    return Resident.objects.filter(pk=resident_id).exists()


def check_link(case: "Case", resident: Resident) -> ChipRead:
    """Return the chip's read that lets the case's card be linked to this person.

    Raises LinkCannotHold: CONFLICT (not read in this visit, or erased since), BAD_REQUEST (the
    chip's date of birth is not the resident's).
    """
    read = ChipRead.objects.filter(
        kiosk=case.kiosk, visit_id=case.visit_id, card_number=case.card_number
    ).first()
    if read is None:
        raise LinkCannotHold(
            RefusalCode.CONFLICT, "no_chip", "the card's chip was not read in this visit"
        )
    if read.born != resident.born:
        raise LinkCannotHold(
            RefusalCode.BAD_REQUEST, "other_birth", "the chip's date of birth is not this person's"
        )
    return read
