"""WelcomeBack: a case of this card waits. Go on with it, begin something else, or a person."""

from kiosk.session import resuming
from kiosk.session.effects import ResumeCase
from kiosk.session.events import (
    Button,
    CaseResumed,
    Event,
    ServerLost,
    ServerRefused,
    Touched,
)
from kiosk.session.facts import Escalation, Outcome, ResumeTrouble, Resumption
from kiosk.session.phases import WelcomeBack
from kiosk.session.rules import Rules
from kiosk.session.turn import Turn
from kiosk.session.way import escalate, fetch_offers, give_card_back, leave_without_server

TROUBLE = {
    "conflict": ResumeTrouble.AT_COUNTER,
    "stale_token": ResumeTrouble.AT_COUNTER,
    "already_issued": ResumeTrouble.ISSUED,
    "not_found": ResumeTrouble.GONE,
}
"""What a refusal means to the resident; any other may pass."""


def on(turn: Turn, event: Event, rules: Rules) -> Turn | None:
    """Take the case up on the resident's word."""
    phase = turn.visit.phase
    if not isinstance(phase, WelcomeBack):
        return None
    match event:
        case CaseResumed():
            return resuming.taken_up(turn, event, rules)
        case ServerRefused(code=code, issued_at=issued_at):
            trouble = TROUBLE.get(code, ResumeTrouble.BUSY)
            told = WelcomeBack(phase.parked, trouble=trouble, issued_at=issued_at)
            return turn.set(resumption=None).enter(told)
        case ServerLost():
            return leave_without_server(turn, rules)
        case Touched() if phase.taking_up:
            return turn  # it is being taken up: leaving now could leave the case without a visit
        case Touched(button=Button.NEXT) if phase.trouble in (None, ResumeTrouble.BUSY):
            return _take_up(turn, phase)
        case Touched(button=Button.START_NEW):
            return fetch_offers(turn, rules)
        case Touched(button=Button.ASK_PERSON):
            return escalate(turn, Escalation.PERSON_ASKED, rules)
        case Touched(button=Button.LEAVE):
            return give_card_back(turn, Outcome.LEFT)
        case _:
            return None


def _take_up(turn: Turn, phase: WelcomeBack) -> Turn:
    card, parked = turn.visit.card, phase.parked
    if card is None:
        return turn
    # Noted before the answer: where that is lost, the case may be this visit's all the same.
    resumption = Resumption(parked.id, parked.session + 1)
    return (
        turn.set(resumption=resumption)
        .enter(WelcomeBack(parked, taking_up=True))
        .ask(lambda ref: ResumeCase(ref, card.number, parked))
    )
