"""What staff type in: calls, visits, deliveries; nothing is typed twice."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.audit.models import AuditEvent
from backend.audit.services import verify
from backend.cases.alarms import ring_due
from backend.cases.claims import claim, release
from backend.cases.closing import close_by_staff
from backend.cases.decisions import DecisionInput, decide
from backend.cases.desk_requests import (
    DeskInput,
    change_desk_case,
    may_read,
    open_desk_case,
    turn,
)
from backend.cases.models import Case, DeskRequest
from backend.cases.opening import open_case
from backend.cases.queue import at_counter, decision_moment, queue
from backend.cases.reasons import StaffReason
from backend.cases.residents_side import set_travel
from backend.cases.retention import erase_old_evidence
from backend.cases.timers import run_timers
from backend.cases.view import case_view
from backend.clock import ago, ahead, now
from backend.config import hall
from backend.console.desk_form import DeskForm
from backend.console.desk_sheet import form_fields, initial_of, typed_lines
from backend.console.overview import look
from backend.console.queue_filter import QueueFilter
from backend.console.queue_rows import queue_list
from backend.console.waiting import alerts_for
from backend.orders.counter import CounterForm, issue_at_counter
from backend.refusal import Refused
from backend_client import contract as c
from backend_client.contract import DecisionKind, RefusalCode
from tests.backend import world

CALL = DeskInput(
    topic="flies tonight, refused at every kiosk",
    person="林晓岚",
    phone="13800000000",
    words="called twice",
    card_number=world.CARD,
    ground="funeral",
)


def refusal(call, *args) -> RefusalCode:
    with pytest.raises(Refused) as caught:
        call(*args)
    return caught.value.code


def test_a_call_stands_in_the_same_queue_by_its_departure(kiosk):
    clerk = world.add_staff("clerk")
    open_case(kiosk, world.case_request())
    call = open_desk_case(
        StaffReason.GUIDE_DESK_CALL, clerk, replace(CALL, depart_at=ahead(6000), ground="")
    )
    assert [case.id for case in queue()] == [call.id, "case-1"]
    assert call.ticket == "A 002"
    assert call.permit.card_number == world.CARD
    event = AuditEvent.objects.get(subject=f"case:{call.id}")
    assert "called twice" not in event.facts
    assert "林" not in event.facts


def test_a_call_becomes_a_visit_becomes_a_delivery_with_all_that_was_typed(kiosk):
    clerk = world.add_staff("clerk")
    case = open_desk_case(StaffReason.GUIDE_DESK_CALL, clerk, CALL)
    other = world.add_staff("other", "clerk")
    assert refusal(turn, case.id, other, StaffReason.ON_SITE_VISIT) == RefusalCode.CONFLICT
    claim(case.id, clerk)
    visit = turn(case.id, clerk, StaffReason.ON_SITE_VISIT)
    assert (visit.id, visit.ticket) == (case.id, case.ticket)
    at = ahead(7 * 3600)
    planned = replace(
        CALL, address="care home", appointment_at=at, goes_id=clerk.pk, status="planned", ground=""
    )
    visit = change_desk_case(case.id, clerk, planned)
    assert visit.decide_by == at
    assert visit.request.words == "called twice"
    delivery = turn(case.id, clerk, StaffReason.CARD_DELIVERY)
    assert delivery.request.address == "care home"
    assert delivery.request.recipient == "林晓岚"
    assert delivery.request.appointment_at is None
    assert refusal(turn, case.id, clerk, StaffReason.GUIDE_DESK_CALL) == RefusalCode.BAD_REQUEST
    assert Case.objects.count() == 1
    close_by_staff(case.id, clerk, "delivered")
    assert refusal(change_desk_case, case.id, clerk, planned) == RefusalCode.CONFLICT
    assert verify().ok


def test_a_planned_visit_rests_until_hands_are_needed(kiosk):
    clerk = world.add_staff("clerk")
    at = ahead(5 * 3600)
    wanted = replace(CALL, address="care home", appointment_at=at, status="planned", ground="")
    visit = open_desk_case(StaffReason.ON_SITE_VISIT, clerk, wanted)
    Case.objects.update(created_at=ago(4000))
    assert ring_due() == 0
    assert (look().unclaimed, alerts_for(clerk)) == (0, [])
    notice = timedelta(seconds=hall().timers.rest_ends_before_appointment_s)
    assert visit.rest_until == at - notice
    Case.objects.update(rest_until=ago(61))
    assert ring_due() == 1
    assert Case.objects.get().alarm == "unclaimed"
    assert look().unclaimed == 1


def test_a_visit_is_not_planned_for_after_the_departure(kiosk):
    clerk = world.add_staff("clerk")
    leaves = ahead(10 * 3600)
    late = replace(CALL, appointment_at=ahead(30 * 3600), depart_at=leaves, address="x")
    visit = open_desk_case(StaffReason.ON_SITE_VISIT, clerk, late)
    assert visit.decide_by < leaves


def test_the_card_in_a_kiosk_takes_the_call_up(kiosk):
    clerk, other = world.add_staff("clerk"), world.add_staff("other", "clerk")
    leaves = ahead(9000)
    call = open_desk_case(StaffReason.GUIDE_DESK_CALL, clerk, replace(CALL, depart_at=leaves))
    claim(call.id, clerk)
    case = open_case(kiosk, world.case_request())
    call.refresh_from_db()
    assert (call.stage, call.close_outcome) == ("closed", "merged")
    assert (case.came_from, case.depart_at, case.ground) == (call, leaves, "funeral")
    assert case.decide_by == decision_moment(case.created_at, leaves, "funeral")
    assert not may_read(call, other)
    claim(case.id, other)
    assert may_read(call, other), "who has the person reads what was said on the telephone"
    release(case.id, other)
    assert not may_read(call, other)


def test_the_card_in_a_kiosk_takes_a_planned_visit_up_too(kiosk):
    clerk = world.add_staff("clerk")
    call = open_desk_case(StaffReason.GUIDE_DESK_CALL, clerk, CALL)
    claim(call.id, clerk)
    turn(call.id, clerk, StaffReason.ON_SITE_VISIT)
    planned = replace(CALL, address="care home", appointment_at=ahead(90000), status="planned")
    change_desk_case(call.id, clerk, planned)
    case = open_case(kiosk, world.case_request(reason="person_asked"))
    assert (case.came_from.pk, case.ground) == (call.pk, "funeral")
    assert Case.objects.get(id=call.id).close_outcome == "merged"


def test_what_was_said_on_the_telephone_is_not_shown_to_who_holds_the_card(kiosk):
    clerk = world.add_staff("clerk")
    open_desk_case(StaffReason.GUIDE_DESK_CALL, clerk, replace(CALL, depart_at=ahead(9000)))
    case = open_case(kiosk, world.case_request())
    assert (case_view(case).depart_at, case_view(case).ground) == (None, None)
    told = c.TravelRequest(depart_at=ahead(20000), ground="medical")
    assert case_view(set_travel(kiosk, case.id, told)).ground == "medical"


def test_another_card_or_a_closed_call_is_left_alone(kiosk):
    clerk = world.add_staff("clerk")
    other = open_desk_case(
        StaffReason.GUIDE_DESK_CALL, clerk, replace(CALL, card_number="C99999999")
    )
    done = open_desk_case(StaffReason.GUIDE_DESK_CALL, clerk, CALL)
    close_by_staff(done.id, clerk, "done")
    assert open_case(kiosk, world.case_request()).came_from is None
    other.refresh_from_db()
    assert other.stage == "waiting"


def test_a_call_goes_to_the_counter(kiosk):
    clerk = world.add_staff("clerk")
    case = open_desk_case(StaffReason.GUIDE_DESK_CALL, clerk, CALL)
    claim(case.id, clerk)
    decide(case.id, clerk, DecisionInput(DecisionKind.TO_COUNTER))
    assert [found.id for found in at_counter()] == [case.id]


def test_what_was_typed_is_read_by_those_it_concerns(kiosk):
    people = {name: world.add_staff(name, "clerk") for name in ("typed", "goes", "has", "other")}
    wanted = replace(CALL, address="x", goes_id=people["goes"].pk)
    case = open_desk_case(StaffReason.ON_SITE_VISIT, people["typed"], wanted)
    claim(case.id, people["has"])
    case = Case.objects.select_related("request").get()
    readers = {name for name, user in people.items() if may_read(case, user)}
    assert readers == {"typed", "goes", "has"}
    release(case.id, people["has"])
    change_desk_case(case.id, people["goes"], replace(wanted, status="under_way"))
    assert refusal(change_desk_case, case.id, people["other"], wanted) == RefusalCode.CONFLICT


def test_a_kiosks_case_is_not_typed_in(kiosk):
    clerk = world.add_staff("clerk")
    open_case(kiosk, world.case_request())
    claim("case-1", clerk)
    wrong = (change_desk_case, "case-1", clerk, CALL), (turn, "case-1", clerk, "on_site_visit")
    for call, *args in wrong:
        assert refusal(call, *args) == RefusalCode.BAD_REQUEST


def test_who_may_not_claim_types_nothing_in(database):
    technician = world.add_staff("technician")
    asked = (open_desk_case, StaffReason.GUIDE_DESK_CALL, technician, CALL)
    assert refusal(*asked) == RefusalCode.NOT_ELIGIBLE


def test_what_was_typed_is_erased_when_its_time_is_over(kiosk):
    clerk = world.add_staff("clerk")
    case = open_desk_case(StaffReason.GUIDE_DESK_CALL, clerk, CALL)
    close_by_staff(case.id, clerk, "done")
    assert erase_old_evidence() == 0
    Case.objects.update(closed_at=ago(25 * 3600))
    assert erase_old_evidence() == 1
    assert not DeskRequest.objects.exists()
    assert erase_old_evidence() == 0


def test_a_callers_endorsement_is_issued_at_the_counter_without_any_kiosk(kiosk):
    clerk = world.add_staff("clerk")
    case = open_desk_case(
        StaffReason.GUIDE_DESK_CALL, clerk, replace(CALL, offer_code="G-HKG-3M-1")
    )
    claim(case.id, clerk)
    decide(case.id, clerk, DecisionInput(DecisionKind.TO_COUNTER))
    order = issue_at_counter(case.id, clerk, CounterForm(seen_in_person=True, fee_taken=True))
    assert (order.state, order.kiosk_id, order.card_number) == ("at_counter", None, world.CARD)
    assert Case.objects.get().close_outcome == "issued_at_counter"
    assert verify().ok


anything = st.text(max_size=1100) | st.sampled_from(
    ["", world.CARD, "2026-12-01T10:00", "9999-12-31T23:59", "0001-01-01T00:00", "1", "9" * 30]
)


@given(
    st.sampled_from(list(StaffReason)),
    st.dictionaries(st.sampled_from([*DeskForm.base_fields, "other"]), anything),
)
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_a_form_brings_is_stored_as_typed_or_named_as_wrong(kiosk, reason, typed):
    clerk = User.objects.filter(username="clerk").first() or world.add_staff("clerk")
    form = DeskForm(reason, typed)
    if not form.is_valid():
        assert set(form.errors) <= set(DeskForm.base_fields)
        assert all(field.wrong for field in form_fields(form, "en") if field.name in form.errors)
        return
    case = open_desk_case(reason, clerk, form.wanted({}))
    again = DeskForm(reason, initial_of(case) | {"depart_at": "", "appointment_at": ""})
    assert again.is_valid(), again.errors
    typed_lines(case, "en")
    queue_list(clerk, "en", now(), case.id, QueueFilter("mine", reason.value))


def test_a_call_lives_as_long_as_the_kiosks_case_that_it_went_on_as(kiosk):
    clerk = world.add_staff("clerk")
    call = open_desk_case(StaffReason.GUIDE_DESK_CALL, clerk, CALL)
    open_case(kiosk, world.case_request())
    claim("case-1", world.add_staff("other", "clerk"))
    Case.objects.filter(id=call.id).update(closed_at=ago(9e6))
    assert erase_old_evidence() == 0
    assert DeskRequest.objects.get().phone == "13800000000"
    Case.objects.filter(id="case-1").update(stage="closed", closed_at=ago(60))
    assert erase_old_evidence() == 0
    Case.objects.filter(id="case-1").update(closed_at=ago(9e6))
    assert erase_old_evidence() + erase_old_evidence() == 2
    assert not DeskRequest.objects.exists()


def test_a_visit_that_was_not_merged_is_erased_though_its_delivery_is_open(kiosk):
    clerk = world.add_staff("clerk")
    visit = open_desk_case(StaffReason.ON_SITE_VISIT, clerk, CALL)
    open_desk_case(StaffReason.CARD_DELIVERY, clerk, CALL, came_from=visit.id)
    close_by_staff(visit.id, clerk, "done")
    Case.objects.filter(id=visit.id).update(closed_at=ago(9e6))
    assert erase_old_evidence() == 1


def test_a_delivery_without_an_appointment_rings_and_stays_until_a_person_ends_it(kiosk):
    clerk, leader = world.add_staff("clerk"), world.add_staff("leader", "duty_leader")
    case = open_desk_case(StaffReason.CARD_DELIVERY, clerk, CALL)
    Case.objects.update(created_at=ago(9e6))
    run_timers()
    case.refresh_from_db()
    assert (case.stage, case.level, case.alarm) == ("waiting", 2, "open_for_days")
    assert f"case:{case.id}:2:open_for_days" in [token for token, _ in alerts_for(leader)]
    close_by_staff(case.id, clerk, "delivered")
    assert Case.objects.get().stage == "closed"
