"""What is unfinished is found and put right, or before a person: once, and by itself."""

import html

import pytest

from backend.applications.models import Application
from backend.cases.closing import close, close_by_staff
from backend.cases.models import Case
from backend.cases.opening import open_case
from backend.cases.timers import close_too_old
from backend.clock import ago
from backend.console.texts import say
from backend.orders.counter import CounterForm, issue_at_counter, take_to_counter
from backend.orders.models import IssueOrder
from backend.orders.printing import begin_printing, end_printing
from backend.orders.reconcile import reconcile, visit_ended
from backend.records.models import HeldEndorsement
from backend_client.contract import RefusalCode
from tests.backend import world
from tests.backend.order_world import (
    accepted_case,
    application,
    ask,
    pay,
    read_chip,
    ready,
    refusal,
    report,
)


@pytest.mark.parametrize(
    ("outcome", "reason"), [("failed", "paid_not_issued"), ("unknown", "print_unknown")]
)
def test_a_print_that_did_not_end_well_opens_one_case_by_itself(kiosk, outcome, reason):
    made = ready(kiosk)
    order = ask(kiosk, made)
    begin_printing(kiosk, order.id, 1)
    end_printing(kiosk, order.id, report(order, outcome, "none"))
    end_printing(kiosk, order.id, report(order, outcome, "none"))
    case = Case.objects.get()
    assert (case.reason, case.application) == (reason, made)
    assert refusal(end_printing, kiosk, order.id, report(order)) == RefusalCode.CONFLICT
    assert not HeldEndorsement.objects.exists()


def test_silence_becomes_unknown_and_a_late_report_puts_it_right(kiosk):
    made = ready(kiosk)
    order = ask(kiosk, made)
    begin_printing(kiosk, order.id, 1)
    assert reconcile() == 0
    IssueOrder.objects.update(printing_at=ago(3600))
    assert reconcile() == 1
    assert IssueOrder.objects.get().state == "unknown"
    assert Case.objects.get().reason == "print_unknown"
    end_printing(kiosk, order.id, report(order))
    assert IssueOrder.objects.get().state == "printed"
    assert HeldEndorsement.objects.count() == 1
    assert Case.objects.get().stage == "closed"


def test_paid_and_never_ordered_is_found(kiosk):
    made = ready(kiosk)
    assert reconcile() == 0
    Application.objects.update(settled_at=ago(3600))
    assert reconcile() == 1
    assert reconcile() == 0
    case = Case.objects.get()
    assert (case.reason, case.application) == ("paid_not_issued", made)


def test_what_was_looked_after_once_is_not_looked_at_again(kiosk):
    """A million of the past must not be read every two seconds."""
    made = ready(kiosk)
    Application.objects.update(settled_at=ago(3600))
    ask(kiosk, made)
    assert reconcile() == 0
    assert not Application.objects.filter(awaits_order=True).exists()


def test_who_stands_before_a_person_is_looked_after_until_that_ends(kiosk):
    made = ready(kiosk)
    Application.objects.update(settled_at=ago(3600))
    open_case(kiosk, world.case_request(application_id=made.id))
    assert reconcile() == 0
    assert Application.objects.get().awaits_order
    Case.objects.update(stage="closed", closed_at=ago(10))
    assert reconcile() == 1
    assert not Application.objects.get().awaits_order


def test_paid_after_an_accepted_case_and_never_ordered_is_found_too(kiosk):
    read_chip(kiosk)
    accepted_case(kiosk)
    made = application(kiosk, case_id="case-1")
    pay(kiosk, made)
    Application.objects.update(settled_at=ago(3600))
    assert reconcile() == 1
    assert reconcile() == 0
    assert set(made.cases.values_list("reason", flat=True)) == {
        "portrait_not_matched",
        "paid_not_issued",
    }


def test_the_kiosks_own_case_takes_over_the_one_that_the_server_opened(kiosk):
    made = ready(kiosk)
    order = ask(kiosk, made)
    begin_printing(kiosk, order.id, 1)
    end_printing(kiosk, order.id, report(order, "failed", "none"))
    open_case(kiosk, world.case_request(reason="device_fault", application_id=made.id))
    stages = dict(Case.objects.values_list("reason", "stage"))
    assert stages == {"paid_not_issued": "closed", "device_fault": "waiting"}
    visit_ended(kiosk, "visit-1", made.id)
    assert Case.objects.count() == 2


def test_a_visit_that_ends_paid_and_unissued_is_a_case_at_once(kiosk):
    made = ready(kiosk)
    visit_ended(kiosk, "visit-1", made.id)
    visit_ended(kiosk, "visit-1", made.id)
    assert Case.objects.get().reason == "paid_not_issued"


def cases() -> dict[str, str]:
    return dict(Case.objects.values_list("reason", "stage"))


@pytest.fixture
def clerk(kiosk):
    return world.add_staff("clerk")


@pytest.fixture
def paid_at_counter(kiosk, clerk):
    """A resident has paid and was taken to the counter; nothing was issued."""
    made = ready(kiosk)
    open_case(kiosk, world.case_request(application_id=made.id))
    take_to_counter("case-1", clerk)
    return made


def test_closing_what_is_paid_and_not_issued_puts_it_before_a_person_again(paid_at_counter, clerk):
    close_by_staff("case-1", clerk, "closed_by_staff")
    assert cases() == {"portrait_not_matched": "closed", "paid_not_issued": "waiting"}
    Application.objects.update(settled_at=ago(3600))
    assert reconcile() == 0


@pytest.mark.parametrize("outcome", ["too_old", "withdrawn", "visit_ended"])
def test_a_case_that_closed_without_a_word_looks_after_no_payment(paid_at_counter, outcome):
    Application.objects.update(settled_at=ago(3600))
    close(Case.objects.get(), "system", outcome)
    assert reconcile() == 1
    assert cases()["paid_not_issued"] == "waiting"


def test_a_person_ends_a_payment_that_nothing_is_to_follow(paid_at_counter, clerk):
    close_by_staff("case-1", clerk, "closed_by_staff")
    own = Case.objects.get(reason="paid_not_issued")
    close_by_staff(own.id, clerk, "closed_by_staff")
    Application.objects.update(settled_at=ago(3600))
    assert reconcile() == 0
    assert set(cases().values()) == {"closed"}


def test_a_failed_print_whose_case_at_the_counter_is_closed_is_found_too(
    kiosk, paid_at_counter, clerk
):
    order = ask(kiosk, paid_at_counter)
    begin_printing(kiosk, order.id, 1)
    end_printing(kiosk, order.id, report(order, "failed", "none"))
    assert "paid_not_issued" not in cases()
    close(Case.objects.get(), "system", "visit_ended")
    Application.objects.update(settled_at=ago(3600))
    assert reconcile() == 1
    assert cases()["paid_not_issued"] == "waiting"


def test_the_servers_case_that_a_closed_one_stood_for_comes_back(kiosk, clerk):
    made = ready(kiosk)
    visit_ended(kiosk, "visit-1", made.id)
    open_case(kiosk, world.case_request(reason="device_fault", application_id=made.id))
    close_by_staff("case-1", clerk, "closed_by_staff")
    own = Case.objects.filter(reason="paid_not_issued").order_by("created_at")
    assert [case.stage for case in own] == ["closed", "waiting"]


def test_what_the_counter_issued_leaves_nothing_behind(paid_at_counter, clerk):
    issue_at_counter("case-1", clerk, CounterForm(seen_in_person=True))
    Application.objects.update(settled_at=ago(3600))
    assert reconcile() == 0
    assert cases() == {"portrait_not_matched": "closed"}


def test_the_worker_closes_nothing_that_is_paid_and_not_issued(paid_at_counter):
    Case.objects.update(created_at=ago(9e6))
    Application.objects.update(settled_at=ago(9e6))
    assert close_too_old() == 0
    assert cases() == {"portrait_not_matched": "decided"}


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_the_page_says_before_closing_what_is_left_behind(
    paid_at_counter, clerk, django_pages, language
):
    desk = django_pages(clerk)
    desk.post("/language", {"language": language, "next": "/"})

    def says(case_id: str, name: str) -> bool:
        page = desk.get(f"/cases/{case_id}").content.decode()
        return html.escape(say(language, name)) in page

    assert says("case-1", "case.close_paid")
    close_by_staff("case-1", clerk, "closed_by_staff")
    own = Case.objects.get(reason="paid_not_issued")
    assert says(own.id, "case.close_paid_last")
    assert not says(own.id, "case.close_paid")
