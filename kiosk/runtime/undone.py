"""What is not begun without a journal, and what is known of an event that broke the visit."""

from kiosk.session.effects import (
    ArmSlot,
    Effect,
    MakeApplication,
    MakeOrder,
    PrintTicket,
    ResumeCase,
    RewriteBack,
    StartPayment,
)
from kiosk.session.events import (
    BackPrinted,
    CardFound,
    CardMoved,
    CardTakenIn,
    EffectFailed,
    Event,
    PaperPrinted,
    Started,
    TakeInFailed,
)
from kiosk.session.facts import CardPlace, PrintEnd
from kiosk.session.visit import Visit

NEEDS_JOURNAL = (ArmSlot, ResumeCase, MakeApplication, StartPayment, MakeOrder, RewriteBack)
"""What must not begin unless it is on the disk: a power cut in it could not be put right."""


def needs_journal(effect: Effect) -> bool:
    """Say whether this must not begin unless the transition is on the disk."""
    if isinstance(effect, PrintTicket):
        return effect.case.version == 0  # not acknowledged: it may be on no disk at all
    return isinstance(effect, NEEDS_JOURNAL)


def refusal_of(effect: Effect) -> Event:
    """Answer an effect that was not begun because the journal cannot be written."""
    if isinstance(effect, RewriteBack):
        return BackPrinted(effect.ref, PrintEnd.FAILED, inspected=False, detail="no journal")
    if isinstance(effect, PrintTicket):
        return PaperPrinted(effect.ref, printed=False)
    return EffectFailed(effect.ref, type(effect).__name__, "the journal cannot be written")


def place_after(visit: Visit, event: Event) -> CardPlace:
    """Return where the card is after an event that broke the visit: by the event, if it says so."""
    match event:
        case CardTakenIn():
            return CardPlace.INSIDE
        case (
            Started(place=place)
            | CardMoved(place=place)
            | CardFound(place=place)
            | TakeInFailed(place=place)
        ):
            return place
        case _:
            return visit.card_place
