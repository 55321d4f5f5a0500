"""The same person never pays twice for one thing, at whatever kiosk, in whatever visit."""

import pytest

from backend.applications.models import Application
from backend.applications.unfinished import paid_and_not_issued, paid_twice_with
from backend.cases.claims import claim
from backend.cases.decisions import DecisionInput, decide
from backend.cases.models import Case
from backend.cases.opening import open_case
from backend.cases.residents_side import resident_gone
from backend.cases.timers import is_owed
from backend.clock import ago, now
from backend.console.counter_sheet import counter_sheet
from backend.orders.counter import CounterForm, issue_at_counter, stop_payment_code
from backend.orders.models import IssueOrder
from backend.orders.printing import begin_printing, end_printing
from backend.orders.reconcile import reconcile, visit_ended
from backend.orders.refunds import refund
from backend.payments.models import Payment
from backend.payments.services import complete, start
from backend.records.models import Permit
from backend.refusal import Refused
from backend.reports.cash import cash_up
from backend_client.contract import DecisionKind, RefusalCode
from tests.backend import world
from tests.backend.order_world import application, ask, pay, read_chip, ready, refusal, report

SEEN = CounterForm(seen_in_person=True)


def fails_to_print(kiosk, outcome="failed") -> Application:
    """A visit pays, its print does not end well, and the resident leaves with a ticket."""
    made = ready(kiosk)
    order = ask(kiosk, made)
    begin_printing(kiosk, order.id, 1)
    end_printing(kiosk, order.id, report(order, outcome, "none"))
    reason = "paid_not_issued" if outcome == "failed" else "print_unknown"
    open_case(kiosk, world.case_request(reason=reason, application_id=made.id))
    resident_gone(kiosk, "visit-1", "out")
    visit_ended(kiosk, "visit-1", made.id)
    return made


def comes_back(kiosk, visit="visit-2", **fields) -> RefusalCode:
    read_chip(kiosk, visit, fields.get("card", world.CARD))
    return refusal(application, kiosk, visit, match=world.match_report(), **fields)


def to_counter(case_id: str, clerk) -> None:
    claim(case_id, clerk)
    decide(case_id, clerk, DecisionInput(DecisionKind.TO_COUNTER))


@pytest.mark.parametrize("outcome", ["failed", "unknown"])
def test_after_a_print_that_did_not_end_well_no_second_fee_is_asked(kiosk, outcome):
    fails_to_print(kiosk, outcome)
    other = world.add_kiosk("4")
    assert comes_back(other) == RefusalCode.PAID_BEFORE
    assert comes_back(other, "visit-3", offer="G-HKG-1Y-1") == RefusalCode.PAID_BEFORE
    assert Payment.objects.count() == 1
    assert Application.objects.count() == 1


def test_paid_and_never_ordered_counts_as_well(kiosk):
    ready(kiosk)
    assert comes_back(world.add_kiosk("4")) == RefusalCode.PAID_BEFORE


def test_another_card_of_the_same_person_does_not_pay_again(kiosk):
    fails_to_print(kiosk)
    holder = Permit.objects.get(card_number=world.CARD)
    new = world.add_resident("CX0000001")
    Permit.objects.filter(pk=new.pk).update(resident=holder.resident)
    assert comes_back(kiosk, card="CX0000001") == RefusalCode.PAID_BEFORE


def test_an_order_under_way_stops_another_one_before_the_payment(kiosk):
    read_chip(kiosk)
    made = application(kiosk, match=world.match_report())
    Application.objects.update(fee_fen=0, settled_at=world.timezone.now())
    assert ask(kiosk, made).state == "ordered"
    assert comes_back(world.add_kiosk("4")) == RefusalCode.NOT_ELIGIBLE


def test_the_clerk_ends_both_cases_with_the_money_that_is_there(kiosk):
    made = fails_to_print(kiosk)
    other = world.add_kiosk("4")
    comes_back(other)
    wanted = {"visit_id": "visit-2", "reason": "paid_not_issued"}
    second = open_case(other, world.case_request("case-2", **wanted))
    assert second.application == made
    assert second.came_from_id == "case-1"
    assert set(made.cases.exclude(stage="closed").values_list("id", flat=True)) == {
        "case-1",
        "case-2",
    }
    clerk = world.add_staff("clerk")
    to_counter("case-2", clerk)
    assert issue_at_counter("case-2", clerk, SEEN).application == made
    assert not Case.objects.exclude(stage="closed").exists()
    assert Payment.objects.count() == 1


def test_the_print_at_the_kiosk_answers_the_case_of_the_visit_before(kiosk):
    made = fails_to_print(kiosk, "unknown")
    IssueOrder.objects.update(state="printing")
    order = IssueOrder.objects.get(application=made)
    end_printing(kiosk, order.id, report(order))
    assert Case.objects.get(id="case-1").close_outcome == "printed"


def test_the_counter_goes_on_with_what_was_paid_where_the_case_names_nothing(kiosk):
    made = fails_to_print(kiosk)
    other = world.add_kiosk("4")
    open_case(other, world.case_request("case-2", visit_id="visit-2", reason="person_asked"))
    clerk = world.add_staff("clerk")
    to_counter("case-2", clerk)
    assert issue_at_counter("case-2", clerk, SEEN).application == made
    assert Application.objects.count() == 1


def test_the_counter_takes_no_fee_for_another_thing_beside_it(kiosk):
    fails_to_print(kiosk)
    other = world.add_kiosk("4")
    open_case(other, world.case_request("case-2", visit_id="visit-2", offer_code="G-MAC-3M-1"))
    clerk = world.add_staff("clerk")
    to_counter("case-2", clerk)
    form = CounterForm(seen_in_person=True, fee_taken=True)
    assert refusal(issue_at_counter, "case-2", clerk, form) == RefusalCode.PAID_BEFORE


def test_of_two_kiosks_at_once_one_takes_the_money(kiosk):
    other = world.add_kiosk("4")
    visits = [(kiosk, "visit-1"), (other, "visit-2")]
    for place, visit in visits:
        read_chip(place, visit)

    def pays(number: int) -> Payment:
        place, visit = visits[number]
        return pay(place, application(place, visit, match=world.match_report()))

    for _ in range(4):
        world.at_once(2, pays)
    assert Payment.objects.filter(state="paid").count() == 1
    assert Application.objects.exclude(settled_at=None).count() == 1


def test_the_code_of_the_visit_before_can_no_longer_be_paid(kiosk):
    read_chip(kiosk)
    first = start(kiosk, application(kiosk, match=world.match_report()).id, "visit-1")
    other = world.add_kiosk("4")
    read_chip(other, "visit-2")
    second = application(other, "visit-2", match=world.match_report())
    newest = start(other, second.id, "visit-2")
    assert complete(first.token).state == "cancelled"
    assert complete(newest.token).state == "paid"


def test_paying_and_starting_at_once_leave_one_payment(kiosk):
    read_chip(kiosk)
    other = world.add_kiosk("4")
    read_chip(other, "visit-2")
    first = start(kiosk, application(kiosk, match=world.match_report()).id, "visit-1")
    second = application(other, "visit-2", match=world.match_report())

    def pays_elsewhere() -> Payment | None:
        return complete(start(other, second.id, "visit-2").token)

    tasks = [lambda: complete(first.token), pays_elsewhere]
    results = world.at_once(2, lambda n: tasks[n]())
    assert not [one for one in results if isinstance(one, Exception) and type(one) is not Refused]
    assert Payment.objects.filter(state="paid").count() == 1


def test_the_counter_takes_no_cash_while_another_visits_code_can_be_paid(kiosk):
    read_chip(kiosk)
    made = application(kiosk)
    open_case(kiosk, world.case_request(application_id=made.id))
    clerk = world.add_staff("clerk")
    to_counter("case-1", clerk)
    other = world.add_kiosk("4")
    read_chip(other, "visit-2")
    code = start(other, application(other, "visit-2", match=world.match_report()).id, "visit-2")
    form = CounterForm(seen_in_person=True, fee_taken=True)
    assert refusal(issue_at_counter, "case-1", clerk, form) == RefusalCode.CONFLICT
    stop_payment_code("case-1", clerk)
    issue_at_counter("case-1", clerk, form)
    assert complete(code.token).state == "cancelled"


def test_money_that_came_twice_all_the_same_goes_before_a_person(kiosk, django_pages):
    """As when the provider tells late of a code that was paid before the counter took cash."""
    first = fails_to_print(kiosk)
    other = world.add_kiosk("4")
    read_chip(other, "visit-2")
    Application.objects.filter(id=first.id).update(settled_at=None)
    second = application(other, "visit-2", match=world.match_report())
    code = start(other, second.id, "visit-2")
    Application.objects.filter(id=first.id).update(settled_at=first.created_at)
    complete(code.token)
    second.refresh_from_db()
    assert paid_twice_with(second) == first
    assert paid_twice_with(first) is None
    case = second.cases.get()
    assert (case.reason, case.detail) == (
        "paid_not_issued",
        f"paid twice: {first.number} was paid already",
    )
    assert counter_sheet(case, "en").paid_twice == first.number
    page = django_pages(world.add_staff("clerk")).get(f"/counter/{case.id}").content.decode()
    assert f"重复缴费：{first.number}" in page
    codes = {one.application: one.code for one in cash_up(ago(3600), now()).differences}
    assert codes[second.number] == "paid_twice"


def test_an_issue_of_long_ago_is_no_second_payment(kiosk):
    made = ready(kiosk)
    order = ask(kiosk, made)
    begin_printing(kiosk, order.id, 1)
    end_printing(kiosk, order.id, report(order))
    later = Application.objects.get()
    later.pk, later.number, later.visit_id = "later", "A-later", "visit-9"
    later.created_at = later.settled_at = world.timezone.now()
    later.save(force_insert=True)
    assert paid_twice_with(Application.objects.get(pk="later")) is None


def test_a_fee_given_back_ends_the_cases_and_lets_the_resident_pay_anew(kiosk, django_pages):
    made = fails_to_print(kiosk)
    clerk = world.add_staff("clerk")
    assert refusal(refund, "case-1", clerk) == RefusalCode.CONFLICT
    to_counter("case-1", clerk)
    page = django_pages(clerk)
    assert "/counter/case-1/refund" in page.get("/counter/case-1").content.decode()
    assert page.post("/counter/case-1/refund").status_code == 302
    made.refresh_from_db()
    assert not made.settled
    assert Case.objects.get(id="case-1").close_outcome == "refunded"
    assert refusal(refund, "case-1", clerk) == RefusalCode.CONFLICT
    order = IssueOrder.objects.get()
    assert refusal(begin_printing, kiosk, order.id, order.fencing_token) == RefusalCode.CONFLICT
    differences = {(one.code, one.amount_fen) for one in cash_up(ago(3600), now()).differences}
    assert differences == {("refunded", 1500)}
    again = ready(world.add_kiosk("4"), "visit-2")
    again.refresh_from_db()
    assert again.settled


def test_what_may_be_printed_is_not_given_back_before_somebody_looked(kiosk):
    fails_to_print(kiosk, "unknown")
    clerk = world.add_staff("clerk")
    to_counter("case-1", clerk)
    assert refusal(refund, "case-1", clerk) == RefusalCode.CONFLICT


def test_an_order_that_was_not_begun_falls_with_the_refund(kiosk):
    made = ready(kiosk)
    order = ask(kiosk, made)
    open_case(kiosk, world.case_request(reason="paid_not_issued", application_id=made.id))
    clerk = world.add_staff("clerk")
    to_counter("case-1", clerk)
    refund("case-1", clerk)
    assert refusal(begin_printing, kiosk, order.id, 1) == RefusalCode.STALE_TOKEN


@pytest.mark.parametrize("reason", ["paid_not_issued", "person_asked"])
def test_nobody_is_called_for_a_fee_that_was_given_back(kiosk, reason):
    made = ready(kiosk)
    ask(kiosk, made)
    open_case(kiosk, world.case_request(reason=reason, application_id=made.id))
    clerk = world.add_staff("clerk")
    to_counter("case-1", clerk)
    refund("case-1", clerk)
    Application.objects.update(settled_at=ago(7200))
    reconcile()
    assert not Case.objects.exclude(stage="closed").exists()
    assert not paid_and_not_issued(world.CARD).exists()
    closed = Case.objects.get(id="case-1")
    assert not is_owed(closed)
