"""What is unfinished is found and put right, or before a person: once, and by itself."""

import pytest

from backend.applications.models import Application
from backend.cases.models import Case
from backend.cases.opening import open_case
from backend.clock import ago
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
