"""A case decided for a kiosk that dies goes on at the counter; of the two exactly one goes on."""

import pytest

from backend.approvals.services import answer
from backend.audit.models import AuditEvent
from backend.cases.claims import claim
from backend.cases.closing import close_by_staff
from backend.cases.decisions import DecisionInput, decide
from backend.cases.models import Case
from backend.cases.opening import open_case
from backend.cases.queue import at_counter
from backend.cases.residents_side import case_of
from backend.clock import ago, now
from backend.console.case_sheet import case_sheet
from backend.console.counter_sheet import counter_sheet
from backend.fleet.services import heartbeat
from backend.orders.counter import CounterForm, issue_at_counter, print_at_kiosk, stop_payment_code
from backend.orders.models import IssueOrder
from backend.orders.printing import begin_printing, end_printing
from backend.orders.reconcile import visit_ended
from backend.payments.models import Payment
from backend.payments.services import complete, start
from backend.records.models import HeldEndorsement
from backend.refusal import Refused
from backend_client import contract as c
from backend_client.contract import DecisionKind, RefusalCode
from tests.backend import world
from tests.backend.order_world import application, ask, pay, read_chip, refusal, report

SEEN = CounterForm(seen_in_person=True)
PAID = CounterForm(seen_in_person=True, fee_taken=True)


@pytest.fixture
def clerk(kiosk):
    """A clerk who accepted the identity of the resident at the kiosk, with an approver."""
    clerk, approver = world.add_staff("clerk"), world.add_staff("approver")
    read_chip(kiosk)
    open_case(kiosk, world.case_request())
    claim("case-1", clerk)
    made = decide("case-1", clerk, DecisionInput(DecisionKind.IDENTITY_ACCEPTED))
    answer(made.id, approver, granted=True)
    return clerk


def die(kiosk) -> None:
    Case.objects.update(created_at=ago(120))
    world.Kiosk.objects.filter(id=kiosk.id).update(last_seen_at=ago(61))


def come_back(kiosk) -> None:
    kiosk.refresh_from_db()
    heartbeat(kiosk, c.Heartbeat(phase="pay", version="1", devices={}))


def closable(clerk) -> bool:
    return case_sheet(Case.objects.get(), clerk, "en", now()).closable


def test_what_is_decided_for_a_silent_kiosk_waits_at_the_counter(kiosk, clerk):
    come_back(kiosk)
    assert list(at_counter()) == []
    assert not counter_sheet(Case.objects.get(), "en").issuable
    assert not closable(clerk)
    die(kiosk)
    assert [case.id for case in at_counter()] == ["case-1"]
    assert counter_sheet(Case.objects.get(), "en").issuable
    assert closable(clerk)
    come_back(kiosk)
    assert list(at_counter()) == []


def test_the_counter_first_the_kiosk_that_comes_back_goes_on_with_nothing(kiosk, clerk):
    made = application(kiosk, case_id="case-1")
    pay(kiosk, made)
    order = ask(kiosk, made)
    die(kiosk)
    assert issue_at_counter("case-1", clerk, SEEN).id == order.id
    come_back(kiosk)
    assert refusal(case_of, kiosk, "case-1") == RefusalCode.STALE_TOKEN
    assert refusal(begin_printing, kiosk, order.id, 1) == RefusalCode.ALREADY_ISSUED
    assert refusal(ask, kiosk, made) == RefusalCode.NOT_FOUND
    assert refusal(application, kiosk, case_id="case-1") == RefusalCode.NOT_ELIGIBLE
    visit_ended(kiosk, "visit-1", made.id)
    assert (Case.objects.get().close_outcome, IssueOrder.objects.count()) == (
        "issued_at_counter",
        1,
    )
    assert HeldEndorsement.objects.count() == 1
    assert AuditEvent.objects.filter(kind="case.resumed").count() == 1


def test_the_kiosk_first_the_counter_goes_on_with_nothing(kiosk, clerk):
    made = application(kiosk, case_id="case-1")
    pay(kiosk, made)
    die(kiosk)
    come_back(kiosk)
    world.Kiosk.objects.update(resumes=True)
    assert refusal(issue_at_counter, "case-1", clerk, SEEN) == RefusalCode.CONFLICT
    assert refusal(print_at_kiosk, "case-1", clerk, SEEN, kiosk.id) == RefusalCode.CONFLICT
    assert refusal(stop_payment_code, "case-1", clerk) == RefusalCode.CONFLICT
    assert refusal(close_by_staff, "case-1", clerk, "gone") == RefusalCode.CONFLICT
    order = ask(kiosk, made)
    begin_printing(kiosk, order.id, 1)
    end_printing(kiosk, order.id, report(order))
    visit_ended(kiosk, "visit-1", made.id)
    assert Case.objects.get().close_outcome == "issued"


def test_at_once_either_the_kiosk_prints_or_the_counter_issues(kiosk, clerk):
    made = application(kiosk, case_id="case-1")
    pay(kiosk, made)
    order = ask(kiosk, made)
    die(kiosk)

    def work(number):
        if number % 2:
            return begin_printing(kiosk, order.id, 1)
        return issue_at_counter("case-1", clerk, SEEN)

    results = world.at_once(2, work)
    assert sum(isinstance(result, Refused) for result in results) == 1
    assert IssueOrder.objects.get().state in ("printing", "at_counter")


def test_what_is_being_printed_is_left_to_the_kiosks_report(kiosk, clerk):
    made = application(kiosk, case_id="case-1")
    pay(kiosk, made)
    order = ask(kiosk, made)
    begin_printing(kiosk, order.id, 1)
    die(kiosk)
    assert refusal(issue_at_counter, "case-1", clerk, SEEN) == RefusalCode.CONFLICT
    close_by_staff("case-1", clerk, "gone")
    assert end_printing(kiosk, order.id, report(order)).state == "printed"


def test_closing_fences_the_kiosk_off_too(kiosk, clerk):
    die(kiosk)
    close_by_staff("case-1", clerk, "gone")
    come_back(kiosk)
    assert refusal(case_of, kiosk, "case-1") == RefusalCode.STALE_TOKEN
    assert not application(kiosk, case_id="case-1").identified


def test_what_a_refused_word_at_the_counter_changed_is_as_before(kiosk, clerk):
    die(kiosk)
    no_fee = CounterForm(seen_in_person=True)
    assert refusal(issue_at_counter, "case-1", clerk, no_fee) == RefusalCode.SETTLEMENT_MISSING
    come_back(kiosk)
    assert case_of(kiosk, "case-1").id == "case-1"


def test_what_was_paid_at_the_kiosk_goes_along_though_the_case_does_not_name_it(kiosk):
    clerk, approver = world.add_staff("clerk"), world.add_staff("approver")
    world.Resident.objects.update(functionary=True)
    read_chip(kiosk)
    open_case(kiosk, world.case_request(reason="ineligible_disputed", phase="offers"))
    claim("case-1", clerk)
    what = DecisionInput(DecisionKind.ELIGIBILITY_GRANTED, offer_code="G-HKG-3M-1")
    answer(decide("case-1", clerk, what).id, approver, granted=True)
    made = application(kiosk, match=world.match_report(), case_id="case-1")
    pay(kiosk, made)
    die(kiosk)
    assert issue_at_counter("case-1", clerk, SEEN).application_id == made.id
    again = refusal(application, kiosk, match=world.match_report(), case_id="case-1")
    assert again == RefusalCode.NOT_ELIGIBLE, "what was granted went to the counter"


def test_a_code_of_the_silent_kiosk_is_stopped_and_its_fee_taken_once(kiosk, clerk):
    made = application(kiosk, case_id="case-1")
    token = start(kiosk, made.id, "visit-1").token
    die(kiosk)
    stop_payment_code("case-1", clerk)
    issue_at_counter("case-1", clerk, PAID)
    complete(token)
    assert Payment.objects.get().state == "cancelled"
