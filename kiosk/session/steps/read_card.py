"""ReadCard: printed zone, chip, a case that waits, then the server's offers."""

from kiosk.session import resuming
from kiosk.session.effects import ReadCardFiles
from kiosk.session.events import (
    Button,
    CardRead,
    CardRefused,
    EffectFailed,
    Event,
    OffersArrived,
    ParkedFound,
    ServerLost,
    ServerRefused,
    TimeUp,
    Touched,
)
from kiosk.session.facts import CardPlace, CardProblem, Escalation
from kiosk.session.phases import ReadCard, WelcomeBack
from kiosk.session.rules import Rules
from kiosk.session.turn import Turn
from kiosk.session.way import (
    advance,
    bad_card,
    escalate,
    fetch_offers,
    find_parked,
    go_safe,
    leave_without_server,
)


def begin(turn: Turn) -> Turn:
    """Read the card that is in the machine."""
    return turn.set(card_place=CardPlace.INSIDE).enter(ReadCard()).ask(ReadCardFiles)


def on(turn: Turn, event: Event, rules: Rules) -> Turn | None:
    """Read, then ask what can be had."""
    match event:
        case CardRead(card=card):
            return find_parked(turn.set(card=card), rules)
        case ParkedFound(parked=parked) if parked is not None:
            return turn.enter(WelcomeBack(parked))
        case ParkedFound() | TimeUp(timer="find_parked"):
            return fetch_offers(turn, rules)
        case CardRefused(problem=problem):
            return bad_card(turn, problem, rules)
        case EffectFailed(kind="ReadCardFiles"):
            return bad_card(turn, CardProblem.UNREADABLE, rules)
        case OffersArrived(offers=offers):
            if offers.permit_expired:
                return bad_card(turn, CardProblem.EXPIRED, rules)
            return _go_on(turn.set(offers=offers), rules)
        case Touched(button=Button.ASK_PERSON):
            return escalate(turn, Escalation.PERSON_ASKED, rules)
        case _:
            return _no_offers(turn, event, rules)


def _go_on(turn: Turn, rules: Rules) -> Turn:
    visit = turn.visit
    if visit.application is None:
        turn = turn.set(chosen=None)
    taken_up = visit.resumption
    if taken_up is not None and not taken_up.joined:
        return resuming.go_on(turn, rules)
    return advance(turn, rules)


def _no_offers(turn: Turn, event: Event, rules: Rules) -> Turn | None:
    phase = turn.visit.phase
    finding = isinstance(phase, ReadCard) and phase.finding_parked
    match event:
        case ServerRefused() | ServerLost() | EffectFailed() if finding:
            return fetch_offers(turn, rules)  # an ordinary visit needs no answer to that
        case ServerRefused(code="no_record"):
            return escalate(turn, Escalation.NO_RECORD, rules)
        case ServerRefused(code=code):
            return go_safe(turn, rules, f"offers refused: {code}")
        case ServerLost():
            return leave_without_server(turn, rules)
        case EffectFailed(detail=detail):
            return go_safe(turn, rules, detail)
        case _:
            return None
