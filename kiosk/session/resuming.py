"""Going on with a case that was taken up: the face first, then what staff decided, or the wait.

Whoever holds the card need not be whom staff looked at. Nothing of a case that has a portrait is
shown or used before the server has found the face to be that one; where there is none, no word
that staff gave before is taken for this person's identity.
"""

from dataclasses import replace
from datetime import datetime

from kiosk.session.effects import JudgeSamePerson
from kiosk.session.events import CaseResumed
from kiosk.session.facts import (
    Case,
    CaseStage,
    Comparison,
    DecisionKind,
    Escalation,
    IdentitySource,
    Offer,
    Offers,
    Outcome,
    ParkedCase,
    ResumeTrouble,
    Resumption,
)
from kiosk.session.phases import Notice, WelcomeBack
from kiosk.session.rules import Rules
from kiosk.session.turn import Turn
from kiosk.session.way import (
    NEEDED_TO_ISSUE,
    advance,
    escalate,
    fetch_offers,
    give_card_back,
    leave,
    to_portrait,
    wait_again,
)

OF_A_MACHINE = (Escalation.DEVICE_FAULT, Escalation.PAID_NOT_ISSUED)
"""What another machine may simply do: its face check and its printer are the answer."""

BY_A_PERSON = (Escalation.LIVENESS_ALARM, Escalation.FACE_CHECK_DECLINED)
"""What no camera may answer: only somebody who has seen the resident."""


def taken_up(turn: Turn, answer: CaseResumed, rules: Rules) -> Turn:
    """Take over what the case is about; then ask what the card can have now."""
    case, application = answer.case, answer.application
    resumption = Resumption(
        case.id, case.session, case, offer_code=answer.offer_code, portrait=answer.portrait
    )
    turn = turn.set(
        resumption=resumption, application=application, chosen=answer.offer, travel=answer.travel
    )
    return fetch_offers(turn, rules)


def go_on(turn: Turn, rules: Rules) -> Turn:
    """Go to the first step still missing, now that the offers are there."""
    visit, resumption = turn.visit, turn.visit.resumption
    if resumption is None or resumption.case is None:
        return advance(turn, rules)
    if visit.application is None:
        turn = turn.set(chosen=_chosen(visit.offers, resumption.offer_code))
    elif visit.application.identified:
        # The counter saw card and person, and ordered the print here.
        turn = join(turn, resumption.case).set(identity=IdentitySource.DECISION)
        return advance(turn, rules)
    if resumption.asks_face:
        if any(device in visit.lost for device in NEEDED_TO_ISSUE):
            return give_card_back(turn, Outcome.LEFT)  # another kiosk can, before any effort here
        return to_portrait(turn, rules) if visit.consented else turn.enter(Notice())
    turn = join(turn, resumption.case)
    return by_staff(turn, resumption.case, rules) or advance(turn, rules)


def judge(turn: Turn, comparison: Comparison, rules: Rules) -> Turn:
    """Have the server judge whether it is the case's person; try again where that may help."""
    resumption = turn.visit.resumption
    score = comparison.with_case
    if comparison.retry_helps and (score is None or not score.accepted):
        return to_portrait(turn, rules)
    if score is None or resumption is None or resumption.case is None:
        return escalate(turn, Escalation.PORTRAIT_NOT_MATCHED, rules)
    case = resumption.case
    return turn.ask(lambda ref: JudgeSamePerson(ref, case))


def join(turn: Turn, case: Case) -> Turn:
    """Note the case as the server has it now; what staff decided in it holds from here on."""
    resumption = turn.visit.resumption
    assert resumption is not None, "only what was taken up is joined"  # noqa: S101 - see callers
    turn = turn.set(resumption=replace(resumption, case=case, joined=True))
    return turn.set(case=case) if case.decision is not None else turn


def by_staff(turn: Turn, case: Case, rules: Rules) -> Turn | None:
    """Go on by what staff decided, or wait for it; None where the face check alone decides."""
    if case.stage is CaseStage.CLOSED:
        return leave(turn.set(case=case), Outcome.TO_COUNTER, rules)
    if case.decision is None:
        return None if case.reason in OF_A_MACHINE else wait_again(turn, case, rules)
    resumption = turn.visit.resumption
    same = resumption is not None and resumption.same is True
    match case.decision.kind:
        case DecisionKind.TO_COUNTER:
            return leave(turn, Outcome.TO_COUNTER, rules)
        case DecisionKind.REFUSED:
            return leave(turn, Outcome.REFUSED, rules)
        case DecisionKind.IDENTITY_ACCEPTED if same:
            accepted = turn.set(identity=IdentitySource.DECISION, accepted_in=case.id)
            return advance(accepted, rules)
        case _ if case.reason in BY_A_PERSON:
            return escalate(turn, case.reason, rules)
        case _:
            return None


def issued_elsewhere(turn: Turn, issued_at: datetime | None) -> Turn:
    """Say that what was taken up is issued by now; no other step of it is left to this visit.

    That the case is let go is told at the end all the same: harmless where it is closed.
    """
    taken_up = turn.visit.resumption
    if taken_up is None or taken_up.case is None:
        return turn
    case = taken_up.case
    parked = ParkedCase(case.id, case.ticket, CaseStage.CLOSED, case.session)
    turn = turn.set(case=None, application=None, payment=None, chosen=None)
    turn = turn.set(identity=None, accepted_in=None)
    return turn.enter(WelcomeBack(parked, trouble=ResumeTrouble.ISSUED, issued_at=issued_at))


def _chosen(offers: Offers | None, code: str | None) -> Offer | None:
    return next((offer for offer in offers.open if offer.code == code), None) if offers else None
