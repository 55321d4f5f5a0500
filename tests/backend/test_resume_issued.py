"""A parked case whose endorsement was issued meanwhile: the resident is told, and when."""

import pytest

from backend.cases.models import Case
from backend.orders.counter import CounterForm, issue_at_counter, print_at_kiosk
from backend.orders.printing import begin_printing, end_printing
from backend.orders.reconcile import visit_ended
from backend.payments.models import Payment
from backend.refusal import Refused
from backend_client import contract as c
from backend_client.contract import RefusalCode
from tests.backend import world
from tests.backend.order_world import application, ask, pay, read_chip, ready, refusal, report
from tests.backend.resume_world import PAID, look, park, take_up, to_counter


def issued(call, *args, **kwargs):
    """Return when the endorsement was issued, as the refusal says."""
    with pytest.raises(Refused) as caught:
        call(*args, **kwargs)
    assert caught.value.code == RefusalCode.ALREADY_ISSUED
    return caught.value.issued_at


def print_it(kiosk, made):
    order = ask(kiosk, made)
    begin_printing(kiosk, order.id, order.fencing_token)
    return end_printing(kiosk, order.id, report(order))


def test_what_the_counter_issued_is_told_with_the_time(kiosk, other):
    case, clerk = park(kiosk), world.add_staff("clerk")
    to_counter(case, clerk)
    order = issue_at_counter(
        case.id, clerk, CounterForm(seen_in_person=True, fee_taken=True, offer_code="G-HKG-3M-1")
    )
    assert issued(take_up, other, case) == order.ended_at
    assert look(other) is None


def test_what_another_kiosk_printed_is_told_with_the_time(kiosk, other):
    made = ready(kiosk)
    case = park(kiosk, reason="device_fault", application_id=made.id)
    take_up(other, case)
    read_chip(other, visit="visit-2")
    again = application(other, visit="visit-2", match=world.match_report())
    order = print_it(other, again)
    visit_ended(other, "visit-2", made.id)
    late = world.add_kiosk("9")
    assert issued(take_up, late, case, visit="visit-3") == order.ended_at


def test_the_answer_is_the_same_in_the_visit_that_took_it_up(kiosk, other):
    case, clerk = park(kiosk), world.add_staff("clerk")
    to_counter(case, clerk)
    print_at_kiosk(case.id, clerk, PAID, "5")
    made = take_up(other, case).application
    order = issue_at_counter(case.id, clerk, CounterForm(seen_in_person=True))
    assert issued(take_up, other, case) == order.ended_at
    made = order.application
    assert issued(ask, other, made) == order.ended_at
    visit_ended(other, "visit-2", made.id)
    assert not Case.objects.exclude(stage="closed").exists()


def test_a_kiosk_that_takes_no_cases_up_gets_the_refusal_it_knows(kiosk):
    made = ready(kiosk)
    print_it(kiosk, made)
    assert issued(ask, kiosk, made) is None


def test_nobody_pays_for_what_they_had_issued_in_a_visit_of_its_own(kiosk, other):
    read_chip(kiosk)
    application(kiosk, match=world.match_report())
    unpaid = park(kiosk, reason="device_fault", application_id=_only().id)
    read_chip(other, visit="visit-2")
    made = application(other, visit="visit-2", match=world.match_report())
    pay(other, made)
    order = print_it(other, made)
    assert issued(take_up, kiosk, unpaid, visit="visit-3") == order.ended_at
    assert Payment.objects.filter(state="paid").count() == 1


def test_what_was_issued_before_the_case_does_not_end_it(kiosk, other):
    print_it(kiosk, ready(kiosk))
    read_chip(kiosk, visit="visit-8")
    case = park(kiosk, visit_id="visit-8", reason="device_fault")
    assert take_up(other, case).case.session == 2


def test_a_closed_case_without_an_endorsement_is_gone(kiosk, other):
    case = park(kiosk)
    Case.objects.update(stage="closed")
    assert refusal(take_up, other, case) == RefusalCode.NOT_FOUND


def test_the_time_is_on_the_wire_only_where_it_is_known():
    from backend.api.refusals import refused_response

    at = world.timezone.now()
    told = refused_response(Refused(RefusalCode.ALREADY_ISSUED, "done", issued_at=at))
    assert c.Refusal.model_validate_json(told.content).issued_at == at
    other = refused_response(Refused(RefusalCode.CONFLICT, "no"))
    assert b"issued_at" not in other.content


def _only():
    from backend.applications.models import Application

    return Application.objects.get()
