"""Notice: face data. Agree, or a person looks instead."""

from kiosk.session.events import Button, Event, Touched
from kiosk.session.facts import Escalation, Outcome
from kiosk.session.phases import ChooseOffer, Notice
from kiosk.session.rules import Rules
from kiosk.session.turn import Turn
from kiosk.session.visit import Visit
from kiosk.session.way import escalate, give_card_back, to_portrait


def can_choose_anew(visit: Visit) -> bool:
    """Say whether what was chosen may still be changed: once it was applied for it stands."""
    return visit.application is None and visit.resumption is None


def on(turn: Turn, event: Event, rules: Rules) -> Turn | None:
    """Take the resident's word; before it nothing of their face is used."""
    match event:
        case Touched(button=Button.AGREE):
            phase = turn.visit.phase
            words = phase.words if isinstance(phase, Notice) else None
            return to_portrait(turn.set(consented=True), rules, words)
        case Touched(button=Button.DECLINE_FACE_CHECK):
            return escalate(turn, Escalation.FACE_CHECK_DECLINED, rules)
        case Touched(button=Button.ASK_PERSON):
            return escalate(turn, Escalation.PERSON_ASKED, rules)
        case Touched(button=Button.BACK) if can_choose_anew(turn.visit):
            return turn.set(chosen=None).enter(ChooseOffer())
        case Touched(button=Button.LEAVE):
            return give_card_back(turn, Outcome.LEFT)
        case _:
            return None
