"""Compare: what the comparison says decides who looks next."""

from dataclasses import replace

from kiosk.session import resuming
from kiosk.session.events import (
    Button,
    Compared,
    EffectFailed,
    Event,
    SamePersonJudged,
    ServerLost,
    ServerRefused,
    Touched,
)
from kiosk.session.facts import Case, Comparison, Escalation, IdentitySource, Outcome
from kiosk.session.rules import Rules
from kiosk.session.turn import Turn
from kiosk.session.way import (
    advance,
    escalate,
    give_card_back,
    leave,
    leave_without_server,
    to_portrait,
)


def on(turn: Turn, event: Event, rules: Rules) -> Turn | None:
    """Go on when matched; otherwise try again where that helps, else to a person."""
    match event:
        case Compared(comparison=comparison):
            return _judge(turn.set(comparison=comparison), comparison, rules)
        case SamePersonJudged(same=same, case=case_now):
            return _same_person(turn, case_now, rules, same=same)
        case ServerRefused():
            return leave(turn, Outcome.TO_COUNTER, rules)  # taken up elsewhere since
        case ServerLost():
            return leave_without_server(turn, rules)
        case EffectFailed():
            return escalate(turn, Escalation.DEVICE_FAULT, rules)
        case Touched(button=Button.DECLINE_FACE_CHECK):
            return escalate(turn, Escalation.FACE_CHECK_DECLINED, rules)
        case Touched(button=Button.ASK_PERSON):
            return escalate(turn, Escalation.PERSON_ASKED, rules)
        case Touched(button=Button.LEAVE):
            return give_card_back(turn, Outcome.LEFT)
        case _:
            return None


def _judge(turn: Turn, comparison: Comparison, rules: Rules) -> Turn:
    if comparison.liveness_alarm or turn.visit.liveness_doubted:
        # What fooled the camera once may do so again: no later capture takes the doubt back.
        return escalate(turn.set(liveness_doubted=True), Escalation.LIVENESS_ALARM, rules)
    resumption = turn.visit.resumption
    if resumption is not None and resumption.asks_face:
        return resuming.judge(turn, comparison, rules)
    if comparison.no_reference:
        return escalate(turn, Escalation.NO_REFERENCE, rules)
    if comparison.matched:
        return advance(turn.set(identity=IdentitySource.MATCH), rules)
    if comparison.disagree:
        return escalate(turn, Escalation.PORTRAITS_DISAGREE, rules)
    if comparison.retry_helps:
        return to_portrait(turn, rules)
    return escalate(turn, Escalation.PORTRAIT_NOT_MATCHED, rules)


def _same_person(turn: Turn, case: Case, rules: Rules, *, same: bool) -> Turn | None:
    resumption, comparison = turn.visit.resumption, turn.visit.comparison
    if resumption is None or comparison is None:
        return None
    if not same:
        # What staff said of the case's person is not of this one; another case begins.
        other = replace(resumption, same=False, joined=True)
        return escalate(turn.set(resumption=other), Escalation.PORTRAIT_NOT_MATCHED, rules)
    turn = resuming.join(turn.set(resumption=replace(resumption, same=True)), case)
    return resuming.by_staff(turn, case, rules) or _judge(turn, comparison, rules)
