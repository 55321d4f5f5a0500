"""Escalated: a person has the session; it goes on here at the first step still missing."""

from dataclasses import replace

from kiosk.session.effects import LeaveCase, SendTravel
from kiosk.session.events import (
    Button,
    CaseChanged,
    EffectFailed,
    Event,
    ServerLost,
    ServerRefused,
    TimeUp,
    Touched,
    TravelTold,
)
from kiosk.session.facts import (
    CardPlace,
    Case,
    CaseStage,
    Decision,
    DecisionKind,
    Escalation,
    IdentitySource,
    Outcome,
    Texts,
)
from kiosk.session.phases import Escalated, Notice
from kiosk.session.rules import Rules
from kiosk.session.steps import read_card
from kiosk.session.turn import Turn
from kiosk.session.way import (
    advance,
    find_parked,
    give_card_back,
    leave,
    leave_waiting,
    leave_without_server,
    secure_case,
    to_portrait,
)


def on(turn: Turn, event: Event, rules: Rules) -> Turn | None:
    """Show what staff do, take their decision, or let the resident go with a ticket."""
    match event:
        case CaseChanged(case=case):
            return _changed(turn, case, rules)
        case ServerLost():
            return leave_without_server(turn, rules)
        case ServerRefused() | EffectFailed():
            return leave_waiting(turn, rules)
        case TimeUp(timer="keep_card" | "wait_without_card"):
            return leave_waiting(turn, rules)
        case TravelTold(travel=travel):
            case_now = turn.visit.case
            turn = turn.set(travel=travel, phase=Escalated())
            if case_now is None:
                return turn
            return turn.tell(
                lambda ref: SendTravel(ref, case_now.id, travel, session=case_now.session)
            )
        case Touched(button=button):
            return _touched(turn, button, rules)
        case _:
            return None


def can_go_back(turn: Turn) -> bool:
    """Say whether the resident may go on alone: only who asked for a person freely may."""
    case = turn.visit.case
    return case is not None and case.reason is Escalation.PERSON_ASKED


def _touched(turn: Turn, button: Button, rules: Rules) -> Turn | None:
    match button:
        case Button.LEAVE_WITH_TICKET | Button.LEAVE:
            return leave_waiting(turn, rules)
        case Button.CHANGE_TRAVEL:
            return turn.set(phase=Escalated(asking_travel=True))
        case Button.SKIP_TRAVEL:
            return turn.set(phase=Escalated())
        case Button.BACK if can_go_back(turn):
            return _go_back(turn, rules)
        case _:
            return None


def _go_back(turn: Turn, rules: Rules) -> Turn:
    case, visit = turn.visit.case, turn.visit
    if case is not None:
        turn = secure_case(turn).tell(
            lambda ref: LeaveCase(
                ref, case.id, visit.card_place, withdrawn=True, session=case.session
            )
        )
        if visit.resumption is not None and visit.resumption.case_id == case.id:
            turn = turn.set(resumption=None)  # it was what had been taken up
    turn = turn.set(case=None)
    if visit.card is not None:
        return advance(turn, rules) if visit.offers is not None else find_parked(turn, rules)
    if visit.card_place is CardPlace.INSIDE:
        return read_card.begin(turn)
    return give_card_back(turn, Outcome.LEFT)


def _changed(turn: Turn, case: Case, rules: Rules) -> Turn:
    before = turn.visit.case
    reason = before.reason if before else case.reason
    case = replace(case, reason=reason)
    turn = turn.set(case=case)
    if case.decision is not None:
        return apply(turn, case.decision, rules)
    if case.stage is CaseStage.CLOSED:
        return leave(turn, Outcome.TO_COUNTER, rules)
    return turn


def apply(turn: Turn, decision: Decision, rules: Rules) -> Turn:
    """Go on as a person decided."""
    visit = turn.visit
    tries = min(visit.tries, max(rules.max_tries - 1, 0))
    match decision.kind:
        case DecisionKind.IDENTITY_ACCEPTED:
            accepted_in = visit.case.id if visit.case else None
            turn = turn.set(identity=IdentitySource.DECISION, accepted_in=accepted_in)
            return _go_on(turn, rules)
        case DecisionKind.RECORD_LINKED | DecisionKind.ELIGIBILITY_GRANTED:
            if visit.application is None:
                # Once there is an application, what was chosen stands: it may be paid already.
                turn = turn.set(offers=None, chosen=None, tries=tries)
            return _go_on(turn, rules)
        case DecisionKind.NEW_PORTRAIT:
            return _new_portrait(
                turn.set(identity=None, accepted_in=None, tries=tries), decision.words, rules
            )
        case DecisionKind.TO_COUNTER:
            return leave(turn, Outcome.TO_COUNTER, rules)
        case DecisionKind.REFUSED:
            return leave(turn, Outcome.REFUSED, rules)


def _new_portrait(turn: Turn, words: Texts | None, rules: Rules) -> Turn:
    """Go to the camera with the clerk's words; consent stays the resident's own word."""
    visit = turn.visit
    if visit.offers is None or visit.chosen is None or visit.print_end is not None:
        return _go_on(turn, rules)  # something comes before the camera
    return to_portrait(turn, rules, words) if visit.consented else turn.enter(Notice(words))


def _go_on(turn: Turn, rules: Rules) -> Turn:
    if turn.visit.card is None:
        # Nothing was read that could be gone on with: the person takes it from here.
        return leave(turn, Outcome.TO_COUNTER, rules)
    return advance(turn, rules)
