"""Residents who come back to a case that waits: the face first, then where they stood."""

from datetime import UTC, datetime
from typing import Any

import pytest

from kiosk.session import effects as fx
from kiosk.session import events as ev
from kiosk.session.events import Button
from kiosk.session.facts import (
    Application,
    Case,
    CaseStage,
    Comparison,
    Decision,
    DecisionKind,
    Device,
    Escalation,
    Offer,
    Outcome,
    ParkedCase,
    PaymentStatus,
    ResumeTrouble,
    Travel,
)
from kiosk.session.phases import WelcomeBack
from kiosk.values import Reference, Score
from tests.session.story import CARD, Story
from tests.session.world import FREE_OFFER, PAID_OFFER, WORDS

PARKED = ParkedCase("old-1", "K3-017", CaseStage.DECIDED, 4)
ACCEPTED = Decision(DecisionKind.IDENTITY_ACCEPTED)


def comes_back() -> Story:
    """Put the card in; the kiosk says that a case waits."""
    story = Story()
    story.inserts_card()
    story.card_is_read(PARKED)
    assert story.phase == "welcome_back"
    return story


def is_taken_up(
    story: Story,
    decision: Decision | None = ACCEPTED,
    reason: Escalation = Escalation.PORTRAIT_NOT_MATCHED,
    application: Application | None = None,
    offer: Offer | None = None,
    portrait: bool = True,
    travel: Travel | None = None,
) -> None:
    """Let the resident go on with it and the server hand it over, with the offers of now."""
    story.touches(Button.NEXT)
    stage = CaseStage.WAITING if decision is None else CaseStage.DECIDED
    case = Case(PARKED.id, reason, "K3-017", stage, 9, decision=decision, session=5)
    own = None if application is None else offer or PAID_OFFER
    given = (case, application, own, PAID_OFFER.code, portrait, travel)
    story.answers(fx.ResumeCase, ev.CaseResumed, *given)
    story.offers_come(PAID_OFFER, FREE_OFFER)


def shows_face(story: Story, *, like: float | None = 9.0, **found: Any) -> None:
    """Agree and look at the camera; ``like`` is the score against the case's own portrait."""
    if story.phase == "notice":
        story.touches(Button.AGREE)
    story.answers(fx.PrepareReferences, ev.ReferencesReady, True, True)
    story.answers(fx.StartCapture, ev.Captured)
    scores = () if like is None else (Score(Reference.CASE, "fused", like, 5.0),)
    found = {"matched": False, **found}
    answer = Comparison(scores=scores, measures=(), model="sface", model_sha256="0" * 64, **found)
    story.answers(fx.CompareCapture, ev.Compared, answer)


def server_judges(story: Story, *, same: bool) -> None:
    case = story.pending(fx.JudgeSamePerson).case
    story.answers(fx.JudgeSamePerson, ev.SamePersonJudged, same, case)


def identified(story: Story, *, settled: bool) -> None:
    """Let the server take this visit's face for the application of the one before."""
    story.answers(fx.MakeApplication, ev.ApplicationMade, Application("a0", "A0", settled, True))


def left_with(story: Story) -> fx.LeaveCase:
    """Return the word by which the case waits again."""
    return [told for told in story.asked(fx.LeaveCase) if told.case_id == PARKED.id][-1]


def test_accepted_meanwhile_the_same_person_goes_on_without_another_word():
    story = comes_back()
    is_taken_up(story)
    assert story.phase == "notice"
    shows_face(story)
    server_judges(story, same=True)
    assert story.phase == "confirm"
    story.touches(Button.CONFIRM)
    asked = story.asked(fx.MakeApplication)[-1]
    assert (asked.offer_code, asked.case_id) == (PAID_OFFER.code, PARKED.id)
    story.application_made()
    story.payment_is(PaymentStatus.PAID)
    story.is_issued()
    assert story.ending.outcome is Outcome.ISSUED
    assert story.asked(fx.LeaveCase) == []


def test_what_is_paid_is_not_paid_again_and_nothing_is_confirmed_twice():
    story = comes_back()
    paid = Application("a0", "A0", settled=True, identified=False)
    is_taken_up(story, None, Escalation.PAID_NOT_ISSUED, paid)
    shows_face(story, matched=True)
    server_judges(story, same=True)
    assert story.asked(fx.MakeApplication)[-1].offer_code == PAID_OFFER.code
    story.answers(
        fx.MakeApplication,
        ev.ApplicationMade,
        Application("a0", "A0", settled=True, identified=True),
    )
    story.is_issued()
    assert story.asked(fx.StartPayment) == []
    assert "pay" not in story.phases


def test_what_is_not_paid_yet_is_paid_under_the_same_application():
    story = comes_back()
    is_taken_up(story, application=Application("a0", "A0", settled=False, identified=False))
    shows_face(story)
    server_judges(story, same=True)
    story.answers(
        fx.MakeApplication,
        ev.ApplicationMade,
        Application("a0", "A0", settled=False, identified=True),
    )
    assert story.pending(fx.StartPayment).application_id == "a0"


def test_another_person_comes_before_a_person_and_the_case_waits_for_its_own():
    story = comes_back()
    is_taken_up(story)
    shows_face(story, like=1.0)
    server_judges(story, same=False)
    assert story.phase == "escalated"
    assert story.visit.case is not None
    assert story.visit.case.id != PARKED.id
    assert story.visit.case.reason is Escalation.PORTRAIT_NOT_MATCHED
    story.staff_decide(DecisionKind.TO_COUNTER)
    story.ticket_comes()
    story.gets_card_back()
    assert left_with(story).session == 5
    assert story.asked(fx.RewriteBack) == []


def test_nothing_of_the_case_is_shown_before_the_face():
    story = comes_back()
    words = Decision(DecisionKind.NEW_PORTRAIT, WORDS)
    is_taken_up(story, words, travel=Travel(None, "funeral"))
    assert story.visit.case is None
    shows_face(story, matched=True)
    assert story.visit.case is None
    server_judges(story, same=True)
    assert story.visit.case is not None


def test_an_undecided_case_goes_on_waiting_live_and_its_decision_goes_on():
    story = comes_back()
    is_taken_up(story, None, travel=Travel(None, "funeral"))
    shows_face(story)
    server_judges(story, same=True)
    assert story.phase == "escalated"
    assert story.asked(fx.WatchCase) == []
    assert not getattr(story.visit.phase, "asking_travel", True)
    case = story.visit.case
    assert case is not None
    decided = Case(
        case.id, case.reason, "K3-017", CaseStage.DECIDED, 12, decision=ACCEPTED, session=5
    )
    story.answers(fx.FollowCase, ev.CaseChanged, decided)
    assert story.phase == "confirm"


def test_leaving_again_keeps_the_ticket_and_tells_the_session():
    story = comes_back()
    is_taken_up(story, None)
    shows_face(story)
    server_judges(story, same=True)
    story.happens(ev.TravelTold(Travel(None, "funeral")))
    assert story.asked(fx.SendTravel)[-1].session == 5
    story.touches(Button.LEAVE_WITH_TICKET)
    assert story.pending(fx.PrintTicket).case.ticket == "K3-017"
    story.ticket_comes()
    story.gets_card_back()
    assert {told.session for told in story.asked(fx.LeaveCase)} == {5}


def test_what_was_ordered_here_by_the_counter_prints_without_a_face():
    story = comes_back()
    seen = Application("a0", "A0", settled=True, identified=True)
    is_taken_up(story, Decision(DecisionKind.TO_COUNTER), application=seen)
    story.is_issued()
    assert "portrait" not in story.phases


def test_a_case_without_a_portrait_shows_nobody_to_be_the_same():
    story = comes_back()
    is_taken_up(story, ACCEPTED, Escalation.FACE_CHECK_DECLINED, portrait=False)
    assert story.phase == "escalated"
    assert story.visit.identity is None
    assert story.visit.case is not None
    assert story.visit.case.reason is Escalation.FACE_CHECK_DECLINED


def test_a_new_portrait_that_was_asked_for_is_the_one_just_taken():
    story = comes_back()
    is_taken_up(story, Decision(DecisionKind.NEW_PORTRAIT, WORDS))
    shows_face(story, matched=True)
    server_judges(story, same=True)
    assert story.phase == "confirm"


@pytest.mark.parametrize("like", [4.5, None])
def test_a_capture_that_another_try_may_mend_is_taken_anew(like: float | None):
    story = comes_back()
    is_taken_up(story)
    shows_face(story, like=like, retry_helps=True)
    assert story.phase == "portrait"
    shows_face(story)
    server_judges(story, same=True)
    assert story.phase == "confirm"


def test_an_alarm_is_for_a_person_whoever_it_looks_like():
    story = comes_back()
    is_taken_up(story)
    shows_face(story, liveness_alarm=True)
    assert story.phase == "escalated"
    assert story.asked(fx.JudgeSamePerson) == []


def test_something_else_is_an_ordinary_visit_and_the_case_goes_on_waiting():
    story = comes_back()
    story.touches(Button.START_NEW)
    story.offers_come(PAID_OFFER)
    assert story.phase == "offers"
    story.touches(Button.LEAVE)
    story.gets_card_back()
    assert story.asked(fx.LeaveCase) == []


def test_who_asked_for_a_person_first_may_still_go_on_alone_with_it():
    story = comes_back()
    story.touches(Button.ASK_PERSON)
    assert story.phase == "escalated"
    story.touches(Button.BACK)
    story.answers(fx.FindParked, ev.ParkedFound, PARKED)
    assert story.phase == "welcome_back"


ISSUED_AT = datetime(2026, 3, 2, 6, 12, tzinfo=UTC)


def test_what_was_issued_meanwhile_is_told_with_the_time_and_nothing_goes_on_waiting():
    story = comes_back()
    story.touches(Button.NEXT)
    story.answers(fx.ResumeCase, ev.ServerRefused, "already_issued", ISSUED_AT)
    told = WelcomeBack(PARKED, trouble=ResumeTrouble.ISSUED, issued_at=ISSUED_AT)
    assert story.visit.phase == told
    story.touches(Button.LEAVE)
    assert getattr(story.visit.phase, "issued_before", False)
    assert not getattr(story.visit.phase, "case_waits", True)
    story.gets_card_back()
    assert story.asked(fx.StartPayment) == story.asked(fx.MakeOrder) == []


def test_what_the_counter_recorded_before_the_print_here_is_told_and_not_a_fault():
    story = comes_back()
    seen = Application("a0", "A0", settled=True, identified=True)
    is_taken_up(story, Decision(DecisionKind.TO_COUNTER), application=seen)
    story.answers(fx.MakeOrder, ev.ServerRefused, "already_issued", ISSUED_AT)
    phase = story.visit.phase
    assert isinstance(phase, WelcomeBack)
    assert (phase.trouble, phase.issued_at) == (ResumeTrouble.ISSUED, ISSUED_AT)
    assert story.visit.application is None
    story.touches(Button.START_NEW)
    story.offers_come(FREE_OFFER)
    assert story.phase == "offers"
    story.touches(Button.LEAVE)
    story.gets_card_back()
    assert story.asked(fx.ReportCase) == story.asked(fx.RewriteBack) == []


@pytest.mark.parametrize(
    ("code", "trouble"),
    [
        ("conflict", ResumeTrouble.AT_COUNTER),
        ("already_issued", ResumeTrouble.ISSUED),
        ("not_found", ResumeTrouble.GONE),
        ("rate_limited", ResumeTrouble.BUSY),
        ("server_error", ResumeTrouble.BUSY),
    ],
)
def test_a_refusal_has_a_plain_next_step_and_the_card_comes_out(code: str, trouble: ResumeTrouble):
    story = comes_back()
    story.touches(Button.NEXT)
    story.answers(fx.ResumeCase, ev.ServerRefused, code)
    assert story.visit.phase == WelcomeBack(PARKED, trouble=trouble)
    if trouble is ResumeTrouble.BUSY:
        story.touches(Button.NEXT)
        assert story.pending(fx.ResumeCase)
        story.answers(fx.ResumeCase, ev.ServerRefused, code)
    story.touches(Button.NEXT if trouble is not ResumeTrouble.BUSY else Button.STAY)
    assert story.phase == "welcome_back"
    story.touches(Button.LEAVE)
    story.gets_card_back()
    assert story.asked(fx.LeaveCase) == []


def test_a_lost_answer_may_have_taken_it_up_so_it_is_told_to_wait_again():
    story = comes_back()
    story.touches(Button.NEXT)
    story.answers(fx.ResumeCase, ev.ServerLost)
    story.gets_card_back()
    assert (left_with(story).case_id, left_with(story).session) == (PARKED.id, 5)
    assert story.asked(fx.ReportCase) == []


def test_a_server_lost_on_the_way_opens_no_second_case():
    story = comes_back()
    is_taken_up(story)
    story.server_lost()
    story.gets_card_back()
    assert story.asked(fx.ReportCase) == []
    assert left_with(story).session == 5


def test_a_case_that_is_taken_up_elsewhere_meanwhile_is_left_to_it():
    story = comes_back()
    is_taken_up(story)
    shows_face(story)
    story.answers(fx.JudgeSamePerson, ev.ServerRefused, "stale_token")
    story.gets_card_back()
    assert story.ending.outcome is Outcome.TO_COUNTER


@pytest.mark.parametrize("answer", [ev.ServerRefused, ev.ServerLost, None])
def test_no_answer_about_a_case_makes_the_ordinary_visit_impossible(answer: Any):
    story = Story()
    story.inserts_card()
    story.answers(fx.ReadCardFiles, ev.CardRead, CARD)
    if answer is None:
        story.time_passes("find_parked")
    elif answer is ev.ServerRefused:
        story.answers(fx.FindParked, answer, "rate_limited")
    else:
        story.answers(fx.FindParked, answer)
    story.offers_come(PAID_OFFER)
    assert story.phase == "offers"


def test_a_machine_that_could_not_print_takes_no_face_and_lets_the_case_wait():
    story = comes_back()
    story.loses(Device.ENDORSEMENT_PRINTER)
    is_taken_up(story)
    assert story.phase == "take_card"
    assert getattr(story.visit.phase, "case_waits", False)
    story.gets_card_back()
    assert left_with(story).session == 5


def test_a_printer_lost_on_the_way_is_told_with_what_is_paid():
    story = comes_back()
    paid = Application("a0", "A0", settled=True, identified=False)
    is_taken_up(story, None, Escalation.PAID_NOT_ISSUED, paid)
    story.touches(Button.AGREE)
    story.loses(Device.ENDORSEMENT_PRINTER)
    assert story.phase == "escalated"
    story.touches(Button.LEAVE_WITH_TICKET)
    story.ticket_comes()
    story.gets_card_back()
    assert left_with(story).session == 5
