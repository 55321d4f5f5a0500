"""ReadCard: printed zone, chip, then the server's offers."""

from kiosk.session.effects import ReadCardFiles
from kiosk.session.events import (
    Button,
    CardRead,
    CardRefused,
    EffectFailed,
    Event,
    OffersArrived,
    ServerLost,
    ServerRefused,
    Touched,
)
from kiosk.session.facts import CardPlace, CardProblem, Escalation
from kiosk.session.phases import ReadCard
from kiosk.session.rules import Rules
from kiosk.session.turn import Turn
from kiosk.session.way import (
    advance,
    bad_card,
    escalate,
    fetch_offers,
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
            return fetch_offers(turn.set(card=card), rules)
        case CardRefused(problem=problem):
            return bad_card(turn, problem, rules)
        case EffectFailed(kind="ReadCardFiles"):
            return bad_card(turn, CardProblem.UNREADABLE, rules)
        case OffersArrived(offers=offers):
            if offers.permit_expired:
                return bad_card(turn, CardProblem.EXPIRED, rules)
            return advance(turn.set(offers=offers, chosen=None), rules)
        case Touched(button=Button.ASK_PERSON):
            return escalate(turn, Escalation.PERSON_ASKED, rules)
        case _:
            return _no_offers(turn, event, rules)


def _no_offers(turn: Turn, event: Event, rules: Rules) -> Turn | None:
    match event:
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
