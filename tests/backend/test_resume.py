"""A parked case taken up again: by the same card, at any kiosk, by one session at a time."""

import pytest

from backend.applications.models import Application
from backend.applications.services import apply
from backend.approvals.services import answer
from backend.audit.models import AuditEvent
from backend.cases.claims import claim
from backend.cases.decisions import DecisionInput, decide
from backend.cases.models import Case
from backend.cases.opening import open_case
from backend.cases.residents_side import case_of, leave, set_travel
from backend.orders.counter import CounterForm, issue_at_counter, print_at_kiosk
from backend.orders.issuing import order_for
from backend.orders.printing import begin_printing, end_printing
from backend.orders.reconcile import visit_ended
from backend.payments.services import complete, start
from backend.refusal import Refused
from backend.resume.models import Session
from backend.resume.services import resume, same_person
from backend_client import contract as c
from backend_client.contract import DecisionKind, RefusalCode
from tests.backend import world
from tests.backend.order_world import application, read_chip, refusal
from tests.backend.resume_world import (
    FACE,
    PAID,
    accept,
    face,
    look,
    park,
    proof,
    take_up,
    to_counter,
)


def test_the_card_finds_its_case_at_another_kiosk_and_takes_it_up(kiosk, other):
    case = park(kiosk)
    assert look(other).id == case.id
    taken = take_up(other, case)
    assert taken.case.session == 2
    assert taken.compare_with == FACE
    assert taken.reason == "portrait_not_matched"
    case.refresh_from_db()
    assert (case.kiosk_id, case.visit_id, case.left_with_ticket) == ("5", "visit-2", False)
    assert case.card_inside


def test_the_session_before_is_fenced_off(kiosk, other):
    case = park(kiosk)
    take_up(other, case)
    travel = c.TravelRequest(depart_at=None, ground=None)
    assert refusal(case_of, kiosk, case.id) == RefusalCode.STALE_TOKEN
    assert refusal(set_travel, kiosk, case.id, travel) == RefusalCode.STALE_TOKEN
    late = c.LeaveRequest(card="out", withdrawn=True)
    assert refusal(leave, kiosk, case.id, late) == RefusalCode.STALE_TOKEN
    assert refusal(case_of, other, case.id, 1) == RefusalCode.STALE_TOKEN
    assert refusal(case_of, world.add_kiosk("9"), case.id) == RefusalCode.NOT_FOUND
    assert case_of(other, case.id, 2).id == case.id
    visit_ended(kiosk, "visit-1", None)
    case.refresh_from_db()
    assert case.stage == "waiting"


def test_the_same_kiosk_in_a_new_visit_is_a_new_session_too(kiosk):
    case = park(kiosk)
    assert take_up(kiosk, case).case.session == 2
    assert refusal(case_of, kiosk, case.id, 1) == RefusalCode.STALE_TOKEN


def test_asking_again_in_the_same_visit_is_the_same_session(kiosk, other):
    case = park(kiosk)
    assert [take_up(other, case).case.session for _ in range(3)] == [2, 2, 2]
    assert Session.objects.count() == 1


def test_of_many_kiosks_at_once_exactly_one_gets_the_case(kiosk):
    case = park(kiosk)
    kiosks = [world.add_kiosk(f"2{n}") for n in range(6)]
    results = world.at_once(6, lambda n: take_up(kiosks[n], case, visit=f"visit-{n}"))
    won = [r for r in results if isinstance(r, c.ResumeAnswer)]
    lost = [r.code for r in results if isinstance(r, Refused)]
    assert len(won) == 1
    assert lost == [RefusalCode.CONFLICT] * 5
    assert Session.objects.count() == 1


def test_a_live_session_is_not_taken_away(kiosk, other):
    case = open_case(kiosk, world.case_request(live_portrait=c.picture(FACE)))
    world.Kiosk.objects.filter(id=kiosk.id).update(last_seen_at=world.timezone.now())
    assert look(other) is None
    assert refusal(take_up, other, case) == RefusalCode.CONFLICT


def test_a_kiosk_that_went_silent_no_longer_holds_its_session(kiosk, other):
    case = open_case(kiosk, world.case_request())
    gone = world.timezone.now() - world.timedelta(minutes=2)
    world.Kiosk.objects.filter(id=kiosk.id).update(last_seen_at=gone)
    assert refusal(take_up, other, case) == RefusalCode.CONFLICT
    Case.objects.update(created_at=gone)
    assert take_up(other, case).case.session == 2


def test_another_card_finds_and_gets_nothing(kiosk, other):
    case = park(kiosk)
    world.add_resident("C87654321", surname="CHEN", given="BO")
    assert look(other, card="C87654321") is None
    assert refusal(take_up, other, case, card="C87654321") == RefusalCode.NOT_FOUND
    wrong = c.ResumeRequest(visit_id="v", card_number=world.CARD, proof=proof("C87654321"))
    assert refusal(resume, other, case.id, wrong) == RefusalCode.BAD_REQUEST


def test_what_is_decided_for_the_counter_is_taken_up_by_no_kiosk(kiosk, other):
    case = park(kiosk)
    clerk = world.add_staff("clerk")
    claim(case.id, clerk)
    decide(case.id, clerk, DecisionInput(DecisionKind.TO_COUNTER))
    assert look(other) is None
    assert refusal(take_up, other, case) == RefusalCode.CONFLICT


def test_an_acceptance_goes_on_only_for_the_face_that_it_names(kiosk, other):
    case = park(kiosk)
    accept(case, world.add_staff("clerk"), world.add_staff("approver"))
    take_up(other, case)
    read_chip(other, visit="visit-2")
    made = application(other, visit="visit-2", case_id=case.id)
    assert not made.identified
    assert not face(other, case, score=1.0)
    assert not application(other, visit="visit-2", case_id=case.id).identified
    assert face(other, case)
    assert application(other, visit="visit-2", case_id=case.id).identified
    kinds = list(AuditEvent.objects.values_list("kind", flat=True))
    assert kinds.count("case.not_same_person") == kinds.count("case.same_person") == 1


@pytest.mark.parametrize(
    "change",
    [
        {"matched": False},
        {"model": "another"},
        {"model_sha256": "0" * 64},
        {"tries": 9},
        {"references": ("record",)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_the_server_judges_the_face_by_its_own_policy(kiosk, other, change):
    case = park(kiosk)
    take_up(other, case)
    references = change.pop("references", ("case",))
    report = world.match_report(references=references).model_copy(update=change)
    wanted = c.SamePersonRequest(visit_id="visit-2", session=2, match=report)
    assert not same_person(other, case.id, wanted).same


def test_a_stale_or_first_session_proves_no_face(kiosk, other):
    case = park(kiosk)
    first = refusal(face, kiosk, case, session=1, visit="visit-1")
    assert first == RefusalCode.CONFLICT
    take_up(other, case)
    assert refusal(face, other, case, session=1) == RefusalCode.STALE_TOKEN
    assert refusal(face, kiosk, case, visit="visit-1") == RefusalCode.NOT_FOUND


def test_what_is_paid_goes_on_but_the_face_before_does_not_count(kiosk, other):
    read_chip(kiosk)
    made = application(kiosk, match=world.match_report())
    payment = start(kiosk, made.id, "visit-1")
    complete(payment.token)
    case = park(kiosk, reason="device_fault", application_id=made.id)
    answered = take_up(other, case)
    assert answered.application.settled
    assert not answered.application.identified
    read_chip(other, visit="visit-2")
    wanted = c.OrderRequest(visit_id="visit-2", card_number=world.CARD)
    assert refusal(order_for, other, made.id, wanted) == RefusalCode.IDENTITY_MISSING
    found = apply(
        other,
        c.ApplicationRequest(
            visit_id="visit-2",
            card_number=world.CARD,
            offer_code=made.offer_code,
            match=world.match_report(),
        ),
    )
    assert found.id == made.id
    assert order_for(other, made.id, wanted).state == "ordered"
    assert Application.objects.count() == 1
    old = c.OrderRequest(visit_id="visit-1", card_number=world.CARD)
    assert refusal(order_for, kiosk, made.id, old) == RefusalCode.NOT_FOUND


def test_an_order_under_way_is_not_carried_to_another_kiosk(kiosk, other):
    read_chip(kiosk)
    made = application(kiosk, match=world.match_report())
    complete(start(kiosk, made.id, "visit-1").token)
    order = order_for(kiosk, made.id, c.OrderRequest(visit_id="visit-1", card_number=world.CARD))
    case = park(kiosk, reason="device_fault", application_id=made.id)
    begin_printing(kiosk, order.id, order.fencing_token)
    assert refusal(take_up, other, case) == RefusalCode.CONFLICT


def test_an_order_not_begun_is_fenced_off_at_the_kiosk_before(kiosk, other):
    read_chip(kiosk)
    made = application(kiosk, match=world.match_report())
    complete(start(kiosk, made.id, "visit-1").token)
    order = order_for(kiosk, made.id, c.OrderRequest(visit_id="visit-1", card_number=world.CARD))
    case = park(kiosk, reason="device_fault", application_id=made.id)
    take_up(other, case)
    lost = refusal(begin_printing, kiosk, order.id, order.fencing_token)
    assert lost == RefusalCode.NOT_FOUND
    stale = refusal(begin_printing, other, order.id, order.fencing_token)
    assert stale == RefusalCode.STALE_TOKEN


def test_the_counter_orders_at_a_named_kiosk_and_the_card_prints_there(kiosk, other):
    case, clerk = park(kiosk), world.add_staff("clerk")
    to_counter(case, clerk)
    order = print_at_kiosk(case.id, clerk, PAID, "5")
    assert look(kiosk) is None
    assert look(other).id == case.id
    answered = take_up(other, case)
    assert answered.application.identified
    assert answered.application.settled
    wanted = c.OrderRequest(visit_id="visit-2", card_number=world.CARD)
    mine = order_for(other, answered.application.id, wanted)
    assert mine.id == order.id
    begin_printing(other, mine.id, mine.fencing_token)
    report = c.PrintReport(
        fencing_token=mine.fencing_token, outcome="printed", evidence="inspected"
    )
    end_printing(other, mine.id, report)
    visit_ended(other, "visit-2", answered.application.id)
    assert Case.objects.get().close_outcome == "issued"


def test_the_clerk_changes_the_way_until_printing_begins(kiosk, other):
    case, clerk = park(kiosk), world.add_staff("clerk")
    to_counter(case, clerk)
    print_at_kiosk(case.id, clerk, PAID, "5")
    first = take_up(other, case)
    wanted = c.OrderRequest(visit_id="visit-2", card_number=world.CARD)
    mine = order_for(other, first.application.id, wanted)
    issue_at_counter(case.id, clerk, CounterForm(seen_in_person=True))
    late = refusal(begin_printing, other, mine.id, mine.fencing_token)
    assert late == RefusalCode.ALREADY_ISSUED
    assert refusal(print_at_kiosk, case.id, clerk, PAID, "5") == RefusalCode.CONFLICT


def test_only_a_kiosk_that_takes_cases_up_gets_an_order(kiosk):
    case, clerk = park(kiosk), world.add_staff("clerk")
    to_counter(case, clerk)
    assert refusal(print_at_kiosk, case.id, clerk, PAID, kiosk.id) == RefusalCode.NOT_FOUND
    assert refusal(print_at_kiosk, case.id, clerk, PAID, "77") == RefusalCode.NOT_FOUND


def test_a_decided_case_is_found_before_a_later_call_for_help(kiosk, other):
    decided = park(kiosk)
    accept(decided, world.add_staff("clerk"), world.add_staff("approver"))
    later = open_case(kiosk, world.case_request(id="case-2", visit_id="visit-9"))
    leave(kiosk, later.id, c.LeaveRequest(card="out"))
    found = look(other)
    assert (found.id, found.session) == (decided.id, 1)
    take_up(other, decided)
    leave(other, decided.id, c.LeaveRequest(card="out", session=2))
    assert look(kiosk, visit="visit-3").session == 2


def test_a_visit_that_broke_off_with_nothing_in_it_stands_before_no_other_case(kiosk, other):
    known = park(kiosk)
    empty = open_case(
        kiosk, world.case_request(id="case-2", visit_id="visit-9", reason="device_fault")
    )
    leave(kiosk, empty.id, c.LeaveRequest(card="out"))
    assert look(other).id == known.id
    take_up(other, known)
    assert look(kiosk, visit="visit-3").id == empty.id


def test_an_order_that_never_reached_the_printer_goes_on_elsewhere(kiosk, other):
    read_chip(kiosk)
    made = application(kiosk, match=world.match_report())
    complete(start(kiosk, made.id, "visit-1").token)
    wanted = c.OrderRequest(visit_id="visit-1", card_number=world.CARD)
    order = order_for(kiosk, made.id, wanted)
    failed = c.PrintReport(
        fencing_token=order.fencing_token, outcome="failed", evidence="none", detail="no answer"
    )
    end_printing(kiosk, order.id, failed)
    case = park(kiosk, reason="paid_not_issued", application_id=made.id)
    taken = take_up(other, case)
    assert taken.application.settled
    read_chip(other, visit="visit-2")
    application(other, visit="visit-2", match=world.match_report())
    wanted = c.OrderRequest(visit_id="visit-2", card_number=world.CARD)
    mine = order_for(other, made.id, wanted)
    assert (mine.id, mine.state) == (order.id, "ordered")
    begin_printing(other, mine.id, mine.fencing_token)
    printed = c.PrintReport(
        fencing_token=mine.fencing_token, outcome="printed", evidence="inspected"
    )
    end_printing(other, mine.id, printed)
    visit_ended(other, "visit-2", made.id)
    assert not Case.objects.exclude(stage="closed").exists()


def test_who_was_seen_in_this_session_needs_no_portrait_of_the_one_before(kiosk, other):
    case = open_case(kiosk, world.case_request(reason="face_check_declined"))
    leave(kiosk, case.id, c.LeaveRequest(card="out"))
    take_up(other, case)
    clerk, approver = world.add_staff("clerk"), world.add_staff("approver")
    claim(case.id, clerk)
    seen = DecisionInput(DecisionKind.IDENTITY_ACCEPTED, seen_in_person=True)
    answer(decide(case.id, clerk, seen).id, approver, granted=True)
    read_chip(other, visit="visit-2")
    assert application(other, visit="visit-2", case_id=case.id).identified
    leave(other, case.id, c.LeaveRequest(card="out", session=2))
    take_up(kiosk, case, visit="visit-3")
    read_chip(kiosk, visit="visit-3")
    assert not application(kiosk, visit="visit-3", case_id=case.id).identified
