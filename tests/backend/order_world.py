"""How tests bring a visit to an order: the chip read, the application, the payment, the report."""

import pytest

from backend.applications.models import Application
from backend.applications.services import apply
from backend.approvals.services import answer
from backend.cases.claims import claim
from backend.cases.decisions import DecisionInput, decide
from backend.cases.opening import open_case
from backend.endorsements.services import offers_for
from backend.orders.issuing import order_for
from backend.orders.models import IssueOrder
from backend.payments.models import Payment
from backend.payments.services import complete, start
from backend.records.services import release_portrait
from backend.refusal import Refused
from backend_client import contract as c
from backend_client.contract import DecisionKind, RefusalCode
from tests.backend import world

OFFER = "G-HKG-3M-1"


def refusal(call, *args, **kwargs) -> RefusalCode:
    with pytest.raises(Refused) as caught:
        call(*args, **kwargs)
    return caught.value.code


def read_chip(kiosk, visit="visit-1", card=world.CARD):
    proof = world.proof(card)
    release_portrait(
        kiosk, c.RecordPortraitRequest(visit_id=visit, card_number=card, proof=sent(proof))
    )
    return offers_for(kiosk, c.OffersRequest(visit_id=visit, card_number=card, proof=sent(proof)))


def sent(proof: c.ChipProof) -> c.ChipProof:
    return c.ChipProof.model_validate_json(proof.model_dump_json())


def application(kiosk, visit="visit-1", offer=OFFER, match=None, case_id=None, card=world.CARD):
    return apply(
        kiosk,
        c.ApplicationRequest(
            visit_id=visit, card_number=card, offer_code=offer, match=match, case_id=case_id
        ),
    )


def pay(kiosk, made: Application) -> Payment:
    payment = complete(start(kiosk, made.id, made.visit_id).token)
    assert payment is not None
    return payment


def ask(kiosk, made: Application) -> IssueOrder:
    wanted = c.OrderRequest(visit_id=made.visit_id, card_number=made.card_number)
    return order_for(kiosk, made.id, wanted)


def ready(kiosk, visit="visit-1") -> Application:
    """Bring a visit to where the order can be made."""
    read_chip(kiosk, visit)
    made = application(kiosk, visit, match=world.match_report())
    pay(kiosk, made)
    return made


def report(order: IssueOrder, outcome="printed", evidence="reported_by_device"):
    return c.PrintReport(fencing_token=order.fencing_token, outcome=outcome, evidence=evidence)


def accepted_case(kiosk, **fields) -> None:
    clerk, approver = world.add_staff("clerk"), world.add_staff("approver")
    open_case(kiosk, world.case_request(**fields))
    claim("case-1", clerk)
    decision = decide("case-1", clerk, DecisionInput(DecisionKind.IDENTITY_ACCEPTED))
    answer(decision.id, approver, granted=True)
