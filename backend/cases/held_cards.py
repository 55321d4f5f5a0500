"""Cards that no longer came out of a kiosk: which they are, until a person has them in hand.

A kiosk reports a card that blocks its gate itself, with each sign of life. Of one that it drew into
its bin only the case tells: the kiosk is free for the next.
"""

from dataclasses import dataclass

from backend.cases.models import UNCLOSED, Case
from backend.fleet.models import Kiosk
from backend_client.contract import CaseReason


@dataclass(frozen=True, slots=True)
class HeldCard:
    """A kiosk that has somebody's card; ``ticket`` is its case's, empty before there is one."""

    id: str
    name: str
    ticket: str


def is_held(case: Case) -> bool:
    """Say whether the case is about a card that is still in a kiosk."""
    return case.reason == CaseReason.CARD_HELD and case.card_inside


def held_cards() -> list[HeldCard]:
    """Return every held card, by kiosk: those of open cases, and what kiosks report besides."""
    cases = Case.objects.filter(
        reason=CaseReason.CARD_HELD.value, card_inside=True, stage__in=UNCLOSED
    ).select_related("kiosk")
    found = [
        HeldCard(case.kiosk.id, case.kiosk.name, case.ticket)
        for case in cases.order_by("created_at")
        if case.kiosk is not None
    ]
    known = {card.id for card in found}
    reporting = Kiosk.objects.filter(card_held=True).exclude(id__in=known)
    found += [HeldCard(kiosk.id, kiosk.name, "") for kiosk in reporting]
    return sorted(found, key=lambda card: (card.id, card.ticket))
