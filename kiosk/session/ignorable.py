"""Which (phase, event) pairs may be ignored, and why. Any other unhandled pair is a fault."""

from kiosk.session.events import (
    Event,
    HeldCardReleased,
    LanguageChosen,
    OfferTouched,
    Touched,
    TravelTold,
)

EVERY_PHASE = "*"

IGNORABLE: dict[tuple[str, type[Event]], str] = {
    (EVERY_PHASE, Touched): "a touch meant for the screen before, as the phase changed",
    (EVERY_PHASE, OfferTouched): "an offer touched as the phase changed",
    (EVERY_PHASE, TravelTold): "told as the decision arrived; it no longer matters",
    (EVERY_PHASE, HeldCardReleased): "the card was gone before the word came",
    (EVERY_PHASE, LanguageChosen): "the language that is shown already",
}


def is_ignorable(phase: str, event: Event) -> bool:
    """Say whether this pair is on the list."""
    kind = type(event)
    return (phase, kind) in IGNORABLE or (EVERY_PHASE, kind) in IGNORABLE
