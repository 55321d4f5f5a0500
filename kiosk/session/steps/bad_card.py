"""BadCard: what is wrong with the card and what now."""

from kiosk.session.events import Button, Event, TimeUp, Touched
from kiosk.session.facts import CardProblem, Escalation, Outcome
from kiosk.session.phases import BadCard
from kiosk.session.rules import Rules
from kiosk.session.turn import Turn
from kiosk.session.way import escalate, give_card_back

REASONS = {
    CardProblem.UNREADABLE: Escalation.CHIP_UNREADABLE,
    CardProblem.CHIP_CHECK_FAILED: Escalation.CHIP_CHECK_FAILED,
}


def on(turn: Turn, event: Event, rules: Rules) -> Turn | None:
    """Give the card back, or put it before a person."""
    match event:
        case Touched(button=Button.ASK_PERSON):
            phase = turn.visit.phase
            problem = phase.problem if isinstance(phase, BadCard) else CardProblem.UNREADABLE
            return escalate(turn, REASONS.get(problem, Escalation.PERSON_ASKED), rules)
        case Touched(button=Button.NEXT | Button.LEAVE) | TimeUp(timer="bad_card"):
            return give_card_back(turn, Outcome.CARD_PROBLEM)
        case _:
            return None
