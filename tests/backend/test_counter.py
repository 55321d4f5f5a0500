"""The counter's services beyond the plain print: taking up, unknown prints, fees, look-up."""

import html
from dataclasses import replace

import pytest

from backend.applications.models import Application
from backend.approvals.services import answer
from backend.cases.claims import claim
from backend.cases.decisions import DecisionInput, decide
from backend.cases.hands import OwnLink
from backend.cases.models import Case
from backend.cases.opening import open_case
from backend.clock import ago, now
from backend.console.counter_sheet import counter_sheet, look_up
from backend.console.texts import say
from backend.fleet.models import Kiosk
from backend.orders.counter import (
    CodeStillOpen,
    CounterForm,
    PaidByCode,
    confirm_printed,
    issue_at_counter,
    print_at_kiosk,
    stop_payment_code,
    take_to_counter,
)
from backend.orders.issuing import order_for
from backend.orders.models import IssueOrder
from backend.orders.printing import begin_printing, end_printing
from backend.payments.models import Payment
from backend.payments.services import complete, start
from backend.records.models import HeldEndorsement
from backend.records.services import prove
from backend.reports.cash import cash_up
from backend_client import contract as c
from backend_client.contract import DecisionKind, RefusalCode
from tests.backend import world
from tests.backend.order_world import application, read_chip, refusal

PAID = CounterForm(seen_in_person=True, fee_taken=True)


@pytest.fixture
def clerk(kiosk):
    return world.add_staff("clerk")


def unknown_print(kiosk):
    """A paid visit whose printer did not report."""
    read_chip(kiosk)
    made = application(kiosk, match=world.match_report())
    complete(start(kiosk, made.id, "visit-1").token)
    order = order_for(kiosk, made.id, c.OrderRequest(visit_id="visit-1", card_number=world.CARD))
    begin_printing(kiosk, order.id, order.fencing_token)
    report = c.PrintReport(fencing_token=order.fencing_token, outcome="unknown", evidence="none")
    end_printing(kiosk, order.id, report)
    return Case.objects.get(reason="print_unknown")


def test_one_touch_takes_an_undecided_case_to_the_counter(kiosk, clerk):
    open_case(kiosk, world.case_request())
    case = take_to_counter("case-1", clerk)
    assert case.stage == "decided"
    assert counter_sheet(case, "en").issuable
    issue_at_counter("case-1", clerk, PAID)
    assert not counter_sheet(Case.objects.get(), "en").issuable


def test_what_a_colleague_has_is_not_taken_from_them(kiosk, clerk):
    open_case(kiosk, world.case_request())
    claim("case-1", world.add_staff("colleague", "clerk"))
    assert refusal(take_to_counter, "case-1", clerk) == RefusalCode.CONFLICT


def test_a_print_nobody_reported_needs_a_look_at_the_card(kiosk, clerk):
    case = unknown_print(kiosk)
    take_to_counter(case.id, clerk)
    not_looked = CounterForm(seen_in_person=True)
    assert refusal(issue_at_counter, case.id, clerk, not_looked) == RefusalCode.ALREADY_ISSUED
    seen = CounterForm(seen_in_person=True, seen_blank=True)
    assert issue_at_counter(case.id, clerk, seen).state == "at_counter"
    assert HeldEndorsement.objects.count() == 1


def test_a_print_that_is_on_the_card_is_put_on_record_once(kiosk, clerk):
    case = unknown_print(kiosk)
    assert refusal(confirm_printed, case.id, clerk) == RefusalCode.CONFLICT
    take_to_counter(case.id, clerk)
    assert confirm_printed(case.id, clerk).state == "printed"
    assert HeldEndorsement.objects.count() == 1
    assert Case.objects.get().stage == "closed"
    assert refusal(confirm_printed, case.id, clerk) == RefusalCode.CONFLICT


@pytest.fixture
def code_open(kiosk, clerk):
    """Return a payment that is pending while its case is at the counter."""
    read_chip(kiosk)
    made = application(kiosk)
    payment = start(kiosk, made.id, "visit-1")
    open_case(kiosk, world.case_request(application_id=made.id))
    take_to_counter("case-1", clerk)
    return payment


def test_a_fee_is_taken_at_the_counter_only_once_the_code_is_stopped(clerk, code_open):
    assert counter_sheet(Case.objects.get(), "en").code_open
    with pytest.raises(CodeStillOpen):
        issue_at_counter("case-1", clerk, PAID)
    assert Payment.objects.get().state == "pending"
    assert not stop_payment_code("case-1", clerk).settled
    assert complete(code_open.token).state == "cancelled"
    issue_at_counter("case-1", clerk, PAID)
    complete(code_open.token)
    assert Payment.objects.get().state == "cancelled"
    assert [way.count for way in cash_up(ago(3600), now()).ways] == [0, 1, 0]


def test_a_code_paid_meanwhile_is_not_paid_again_in_cash(clerk, code_open):
    before = counter_sheet(Case.objects.get(), "en").state
    complete(code_open.token)
    sheet = counter_sheet(Case.objects.get(), "en")
    assert (sheet.paid, sheet.code_open) == (True, False)
    assert sheet.state != before, "the page is drawn anew"
    assert stop_payment_code("case-1", clerk).settled
    with pytest.raises(PaidByCode):
        issue_at_counter("case-1", clerk, PAID)
    Kiosk.objects.update(resumes=True)
    with pytest.raises(PaidByCode):
        print_at_kiosk("case-1", clerk, PAID, Case.objects.get().kiosk_id)
    issue_at_counter("case-1", clerk, CounterForm(seen_in_person=True))
    assert [way.count for way in cash_up(ago(3600), now()).ways] == [1, 0, 0]


def test_code_and_counter_at_once_take_one_fee(clerk, code_open):
    def work(number):
        if number % 2:
            return complete(code_open.token)
        stop_payment_code("case-1", clerk)
        return issue_at_counter("case-1", clerk, PAID)

    world.at_once(4, work)
    paid = Payment.objects.get().state == "paid"
    taken = IssueOrder.objects.filter(state="at_counter").exists()
    assert paid != taken
    assert [way.count for way in cash_up(ago(3600), now()).ways] == [int(paid), int(taken), 0]


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_the_page_tells_what_to_do_about_an_open_code(clerk, code_open, django_pages, language):
    desk = django_pages(clerk)
    desk.post("/language", {"language": language, "next": "/"})

    def words(name):
        return html.escape(say(language, name), quote=True)

    page = desk.get("/counter/case-1").content.decode()
    assert words("counter.code_open") in page
    assert 'name="fee_taken"' not in page
    typed = {"seen_in_person": "1", "fee_taken": "1"}
    page = desk.post("/counter/case-1/issue", typed, follow=True).content.decode()
    assert words("message.code_open") in page
    page = desk.post("/counter/case-1/stop-payment", follow=True).content.decode()
    assert words("message.code_stopped") in page
    assert 'name="fee_taken"' in page
    Payment.objects.update(state="pending")
    complete(code_open.token)
    page = desk.post("/counter/case-1/issue", typed, follow=True).content.decode()
    assert words("message.paid_by_code") in page
    assert IssueOrder.objects.count() == 0


def test_a_case_accepted_after_the_resident_left_is_issued_without_a_second_decision(kiosk, clerk):
    open_case(kiosk, world.case_request(reason="person_asked", card_inside=False))
    claim("case-1", clerk)
    what = DecisionInput(DecisionKind.NEW_PORTRAIT, phrase="", words=WORDS)
    decide("case-1", clerk, what)
    assert refusal(issue_at_counter, "case-1", clerk, PAID) == RefusalCode.CONFLICT
    Case.objects.update(left_with_ticket=True)
    assert issue_at_counter("case-1", clerk, PAID).state == "at_counter"


WORDS = c.Texts(zh_hans="请重拍", zh_hant="請重拍", en="Please once more")


def test_a_refused_case_is_never_issued(kiosk, clerk):
    open_case(kiosk, world.case_request())
    claim("case-1", clerk)
    decide("case-1", clerk, DecisionInput(DecisionKind.REFUSED, note="not this person"))
    Case.objects.update(left_with_ticket=True)
    assert refusal(issue_at_counter, "case-1", clerk, PAID) == RefusalCode.CONFLICT
    assert IssueOrder.objects.count() == 0


def test_a_case_that_names_no_offer_gets_one_from_the_cards_own(kiosk, clerk):
    open_case(kiosk, world.case_request(reason="person_asked", offer_code=None))
    case = take_to_counter("case-1", clerk)
    codes = [offer.code for offer in counter_sheet(case, "zh-hans").offers]
    assert "G-MAC-3M-1" in codes
    assert refusal(issue_at_counter, "case-1", clerk, PAID) == RefusalCode.NOT_ELIGIBLE
    chosen = CounterForm(seen_in_person=True, fee_taken=True, offer_code="G-MAC-3M-1")
    assert issue_at_counter("case-1", clerk, chosen).application.offer_code == "G-MAC-3M-1"


def test_ticket_qr_and_card_find_the_same_case(kiosk):
    case = open_case(kiosk, world.case_request())
    other = open_case(kiosk, world.case_request("case-2", visit_id="v2", card_number="C87654321"))
    ticket = case.ticket.replace(" ", "").lower()
    for wanted in (ticket, f" {case.ticket} ", "KIOSK-CASE:case-1", "c1234 5678"):
        assert [found.id for found in look_up(wanted)] == ["case-1"], wanted
    assert [found.id for found in look_up("C87654321")] == [other.id]
    for nothing in ("", "Z 999", "KIOSK-CASE:", "C99999999", "%", "'; --"):
        assert look_up(nothing) == [], nothing


def linked_by(clerk, kiosk, card="CC4567893"):
    """Have ``clerk`` link a new card's record in a visit; the resident leaves with a ticket."""
    person = world.add_resident("CX0000001").resident
    prove(kiosk, "visit-1", card, world.proof(card))
    open_case(kiosk, world.case_request(reason="no_record", card_number=card))
    claim("case-1", clerk)
    link = DecisionInput(DecisionKind.RECORD_LINKED, resident_id=person.id)
    answer(decide("case-1", clerk, link).id, world.add_staff("approver"), granted=True)
    Case.objects.update(left_with_ticket=True)
    Kiosk.objects.update(resumes=True)
    return card


def test_who_linked_the_record_does_not_issue_on_it_but_any_colleague_does(kiosk, clerk):
    card = linked_by(clerk, kiosk)
    with pytest.raises(OwnLink):
        issue_at_counter("case-1", clerk, PAID)
    with pytest.raises(OwnLink):
        print_at_kiosk("case-1", clerk, PAID, kiosk.id)
    assert not IssueOrder.objects.exists()
    assert not Application.objects.exists(), "nothing is settled either"
    colleague = world.add_staff("colleague", "clerk")
    assert issue_at_counter("case-1", colleague, PAID).card_number == card


def test_who_linked_the_record_does_not_issue_from_another_case_of_the_visit(kiosk, clerk):
    card = linked_by(clerk, kiosk)
    open_case(kiosk, world.case_request("case-2", card_number=card))
    take_to_counter("case-2", clerk)
    with pytest.raises(OwnLink):
        issue_at_counter("case-2", clerk, PAID)
    colleague = world.add_staff("colleague", "clerk")
    assert print_at_kiosk("case-2", colleague, PAID, kiosk.id).at_named_kiosk
    with pytest.raises(OwnLink):
        print_at_kiosk("case-2", clerk, CounterForm(seen_in_person=True), kiosk.id)


def test_who_linked_the_record_does_not_say_that_a_print_is_on_the_card(kiosk, clerk):
    card = linked_by(clerk, kiosk)
    colleague = world.add_staff("colleague", "clerk")
    order = print_at_kiosk("case-1", colleague, PAID, kiosk.id)
    begin_printing(kiosk, order.id, order.fencing_token)
    report = c.PrintReport(fencing_token=order.fencing_token, outcome="unknown", evidence="none")
    end_printing(kiosk, order.id, report)
    case = Case.objects.get(reason="print_unknown")
    assert case.card_number == card
    take_to_counter(case.id, clerk)
    with pytest.raises(OwnLink):
        confirm_printed(case.id, clerk)
    assert confirm_printed(case.id, colleague).state == "printed"


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_the_page_says_that_a_colleague_must_issue_before_anything_is_filled_in(
    kiosk, clerk, django_pages, language
):
    linked_by(clerk, kiosk)
    words = html.escape(say(language, "message.own_link"), quote=True)
    desk, other = django_pages(clerk), django_pages(world.add_staff("colleague", "clerk"))
    for pages in (desk, other):
        pages.post("/language", {"language": language, "next": "/"})
    page = desk.get("/counter/case-1").content.decode()
    assert words in page
    assert "seen_in_person" not in page
    typed = {"seen_in_person": "1", "fee_taken": "1", "way": "hand"}
    page = desk.post("/counter/case-1/issue", typed, follow=True).content.decode()
    assert page.count(words) == 2, "the message, and the page's own sentence"
    page = other.get("/counter/case-1").content.decode()
    assert words not in page
    assert "seen_in_person" in page
    other.post("/counter/case-1/issue", typed)
    assert IssueOrder.objects.get().state == "at_counter"


def test_a_case_taken_up_in_another_visit_is_not_the_linkers_either(kiosk, clerk):
    card = linked_by(clerk, kiosk)
    for name, visit in (("case-2", "visit-2"), ("case-3", "visit-3")):
        open_case(kiosk, world.case_request(name, visit_id=visit, card_number=card))
        take_to_counter(name, clerk)
    with pytest.raises(OwnLink):
        issue_at_counter("case-2", clerk, PAID)
    colleague = world.add_staff("colleague", "clerk")
    assert issue_at_counter("case-2", colleague, PAID).state == "at_counter"
    # A colleague has answered for this card now.
    issue_at_counter("case-3", clerk, replace(PAID, offer_code="G-MAC-3M-1"))
