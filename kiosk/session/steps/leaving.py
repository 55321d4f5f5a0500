"""Leaving: the ticket, then the card."""

from kiosk.session.events import Button, EffectFailed, Event, PaperPrinted, TimeUp, Touched
from kiosk.session.facts import Escalation
from kiosk.session.phases import Leaving
from kiosk.session.rules import Rules
from kiosk.session.steps.call_person import call_person
from kiosk.session.turn import Turn
from kiosk.session.way import after_ticket, give_card_back


def on(turn: Turn, event: Event, rules: Rules) -> Turn | None:
    """Give the card back once the ticket is out or given up; then end."""
    phase = turn.visit.phase
    if not isinstance(phase, Leaving):
        return None
    match event:
        case PaperPrinted(printed=printed):
            return after_ticket(turn, phase.outcome, printed=printed, rules=rules)
        case EffectFailed() | TimeUp(timer="receipt"):
            return after_ticket(turn, phase.outcome, printed=False, rules=rules)
        case TimeUp(timer="leaving"):
            return give_card_back(turn, phase.outcome)
        case Touched(button=Button.NEXT) if phase.printed is not None:
            return give_card_back(turn, phase.outcome)
        case Touched(button=Button.ASK_PERSON):
            return call_person(turn, Escalation.PERSON_ASKED, rules)
        case _:
            return None
