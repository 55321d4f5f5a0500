"""Call a person while the machine goes on: where the phase must not be left."""

from kiosk.session.facts import Escalation
from kiosk.session.rules import Rules
from kiosk.session.turn import Turn
from kiosk.session.way import report_case


def call_person(turn: Turn, reason: Escalation, rules: Rules) -> Turn:
    """Report a case once; a second touch changes nothing while that case is open."""
    if turn.visit.open_case is not None:
        return turn
    return report_case(turn, reason, rules, f"asked for in {turn.visit.phase.name}")
