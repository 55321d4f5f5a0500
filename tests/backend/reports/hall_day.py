"""A hall's day in the database: visits that went well, hang, or were ended at the counter."""

from backend.cases.claims import claim
from backend.cases.decisions import DecisionInput, decide
from backend.cases.opening import open_case
from backend.orders.counter import CounterForm, issue_at_counter
from backend.orders.printing import begin_printing, end_printing
from backend_client.contract import DecisionKind
from tests.backend import world
from tests.backend.order_world import application, ask, pay, read_chip, report

TO_COUNTER = DecisionInput(DecisionKind.TO_COUNTER)


def visit(kiosk, number: int, outcome: str = "printed"):
    """A resident is recognised and pays by QR; ``outcome`` is how the print ends, or no_order."""
    card = f"C1000000{number}"
    world.add_resident(card)
    read_chip(kiosk, f"visit-{number}", card)
    made = application(kiosk, f"visit-{number}", match=world.match_report(), card=card)
    pay(kiosk, made)
    if outcome != "no_order":
        order = ask(kiosk, made)
        begin_printing(kiosk, order.id, order.fencing_token)
        end_printing(kiosk, order.id, report(order, outcome))
    return made


def at_counter(kiosk, clerk, case_id: str, card: str):
    """A resident is sent to the counter, pays there and gets the endorsement."""
    world.add_resident(card)
    open_case(kiosk, world.case_request(case_id, visit_id=f"v-{case_id}", card_number=card))
    claim(case_id, clerk)
    decide(case_id, clerk, TO_COUNTER)
    return issue_at_counter(case_id, clerk, CounterForm(seen_in_person=True, fee_taken=True))
