"""The main way, and how people help on it."""

import pytest

from kiosk.session import effects as fx
from kiosk.session.events import Button
from kiosk.session.facts import (
    CardPlace,
    CardProblem,
    DecisionKind,
    Escalation,
    Outcome,
)
from kiosk.session.phases import Notice, Portrait
from tests.session.story import Story
from tests.session.world import FREE_OFFER, WORDS


def test_a_recognised_resident_leaves_with_an_endorsement() -> None:
    story = Story().comes_to_issue()
    story.is_issued()
    assert story.phases[1:] == [
        *("attract", "insert_card", "read_card", "offers", "notice", "portrait", "compare"),
        *("confirm", "pay", "issue", "receipt", "take_card", "attract"),
    ]
    assert story.ending.outcome is Outcome.ISSUED
    assert story.ending.card_place is CardPlace.OUT
    assert story.ending.application_id == "a1"


def test_a_free_reprint_goes_past_pay() -> None:
    story = Story().comes_to_confirm(FREE_OFFER.code)
    story.touches(Button.CONFIRM)
    story.application_made(settled=True)
    story.is_issued()
    assert "pay" not in story.phases
    assert story.ending.outcome is Outcome.ISSUED


def test_who_is_not_recognised_is_accepted_by_a_person_and_goes_on() -> None:
    story = Story().comes_to_portrait()
    story.looks_at_camera(matched=False)
    assert story.visit.case.reason is Escalation.PORTRAIT_NOT_MATCHED
    story.staff_have_it()
    assert story.phase == "escalated"
    story.staff_decide(DecisionKind.IDENTITY_ACCEPTED)
    assert story.phase == "confirm"
    story.confirms_and_pays()
    story.is_issued()
    assert story.asked(fx.MakeApplication)[0].case_id == story.ending.case_id
    assert story.ending.outcome is Outcome.ISSUED


def test_an_acceptance_counts_also_after_a_person_was_asked_for_and_sent_away_again() -> None:
    story = Story().comes_to_portrait()
    story.looks_at_camera(matched=False)
    accepted = story.visit.case.id
    story.staff_decide(DecisionKind.IDENTITY_ACCEPTED)
    story.touches(Button.ASK_PERSON)
    story.touches(Button.BACK)
    story.confirms_and_pays()
    assert story.asked(fx.MakeApplication)[0].case_id == accepted


def test_three_captures_at_most() -> None:
    story = Story().comes_to_portrait()
    for _ in range(3):
        assert story.phase == "portrait"
        story.looks_at_camera(matched=False, retry_helps=True)
    assert story.phase == "escalated"
    assert story.visit.tries == 3


@pytest.mark.parametrize(
    ("decision", "outcome"),
    [
        (DecisionKind.TO_COUNTER, Outcome.TO_COUNTER),
        (DecisionKind.REFUSED, Outcome.REFUSED),
    ],
)
def test_a_person_ends_the_visit_with_ticket_and_card(
    decision: DecisionKind, outcome: Outcome
) -> None:
    story = Story().comes_to_portrait()
    story.looks_at_camera(matched=False)
    story.staff_decide(decision)
    story.ticket_comes()
    story.gets_card_back()
    assert story.ending.outcome is outcome
    assert story.phase == "attract"


def test_who_declines_the_face_check_sees_a_person_and_no_camera() -> None:
    story = Story().comes_to_notice()
    story.touches(Button.DECLINE_FACE_CHECK)
    assert story.visit.case.reason is Escalation.FACE_CHECK_DECLINED
    story.staff_decide(DecisionKind.IDENTITY_ACCEPTED)
    assert story.phase == "confirm"
    assert story.asked(fx.PrepareReferences) == []


def test_a_new_portrait_shows_the_clerks_words() -> None:
    story = Story().comes_to_portrait()
    story.looks_at_camera(matched=False)
    story.staff_decide(DecisionKind.NEW_PORTRAIT, WORDS)
    assert story.visit.phase == Portrait(words=WORDS)
    story.looks_at_camera(matched=True)
    assert story.phase == "confirm"


def test_a_new_portrait_still_needs_the_residents_own_word() -> None:
    story = Story().comes_to_notice()
    story.touches(Button.DECLINE_FACE_CHECK)
    story.staff_decide(DecisionKind.NEW_PORTRAIT, WORDS)
    assert story.visit.phase == Notice(WORDS)
    story.touches(Button.AGREE)
    assert story.visit.phase == Portrait(words=WORDS)


def test_who_asked_for_a_person_may_go_back() -> None:
    story = Story().comes_to_notice()
    story.touches(Button.ASK_PERSON)
    assert story.phase == "escalated"
    story.touches(Button.BACK)
    assert story.phase == "notice"
    (leave,) = story.asked(fx.LeaveCase)
    assert leave.withdrawn
    assert leave.card_place is CardPlace.INSIDE


def test_going_back_without_a_card_withdraws_the_case() -> None:
    story = Story()
    story.touches(Button.ASK_PERSON)
    case = story.visit.case
    story.touches(Button.BACK)
    assert story.phase == "attract"
    assert [report.case for report in story.asked(fx.ReportCase)] == [case]
    assert [(leave.case_id, leave.withdrawn) for leave in story.asked(fx.LeaveCase)] == [
        (case.id, True)
    ]


def test_who_was_not_recognised_may_not_go_back() -> None:
    story = Story().comes_to_portrait()
    story.looks_at_camera(matched=False)
    story.touches(Button.BACK)
    assert story.phase == "escalated"


def test_going_back_while_the_card_was_read_reads_it_again() -> None:
    story = Story()
    story.inserts_card()
    story.touches(Button.ASK_PERSON)
    story.touches(Button.BACK)
    assert story.phase == "read_card"
    assert len(story.asked(fx.ReadCardFiles)) == 2


def test_a_person_can_be_asked_for_without_a_card() -> None:
    story = Story()
    story.touches(Button.ASK_PERSON)
    story.staff_have_it()
    story.touches(Button.LEAVE_WITH_TICKET)
    story.ticket_comes()
    assert story.phase == "leaving"
    story.time_passes("leaving")
    assert story.phase == "attract"
    assert story.ending.outcome is Outcome.WAITING


def test_without_a_card_the_kiosk_is_free_again_soon_and_the_case_stays_open() -> None:
    story = Story()
    story.touches(Button.ASK_PERSON)
    case = story.visit.case
    assert [timer.seconds for timer in story.world.timers] == [120.0]
    story.time_passes("wait_without_card")
    story.ticket_comes()
    story.time_passes("leaving")
    assert story.phase == "attract"
    assert (story.ending.outcome, story.ending.case_id) == (Outcome.WAITING, case.id)
    assert not story.asked(fx.LeaveCase)[0].withdrawn


def test_a_case_the_server_never_acknowledged_is_sent_later() -> None:
    story = Story()
    story.touches(Button.ASK_PERSON)
    case = story.visit.case
    story.touches(Button.LEAVE)
    assert [report.case for report in story.asked(fx.ReportCase)] == [case]
    assert [leave.case_id for leave in story.asked(fx.LeaveCase)] == [case.id]


def test_a_card_is_kept_no_longer_than_the_rule_says() -> None:
    story = Story().comes_to_portrait()
    story.looks_at_camera(matched=False)
    story.time_passes("keep_card")
    assert [leave.card_place for leave in story.asked(fx.LeaveCase)] == [CardPlace.INSIDE]
    story.ticket_comes()
    story.gets_card_back()
    assert story.ending.outcome is Outcome.WAITING


@pytest.mark.parametrize("problem", list(CardProblem))
def test_each_problem_of_a_card_is_shown_and_the_card_comes_back(problem: CardProblem) -> None:
    story = Story()
    story.inserts_card()
    story.card_is_refused(problem)
    assert story.visit.phase.problem is problem
    story.time_passes("bad_card")
    story.gets_card_back()
    assert story.phase == "attract"
    assert story.ending.outcome is Outcome.CARD_PROBLEM


@pytest.mark.parametrize(
    ("problem", "reason"),
    [
        (CardProblem.UNREADABLE, Escalation.CHIP_UNREADABLE),
        (CardProblem.CHIP_CHECK_FAILED, Escalation.CHIP_CHECK_FAILED),
        (CardProblem.FOREIGN, Escalation.PERSON_ASKED),
    ],
)
def test_a_person_looks_at_a_card_with_a_problem(problem: CardProblem, reason: Escalation) -> None:
    story = Story()
    story.inserts_card()
    story.card_is_refused(problem)
    story.touches(Button.ASK_PERSON)
    assert story.visit.case.reason is reason


def test_who_can_have_nothing_may_dispute_it_and_be_granted_it() -> None:
    story = Story()
    story.inserts_card()
    story.card_is_read()
    story.offers_come()
    story.touches(Button.NEXT)
    assert story.phase == "offers"
    story.touches(Button.DISPUTE)
    assert story.visit.case.reason is Escalation.INELIGIBLE_DISPUTED
    story.staff_decide(DecisionKind.ELIGIBILITY_GRANTED)
    assert story.asked(fx.FetchOffers)[-1].case_id == story.visit.case.id
    story.offers_come(FREE_OFFER)
    story.chooses(FREE_OFFER.code)
    assert story.phase == "notice"


def test_an_expired_permit_is_a_problem_of_the_card() -> None:
    story = Story()
    story.inserts_card()
    story.card_is_read()
    story.offers_come(permit_expired=True)
    assert story.visit.phase.problem is CardProblem.EXPIRED


def test_no_record_goes_to_a_person_who_links_one() -> None:
    story = Story()
    story.inserts_card()
    story.card_is_read()
    story.offers_come(record_found=False)
    assert story.visit.case.reason is Escalation.NO_RECORD
    story.staff_decide(DecisionKind.RECORD_LINKED)
    story.offers_come(FREE_OFFER)
    assert story.phase == "offers"


def test_a_decision_that_helps_nothing_leads_to_the_counter() -> None:
    story = Story()
    story.inserts_card()
    story.card_is_read()
    story.offers_come(record_found=False)
    story.staff_decide(DecisionKind.IDENTITY_ACCEPTED)
    story.ticket_comes()
    story.gets_card_back()
    assert story.ending.outcome is Outcome.TO_COUNTER


def test_a_liveness_alarm_goes_to_a_person_even_when_the_portraits_match() -> None:
    story = Story().comes_to_portrait()
    story.looks_at_camera(matched=True, liveness_alarm=True)
    assert story.visit.case.reason is Escalation.LIVENESS_ALARM
    assert story.visit.identity is None
    story.staff_decide(DecisionKind.IDENTITY_ACCEPTED)
    assert story.phase == "confirm"


def test_no_later_capture_takes_an_alarm_back() -> None:
    story = Story().comes_to_portrait()
    story.looks_at_camera(matched=True, liveness_alarm=True)
    story.staff_decide(DecisionKind.NEW_PORTRAIT, WORDS)
    assert story.phase == "portrait"
    story.looks_at_camera(matched=True)
    assert story.phase == "escalated"
    assert story.visit.case.reason is Escalation.LIVENESS_ALARM
    assert story.visit.identity is None
