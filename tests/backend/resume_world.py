"""How tests park a case, find it by its card at another kiosk, and take it up there."""

from backend.approvals.services import answer
from backend.cases.claims import claim
from backend.cases.decisions import DecisionInput, decide
from backend.cases.opening import open_case
from backend.cases.residents_side import leave
from backend.orders.counter import CounterForm
from backend.resume.services import parked, resume, same_person
from backend_client import contract as c
from backend_client.contract import DecisionKind
from tests.backend import world

FACE = world.jpeg(77)


def proof(card=world.CARD):
    return c.ChipProof.model_validate_json(world.proof(card).model_dump_json())


def park(kiosk, **fields):
    """A resident is put before staff at a kiosk and leaves with a ticket."""
    case = open_case(kiosk, world.case_request(live_portrait=c.picture(FACE), **fields))
    leave(kiosk, case.id, c.LeaveRequest(card="out"))
    case.refresh_from_db()
    return case


def look(kiosk, visit="visit-2", card=world.CARD):
    wanted = c.ParkedRequest(visit_id=visit, card_number=card, proof=proof(card))
    return parked(kiosk, wanted).case


def take_up(kiosk, case, visit="visit-2", card=world.CARD):
    wanted = c.ResumeRequest(visit_id=visit, card_number=card, proof=proof(card))
    return resume(kiosk, case.id, wanted)


def face(kiosk, case, session=2, visit="visit-2", **fields):
    report = world.match_report(references=("case",), **fields)
    wanted = c.SamePersonRequest(visit_id=visit, session=session, match=report)
    return same_person(kiosk, case.id, wanted).same


def accept(case, clerk, approver):
    claim(case.id, clerk)
    made = decide(case.id, clerk, DecisionInput(DecisionKind.IDENTITY_ACCEPTED))
    answer(made.id, approver, granted=True)


def to_counter(case, clerk):
    claim(case.id, clerk)
    decide(case.id, clerk, DecisionInput(DecisionKind.TO_COUNTER))


PAID = CounterForm(seen_in_person=True, fee_taken=True)
