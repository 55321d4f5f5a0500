"""OutOfService: comes back by itself when devices and server are back."""

from kiosk.session.events import Button, Event, Touched
from kiosk.session.facts import Escalation
from kiosk.session.rules import Rules
from kiosk.session.steps.call_person import call_person
from kiosk.session.turn import Turn


def on(turn: Turn, event: Event, rules: Rules) -> Turn | None:
    """Let a person be called; all else that matters here is handled at the root."""
    match event:
        case Touched(button=Button.ASK_PERSON):
            return call_person(turn, Escalation.PERSON_ASKED, rules)
        case _:
            return None
