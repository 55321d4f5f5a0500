"""ChooseOffer: what can be had, its price, and why something cannot."""

from kiosk.session.events import Button, Event, OfferTouched, Touched
from kiosk.session.facts import Escalation, Offer, Outcome
from kiosk.session.phases import ChooseOffer
from kiosk.session.rules import Rules
from kiosk.session.turn import Turn
from kiosk.session.way import advance, escalate, give_card_back


def on(turn: Turn, event: Event, rules: Rules) -> Turn | None:
    """Select, then go on."""
    match event:
        case OfferTouched(code=code):
            return turn.set(phase=ChooseOffer(code)) if _offer(turn, code) else turn
        case Touched(button=Button.NEXT):
            phase = turn.visit.phase
            selected = phase.selected if isinstance(phase, ChooseOffer) else None
            chosen = _offer(turn, selected)
            return advance(turn.set(chosen=chosen), rules) if chosen else turn
        case Touched(button=Button.DISPUTE):
            return escalate(turn, Escalation.INELIGIBLE_DISPUTED, rules)
        case Touched(button=Button.ASK_PERSON):
            return escalate(turn, Escalation.PERSON_ASKED, rules)
        case Touched(button=Button.LEAVE):
            return give_card_back(turn, Outcome.LEFT)
        case _:
            return None


def _offer(turn: Turn, code: str | None) -> Offer | None:
    offers = turn.visit.offers
    return next((offer for offer in offers.open if offer.code == code), None) if offers else None
