"""Confirm: what will be done and what it costs; the application is made on the resident's word."""

from kiosk.session.events import (
    ApplicationMade,
    Button,
    Event,
    ServerLost,
    ServerRefused,
    Touched,
)
from kiosk.session.facts import Escalation, Outcome
from kiosk.session.phases import ChooseOffer
from kiosk.session.rules import Rules
from kiosk.session.turn import Turn
from kiosk.session.way import (
    advance,
    escalate,
    give_card_back,
    go_safe,
    leave_without_server,
    send_application,
)

REFUSED = {
    "not_eligible": Escalation.INELIGIBLE_DISPUTED,
    "identity_missing": Escalation.PORTRAIT_NOT_MATCHED,
    "no_record": Escalation.NO_RECORD,
    "paid_before": Escalation.PAID_NOT_ISSUED,
}


def on(turn: Turn, event: Event, rules: Rules) -> Turn | None:
    """Send the application once, then go on."""
    match event:
        case Touched(button=Button.CONFIRM):
            return send_application(turn)
        case ApplicationMade(application=application) if not application.identified:
            # The server does not take the identity: nobody should pay for what it will not issue.
            return escalate(turn.set(identity=None), Escalation.PORTRAIT_NOT_MATCHED, rules)
        case ApplicationMade(application=application):
            return advance(turn.set(application=application), rules)
        case ServerRefused(code=code) if code in REFUSED:
            return escalate(turn, REFUSED[code], rules)
        case ServerRefused(code=code):
            return go_safe(turn, rules, f"application refused: {code}")
        case ServerLost():
            return leave_without_server(turn, rules)
        case _:
            return _touched(turn, event, rules)


def _touched(turn: Turn, event: Event, rules: Rules) -> Turn | None:
    if turn.visit.awaits("MakeApplication") and isinstance(event, Touched):
        return turn  # it is being made: leaving now could leave an application without a person
    match event:
        case Touched(button=Button.BACK):
            return turn.set(chosen=None).enter(ChooseOffer())
        case Touched(button=Button.ASK_PERSON):
            return escalate(turn, Escalation.PERSON_ASKED, rules)
        case Touched(button=Button.LEAVE):
            return give_card_back(turn, Outcome.LEFT)
        case _:
            return None
