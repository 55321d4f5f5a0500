"""CardHeld: a card stays at or in the machine; nobody else may use it until the card is gone."""

from kiosk.session.effects import WatchGate
from kiosk.session.events import (
    Button,
    CardMoved,
    EffectFailed,
    Event,
    HeldCardReleased,
    TimeUp,
    Touched,
)
from kiosk.session.facts import CardPlace, Escalation, Outcome
from kiosk.session.phases import CardHeld
from kiosk.session.rules import Rules
from kiosk.session.steps.call_person import call_person
from kiosk.session.turn import Turn
from kiosk.session.way import end_visit, give_card_back


def on(turn: Turn, event: Event, rules: Rules) -> Turn | None:
    """Wait until the sensors say that the card is gone."""
    phase = turn.visit.phase
    outcome = phase.outcome if isinstance(phase, CardHeld) else Outcome.FAILED
    match event:
        case CardMoved(place=CardPlace.OUT):
            return end_visit(turn.set(card_place=CardPlace.OUT), outcome)
        case CardMoved() | EffectFailed():
            return turn.timer("eject_again", rules.timers.eject_again)
        case TimeUp(timer="eject_again"):
            return turn.ask(WatchGate)
        case HeldCardReleased():
            return give_card_back(turn, outcome)
        case Touched(button=Button.ASK_PERSON):
            return call_person(turn, Escalation.PERSON_ASKED, rules)
        case _:
            return None
