"""The queue: claims, decisions, approvals, undo, timers. Real SQLite, real threads."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from backend.accounts.presence import clear_presence
from backend.api.visits import end_visit
from backend.approvals.services import answer, asked_of, may_approve
from backend.audit.models import AuditEvent
from backend.audit.services import verify
from backend.cases import timers
from backend.cases.claims import claim, find, give_back_run_out, release, renew
from backend.cases.closing import close_by_staff
from backend.cases.decisions import DecisionInput, decide, undo
from backend.cases.evidence_access import may_open, open_picture
from backend.cases.models import Case, Decision
from backend.cases.opening import open_case
from backend.cases.queue import at_counter, queue
from backend.cases.residents_side import leave, set_travel
from backend.cases.retention import erase_old_evidence
from backend.cases.view import case_view
from backend.clock import ago, ahead, now
from backend.console.case_sheet import case_sheet
from backend.console.options import options_for
from backend.evidence.models import Picture
from backend.records.models import Permit
from backend.refusal import Refused
from backend_client import contract as c
from backend_client.contract import CaseStage, DecisionKind, RefusalCode
from tests.backend import world

ACCEPT = DecisionInput(DecisionKind.IDENTITY_ACCEPTED)


def refusal(call, *args, **kwargs) -> RefusalCode:
    with pytest.raises(Refused) as caught:
        call(*args, **kwargs)
    return caught.value.code


def test_two_claim_at_once_and_exactly_one_gets_it(kiosk):
    staff = [world.add_staff(f"clerk{n}", "clerk") for n in range(8)]
    open_case(kiosk, world.case_request())
    results = world.at_once(8, lambda n: claim("case-1", staff[n]))
    won = [result for result in results if result is None]
    lost = [result for result in results if isinstance(result, Refused)]
    assert len(won) == 1
    assert len(lost) == 7
    assert {loser.code for loser in lost} == {RefusalCode.CONFLICT}
    assert AuditEvent.objects.filter(kind="case.claimed").count() == 1
    assert verify().ok


def test_a_case_is_opened_once_and_gets_the_next_ticket(kiosk):
    first = open_case(kiosk, world.case_request())
    again = open_case(kiosk, world.case_request())
    second = open_case(kiosk, world.case_request("case-2", visit_id="visit-2"))
    assert first.id == again.id
    assert Case.objects.count() == 2
    assert (first.ticket, second.ticket) == ("A 001", "A 002")
    assert refusal(open_case, kiosk, world.case_request(visit_id="visit-9")) == RefusalCode.CONFLICT


def test_tickets_of_one_day_never_collide(kiosk):
    cases = world.at_once(
        10, lambda n: open_case(kiosk, world.case_request(f"case-{n}", visit_id=f"v{n}"))
    )
    assert sorted(case.ticket for case in cases) == [f"A {n:03d}" for n in range(1, 11)]


def test_identity_needs_a_second_person_and_the_decider_is_none(kiosk):
    clerk = world.add_staff("clerk", desk="5")
    approver = world.add_staff("approver")
    open_case(kiosk, world.case_request())
    claim("case-1", clerk)
    decision = decide("case-1", clerk, ACCEPT)
    case = Case.objects.get()
    assert case_view(case).stage is CaseStage.APPROVAL
    assert case_view(case).decision is None
    assert may_approve(decision, clerk)
    assert refusal(answer, decision.id, clerk, granted=True) == RefusalCode.NOT_ELIGIBLE
    assert list(asked_of(approver)) == [decision]
    answer(decision.id, approver, granted=True)
    view = case_view(case)
    assert view.stage is CaseStage.DECIDED
    assert view.decision is not None
    assert view.decision.kind is DecisionKind.IDENTITY_ACCEPTED
    assert view.desk == "5"
    assert not asked_of(approver).exists()


def test_an_approver_who_decides_cannot_approve_their_own_decision(kiosk):
    approver = world.add_staff("approver")
    open_case(kiosk, world.case_request())
    claim("case-1", approver)
    decision = decide("case-1", approver, ACCEPT)
    assert refusal(answer, decision.id, approver, granted=True) == RefusalCode.NOT_ELIGIBLE
    leader = world.add_staff("leader", "duty_leader")
    answer(decision.id, leader, granted=True)
    assert Decision.objects.get().state == Decision.State.IN_FORCE


def test_approvals_at_once_put_the_decision_in_force_once(kiosk):
    clerk = world.add_staff("clerk")
    people = [world.add_staff(f"approver{n}", "approver") for n in range(5)]
    open_case(kiosk, world.case_request())
    claim("case-1", clerk)
    decision = decide("case-1", clerk, ACCEPT)
    world.at_once(5, lambda n: answer(decision.id, people[n], granted=True))
    assert AuditEvent.objects.filter(kind="decision.in_force").count() == 1
    assert verify().ok


def test_a_denial_gives_the_case_back_to_its_claimant(kiosk):
    clerk, approver = world.add_staff("clerk"), world.add_staff("approver")
    open_case(kiosk, world.case_request())
    claim("case-1", clerk)
    answer(decide("case-1", clerk, ACCEPT).id, approver, granted=False, note="not the same person")
    case = Case.objects.get()
    assert case.stage == "claimed"
    assert case.claimed_by == clerk
    assert decide("case-1", clerk, DecisionInput(DecisionKind.TO_COUNTER)).state == "in_force"
    assert "not the same person" not in "".join(AuditEvent.objects.values_list("facts", flat=True))


@pytest.mark.parametrize(
    ("reason", "what"),
    [
        ("portrait_not_matched", DecisionInput(DecisionKind.ELIGIBILITY_GRANTED)),
        ("portrait_not_matched", DecisionInput(DecisionKind.NEW_PORTRAIT)),
        ("portrait_not_matched", DecisionInput(DecisionKind.NEW_PORTRAIT, "accepted")),
        ("liveness_alarm", ACCEPT),
        ("face_check_declined", ACCEPT),
        ("no_record", DecisionInput(DecisionKind.RECORD_LINKED)),
        ("chip_unreadable", ACCEPT),
    ],
)
def test_decisions_that_do_not_fit_are_refused(kiosk, reason, what):
    clerk = world.add_staff("clerk")
    open_case(kiosk, world.case_request(reason=reason))
    claim("case-1", clerk)
    assert refusal(decide, "case-1", clerk, what) == RefusalCode.BAD_REQUEST
    assert not Decision.objects.exists()


def test_a_liveness_alarm_is_accepted_by_who_has_seen_the_resident(kiosk):
    clerk = world.add_staff("clerk")
    open_case(kiosk, world.case_request(reason="liveness_alarm"))
    claim("case-1", clerk)
    seen = DecisionInput(DecisionKind.IDENTITY_ACCEPTED, seen_in_person=True)
    assert decide("case-1", clerk, seen).seen_in_person


@pytest.mark.parametrize("outcome", ["passed", "undetermined", "alarm"])
@pytest.mark.parametrize("told_by", ["tries", "match"])
def test_an_advisory_alarm_needs_the_resident_seen_whatever_the_reason(kiosk, outcome, told_by):
    """The case is about the portrait; the alarm comes with one of its captures."""
    clerk = world.add_staff("clerk")
    grade = world.liveness(outcome, "" if outcome == "passed" else "wrong_move")
    if told_by == "tries":
        tries = (world.try_report("low_score", liveness=grade), world.try_report("low_score"))
        open_case(kiosk, world.case_request(tries=tuple(one.model_dump() for one in tries)))
    else:
        match = world.match_report(score=1.0).model_copy(update={"liveness": grade})
        open_case(kiosk, world.case_request(match=match.model_dump()))
    open_case(kiosk, world.case_request("case-2"))  # a later case of the same visit
    open_case(kiosk, world.case_request("case-3", visit_id="visit-2"))
    unseen = DecisionInput(DecisionKind.IDENTITY_ACCEPTED, "accepted")
    for case_id in ("case-1", "case-2"):
        claim(case_id, clerk)
        if outcome == "alarm":
            assert refusal(decide, case_id, clerk, unseen) == RefusalCode.BAD_REQUEST
        seen = DecisionInput(DecisionKind.IDENTITY_ACCEPTED, "accepted", seen_in_person=True)
        assert decide(case_id, clerk, seen if outcome == "alarm" else unseen)
    claim("case-3", clerk)
    assert decide("case-3", clerk, unseen)  # another visit


def test_a_new_portrait_needs_no_approval_and_carries_the_words(kiosk):
    clerk = world.add_staff("clerk")
    case = open_case(kiosk, world.case_request())
    claim("case-1", clerk)
    decide("case-1", clerk, DecisionInput(DecisionKind.NEW_PORTRAIT, "glasses_off"))
    view = case_view(case)
    assert view.stage is CaseStage.DECIDED
    assert view.decision is not None
    assert view.decision.words is not None
    assert "glasses" in view.decision.words.en


def test_only_the_claimant_decides_and_only_while_the_lease_holds(kiosk):
    clerk, other = world.add_staff("clerk"), world.add_staff("other", "clerk")
    technician = world.add_staff("technician")
    open_case(kiosk, world.case_request())
    assert refusal(decide, "case-1", clerk, ACCEPT) == RefusalCode.NOT_ELIGIBLE
    assert refusal(claim, "case-1", technician) == RefusalCode.NOT_ELIGIBLE
    claim("case-1", clerk)
    assert refusal(decide, "case-1", other, ACCEPT) == RefusalCode.NOT_ELIGIBLE
    Case.objects.update(claim_until=ago(1))
    assert refusal(decide, "case-1", clerk, ACCEPT) == RefusalCode.CONFLICT
    claim("case-1", other)
    assert Case.objects.get().claimed_by == other
    assert not renew("case-1", clerk)
    assert release("case-1", other)
    assert Case.objects.get().stage == "waiting"


def test_a_claim_that_runs_out_comes_back(kiosk):
    clerk = world.add_staff("clerk")
    open_case(kiosk, world.case_request())
    claim("case-1", clerk)
    assert give_back_run_out() == 0
    Case.objects.update(claim_until=ago(1))
    assert give_back_run_out() == 1
    case = Case.objects.get()
    assert (case.stage, case.claimed_by) == ("waiting", None)


def test_the_queue_is_ordered_by_the_moment_of_decision_then_by_waiting(kiosk):
    for n in range(4):
        open_case(kiosk, world.case_request(f"case-{n}", visit_id=f"v{n}"))
    set_travel(kiosk, "case-2", c.TravelRequest(depart_at=ahead(300), ground=None))
    set_travel(kiosk, "case-3", c.TravelRequest(depart_at=None, ground="funeral"))
    assert [case.id for case in queue()] == ["case-2", "case-3", "case-0", "case-1"]
    assert case_view(Case.objects.get(id="case-1")).ahead == 3
    claim("case-2", world.add_staff("clerk"))
    assert case_view(Case.objects.get(id="case-1")).ahead == 2


ENDS = (datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, tzinfo=UTC))


def test_a_departure_that_cannot_be_meant_costs_nothing_else(kiosk):
    open_case(kiosk, world.case_request())
    for far in (now() + timedelta(days=900), *ENDS):
        for days in (None, 366):
            told = c.TravelRequest(depart_at=far, depart_in_days=days, ground="funeral")
            case = set_travel(kiosk, "case-1", told)
            assert case.ground == "funeral"
            assert case.depart_at is None or days == 366


@pytest.mark.parametrize("off", [-40, -2, 0, 3])
def test_a_kiosk_whose_clock_has_another_day_tells_the_day_all_the_same(kiosk, off):
    open_case(kiosk, world.case_request())
    meant = now() + timedelta(days=1)
    told = c.TravelRequest(depart_at=meant + timedelta(days=off), depart_in_days=1, ground=None)
    assert set_travel(kiosk, "case-1", told).depart_at == meant


@pytest.mark.parametrize("off_days", [-2, 2, 400])
def test_a_wrong_clock_of_a_kiosk_costs_no_case(kiosk, off_days):
    until = now() + timedelta(days=off_days, minutes=10)
    case = open_case(kiosk, world.case_request(card_kept_until=until))
    assert now() - timedelta(minutes=1) < case.card_kept_until <= now() + timedelta(days=1)
    case = open_case(kiosk, world.case_request("case-2", card_kept_for_s=600))
    assert abs(case.card_kept_until - ahead(600)) < timedelta(seconds=5)
    for number, end in enumerate(ENDS):
        case = open_case(kiosk, world.case_request(f"end-{number}", card_kept_until=end))
        assert case.card_kept_until is not None


def test_an_unknown_ground_is_refused(kiosk):
    open_case(kiosk, world.case_request())
    unknown = c.TravelRequest(depart_at=None, ground="because")
    assert refusal(set_travel, kiosk, "case-1", unknown) == RefusalCode.BAD_REQUEST
    assert refusal(set_travel, kiosk, "case-9", unknown) == RefusalCode.NOT_FOUND


def test_timers_raise_a_case_step_by_step(kiosk):
    open_case(kiosk, world.case_request())
    assert timers.run_timers() == 0
    Case.objects.update(created_at=ago(61))
    assert timers.run_timers() == 1
    assert Case.objects.get().level == 1
    assert timers.run_timers() == 0
    claim("case-1", world.add_staff("clerk"))
    Case.objects.update(created_at=ago(301))
    assert timers.run_timers() == 1
    assert Case.objects.get().level == 2


def test_undo_takes_a_decision_back_until_printing(kiosk):
    clerk, approver = world.add_staff("clerk"), world.add_staff("approver")
    case = open_case(kiosk, world.case_request())
    claim("case-1", clerk)
    answer(decide("case-1", clerk, ACCEPT).id, approver, granted=True)
    assert refusal(undo, "case-1", approver) == RefusalCode.NOT_ELIGIBLE
    undo("case-1", clerk)
    assert case_view(case).stage is CaseStage.CLAIMED
    assert case_view(case).decision is None
    assert refusal(undo, "case-1", clerk) == RefusalCode.CONFLICT


def test_who_linked_the_record_does_not_decide_on_it(kiosk):
    from backend.records.services import prove

    clerk, approver = world.add_staff("clerk"), world.add_staff("approver")
    card = "CC4567893"
    person = world.add_resident("CX0000001").resident
    prove(kiosk, "visit-1", card, world.proof(card))
    open_case(kiosk, world.case_request(reason="no_record", card_number=card))
    claim("case-1", clerk)
    link = DecisionInput(DecisionKind.RECORD_LINKED, resident_id=person.id)
    answer(decide("case-1", clerk, link).id, approver, granted=True)
    assert person.permits.filter(card_number=card).exists()
    open_case(kiosk, world.case_request("case-2", card_number=card))
    claim("case-2", clerk)
    barred = {option.kind for option in options_for(find("case-2"), clerk, "en") if option.barred}
    assert barred == {"identity_accepted"}, "the page says so before anything is filled in"
    assert refusal(decide, "case-2", clerk, ACCEPT) == RefusalCode.NOT_ELIGIBLE
    release("case-2", clerk)
    other = world.add_staff("other", "clerk")
    claim("case-2", other)
    assert not any(option.barred for option in options_for(find("case-2"), other, "en"))
    assert decide("case-2", other, ACCEPT).state == Decision.State.PROPOSED


def test_pictures_open_for_the_claimant_and_the_asked_only_and_each_opening_is_audited(kiosk):
    clerk, other = world.add_staff("clerk"), world.add_staff("other", "clerk")
    approver, leader = world.add_staff("approver"), world.add_staff("leader", "duty_leader")
    live = world.jpeg(40)
    case = open_case(kiosk, world.case_request(live_portrait=c.picture(live)))
    assert not may_open(case, clerk)
    claim("case-1", clerk)
    case.refresh_from_db()
    assert open_picture("case-1", "live", clerk) == (live, "image/jpeg")
    assert open_picture("case-1", "record", clerk)[1] == "image/jpeg"
    assert refusal(open_picture, "case-1", "chip", clerk) == RefusalCode.NOT_FOUND
    for stranger in (other, approver):
        assert refusal(open_picture, "case-1", "live", stranger) == RefusalCode.NOT_ELIGIBLE
    assert may_open(case, leader)
    decide("case-1", clerk, ACCEPT)
    assert open_picture("case-1", "live", approver)[0] == live
    assert refusal(open_picture, "case-1", "live", other) == RefusalCode.NOT_ELIGIBLE
    assert AuditEvent.objects.filter(kind="case.evidence_opened").count() == 3


def test_the_resident_sees_whether_anybody_is_there(kiosk):
    case = open_case(kiosk, world.case_request())
    assert not case_view(case).staff_signed_in
    clerk = world.add_staff("clerk")
    assert case_view(case).staff_signed_in
    clear_presence(clerk)
    assert not case_view(case).staff_signed_in
    world.add_staff("technician")
    assert not case_view(case).staff_signed_in


def test_leaving_keeps_the_case_in_the_queue(kiosk):
    open_case(kiosk, world.case_request())
    leave(kiosk, "case-1", c.LeaveRequest(card="out"))
    case = Case.objects.get()
    assert case.left_with_ticket
    assert not case.card_inside
    assert list(queue()) == [case]


def test_a_card_is_inside_until_the_end_of_the_visit_says_otherwise(kiosk):
    until = ahead(300)
    open_case(kiosk, world.case_request(card_kept_until=until))
    leave(kiosk, "case-1", c.LeaveRequest(card="held"))
    case = Case.objects.get()
    assert case.card_inside
    assert case.card_kept_until is None
    with transaction.atomic():
        end_visit(kiosk, "visit-1", c.VisitEnd(outcome="waiting", card="out", case_id="case-1"))
    assert not Case.objects.get().card_inside


def test_what_is_decided_after_the_resident_left_waits_at_the_counter(kiosk):
    clerk = world.add_staff("clerk")
    for number, reason in enumerate(("no_record", "paid_not_issued"), 1):
        case_id, visit = f"case-{number}", f"visit-{number}"
        open_case(kiosk, world.case_request(case_id, visit_id=visit, reason=reason))
        if number == 1:
            leave(kiosk, case_id, c.LeaveRequest(card="held"))
        with transaction.atomic():
            end_visit(kiosk, visit, c.VisitEnd(outcome="waiting", card="out", case_id=case_id))
        assert Case.objects.get(id=case_id).left_with_ticket
        claim(case_id, clerk)
        decide(case_id, clerk, DecisionInput(DecisionKind.REFUSED, phrase="", note="gone"))
        sheet = case_sheet(Case.objects.get(id=case_id), clerk, "en", now())
        assert sheet.closable
    assert [case.id for case in at_counter()] == ["case-1", "case-2"]
    close_by_staff("case-1", clerk, "done")
    assert [case.id for case in at_counter()] == ["case-2"]


def test_what_nobody_ends_is_closed_in_the_end_and_its_evidence_erased(kiosk):
    portrait = c.picture(world.jpeg(1))
    tried = (world.try_report("low_score").model_dump(),)
    open_case(kiosk, world.case_request(live_portrait=portrait, tries=tried))
    assert Case.objects.get().tries[0]["frames"] == [3, 9, 14]
    Case.objects.update(created_at=ago(167 * 3600))
    timers.run_timers()
    assert Case.objects.get().stage == "waiting"
    Case.objects.update(created_at=ago(169 * 3600))
    timers.run_timers()
    assert (Case.objects.get().stage, Case.objects.get().close_outcome) == ("closed", "too_old")
    Case.objects.update(closed_at=ago(25 * 3600))
    assert erase_old_evidence() == 1
    assert Picture.objects.filter(id__isnull=False).count() == 1  # the record's own stays
    assert Case.objects.get().tries == []


def test_a_withdrawn_case_is_closed_even_while_somebody_has_it(kiosk):
    clerk = world.add_staff("clerk")
    open_case(kiosk, world.case_request())
    claim("case-1", clerk)
    for _ in range(2):
        leave(kiosk, "case-1", c.LeaveRequest(card="held", withdrawn=True))
    case = Case.objects.get()
    assert (case.stage, case.close_outcome, case.left_with_ticket) == ("closed", "withdrawn", False)
    assert list(queue()) == []
    closed = AuditEvent.objects.get(kind="case.closed")
    assert (closed.actor, closed.subject) == (f"kiosk:{kiosk.id}", "case:case-1")


def test_a_withdrawal_that_comes_after_the_decision_changes_nothing(kiosk):
    clerk = world.add_staff("clerk")
    open_case(kiosk, world.case_request())
    claim("case-1", clerk)
    decide("case-1", clerk, DecisionInput(DecisionKind.TO_COUNTER))
    leave(kiosk, "case-1", c.LeaveRequest(card="out", withdrawn=True))
    assert Case.objects.get().stage == "decided"


def test_a_withdrawn_case_is_not_decided_by_an_approval_that_comes_late(kiosk):
    clerk = world.add_staff("clerk")
    approver = world.add_staff("approver")
    open_case(kiosk, world.case_request())
    claim("case-1", clerk)
    decision = decide("case-1", clerk, ACCEPT)
    leave(kiosk, "case-1", c.LeaveRequest(card="held", withdrawn=True))
    assert refusal(answer, decision.id, approver, granted=True) == RefusalCode.NOT_ELIGIBLE
    assert Case.objects.get().stage == "closed"


def test_staff_close_a_waiting_case_but_not_one_that_another_has(kiosk):
    clerk, other = world.add_staff("clerk1", "clerk"), world.add_staff("clerk2", "clerk")
    open_case(kiosk, world.case_request())
    open_case(kiosk, world.case_request("case-2", visit_id="visit-2"))
    assert close_by_staff("case-1", clerk, "gone").stage == "closed"
    claim("case-2", other)
    assert refusal(close_by_staff, "case-2", clerk, "gone") == RefusalCode.CONFLICT
    assert close_by_staff("case-2", other, "gone").stage == "closed"


def test_a_closed_cases_evidence_is_erased_and_the_records_keep_theirs(kiosk):
    clerk = world.add_staff("clerk")
    portraits = {
        "live_portrait": c.picture(world.jpeg(1)),
        "chip_portrait": c.picture(world.jpeg(2)),
    }
    open_case(kiosk, world.case_request(detail="free text", **portraits))
    open_case(kiosk, world.case_request("case-2", visit_id="v2", **portraits))
    close_by_staff("case-1", clerk, "gone")
    assert erase_old_evidence() == 0
    Case.objects.filter(id="case-1").update(closed_at=ago(25 * 3600))
    assert erase_old_evidence() == 1
    assert erase_old_evidence() == 0
    case = Case.objects.get(id="case-1")
    assert (case.live_portrait, case.chip_portrait, case.detail) == (None, None, "")
    assert Picture.objects.count() == 3
    assert Permit.objects.get(card_number=world.CARD).resident.portrait is not None
    assert verify().ok
