"""Portrait: references first, then live guidance until enough good frames are there."""

from kiosk.session.effects import CompareCapture, StartCapture
from kiosk.session.events import (
    Button,
    Captured,
    CaptureFailed,
    ChipLost,
    EffectFailed,
    Event,
    ReferencesReady,
    ServerLost,
    ServerRefused,
    Touched,
)
from kiosk.session.facts import Escalation, Outcome
from kiosk.session.phases import Compare, Portrait
from kiosk.session.rules import Rules
from kiosk.session.turn import Turn
from kiosk.session.way import (
    escalate,
    give_card_back,
    leave_without_server,
    to_portrait,
)


def on(turn: Turn, event: Event, rules: Rules) -> Turn | None:
    """Capture; a capture that comes to nothing counts as a try."""
    attempt = turn.visit.tries
    match event:
        case ReferencesReady(chip=False, record=False):
            return escalate(turn, Escalation.NO_REFERENCE, rules)
        case ServerRefused(code=code):
            # Only these say that there is no portrait; any other says nothing of the resident.
            none_there = code in ("not_found", "no_record")
            reason = Escalation.NO_REFERENCE if none_there else Escalation.DEVICE_FAULT
            return escalate(turn, reason, rules)
        case ReferencesReady():
            phase = turn.visit.phase
            words = phase.words if isinstance(phase, Portrait) else None
            return turn.set(phase=Portrait(capturing=True, words=words)).ask(
                lambda ref: StartCapture(ref, attempt)
            )
        case Captured():
            return turn.enter(Compare()).ask(lambda ref: CompareCapture(ref, attempt))
        case ChipLost():
            return escalate(turn, Escalation.CHIP_UNREADABLE, rules)
        case CaptureFailed(camera_lost=False):
            return to_portrait(turn, rules)
        case CaptureFailed() | EffectFailed():
            return escalate(turn, Escalation.DEVICE_FAULT, rules)
        case ServerLost():
            return leave_without_server(turn, rules)
        case _:
            return _touched(turn, event, rules)


def _touched(turn: Turn, event: Event, rules: Rules) -> Turn | None:
    match event:
        case Touched(button=Button.DECLINE_FACE_CHECK):
            return escalate(turn, Escalation.FACE_CHECK_DECLINED, rules)
        case Touched(button=Button.ASK_PERSON):
            return escalate(turn, Escalation.PERSON_ASKED, rules)
        case Touched(button=Button.LEAVE):
            return give_card_back(turn, Outcome.LEFT)
        case _:
            return None
