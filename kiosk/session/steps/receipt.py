"""Receipt: printed if it can be; the card matters more."""

from kiosk.session.events import Button, EffectFailed, Event, PaperPrinted, TimeUp, Touched
from kiosk.session.facts import Escalation, Outcome
from kiosk.session.rules import Rules
from kiosk.session.steps.call_person import call_person
from kiosk.session.turn import Turn
from kiosk.session.way import give_card_back


def on(turn: Turn, event: Event, rules: Rules) -> Turn | None:
    """Give the card back once the receipt is out or given up."""
    match event:
        case PaperPrinted(printed=printed):
            return give_card_back(turn, Outcome.ISSUED, receipt_missing=not printed)
        case EffectFailed() | TimeUp(timer="receipt"):
            return give_card_back(turn, Outcome.ISSUED, receipt_missing=True)
        case Touched(button=Button.ASK_PERSON):
            return call_person(turn, Escalation.PERSON_ASKED, rules)
        case _:
            return None
