"""Server, devices, money and cards that do not do what they should."""

from collections.abc import Callable

import pytest

from kiosk.session import effects as fx
from kiosk.session import events as ev
from kiosk.session.events import Button
from kiosk.session.facts import (
    CardPlace,
    DecisionKind,
    Device,
    Escalation,
    Outcome,
    PaymentStatus,
    PrintEnd,
)
from kiosk.session.flow import Reception
from kiosk.values import Language
from tests.session.story import Story

Way = Callable[[Story], Story]


def escalated(story: Story) -> Story:
    story.comes_to_portrait().looks_at_camera(matched=False)
    return story


SERVED: dict[str, Way] = {
    "offers": Story.comes_to_offers,
    "notice": Story.comes_to_notice,
    "portrait": Story.comes_to_portrait,
    "confirm": Story.comes_to_confirm,
    "pay": Story.comes_to_pay,
    "escalated": escalated,
}


@pytest.mark.parametrize("phase", SERVED)
def test_server_lost_the_session_is_kept_as_a_case_and_the_kiosk_returns(phase: str) -> None:
    story = SERVED[phase](Story())
    assert story.phase == phase
    story.server_lost()
    assert story.asked(fx.ReportCase), "the case must reach the server later"
    story.ticket_comes()
    story.gets_card_back()
    assert story.ending.outcome is Outcome.SERVER_LOST
    assert story.phase == "out_of_service"
    story.server_back()
    assert story.phase == "attract"


def test_money_in_flight_when_the_server_is_lost_is_a_case_of_its_own_kind() -> None:
    story = Story().comes_to_pay()
    story.server_lost()
    assert story.asked(fx.ReportCase)[0].case.reason is Escalation.PAID_NOT_ISSUED


def test_server_lost_before_the_order_is_a_case() -> None:
    story = Story().comes_to_issue()
    story.answers(fx.MakeOrder, ev.ServerLost)
    story.ticket_comes()
    story.gets_card_back()
    assert story.asked(fx.ReportCase)[0].case.reason is Escalation.PAID_NOT_ISSUED


def test_what_is_printing_goes_on_without_the_server() -> None:
    story = Story().comes_to_printing()
    story.server_lost()
    assert story.phase == "issue"
    story.prints()
    story.receipt_comes()
    story.gets_card_back()
    assert story.asked(fx.ReportPrint)[0].end is PrintEnd.PRINTED
    assert story.ending.outcome is Outcome.ISSUED


def test_a_device_that_issuing_needs_is_lost() -> None:
    story = Story().comes_to_notice()
    story.loses(Device.ENDORSEMENT_PRINTER)
    assert story.visit.case.reason is Escalation.DEVICE_FAULT
    story.staff_decide(DecisionKind.TO_COUNTER)
    story.ticket_comes()
    story.gets_card_back()
    assert story.phase == "out_of_service"
    story.happens(ev.DeviceChanged(Device.ENDORSEMENT_PRINTER, usable=True))
    assert story.phase == "attract"


def test_the_same_news_of_a_device_twice_changes_nothing() -> None:
    story = Story()
    story.loses(Device.CARD_SLOT)
    story.loses(Device.CAMERA)
    before = story.visit
    story.loses(Device.CARD_SLOT)
    assert story.visit == before


def test_a_camera_lost_while_it_watches_goes_to_a_person() -> None:
    story = Story().comes_to_portrait()
    story.loses(Device.CAMERA)
    story.staff_decide(DecisionKind.IDENTITY_ACCEPTED)
    assert story.phase == "confirm"


def test_a_device_lost_while_paying_shows_once_the_money_is_there() -> None:
    story = Story().comes_to_pay()
    story.loses(Device.ENDORSEMENT_PRINTER)
    assert story.phase == "pay"
    story.payment_is(PaymentStatus.PAID)
    assert story.visit.case.reason is Escalation.PAID_NOT_ISSUED


def test_without_a_receipt_printer_the_kiosk_serves_on() -> None:
    story = Story()
    story.loses(Device.RECEIPT_PRINTER)
    assert story.phase == "attract"
    story.comes_to_printing().prints()
    assert story.visit.phase.receipt_missing
    story.gets_card_back()
    assert story.ending.outcome is Outcome.ISSUED


def test_a_card_not_taken_is_drawn_into_the_bin_and_reported() -> None:
    story = Story(has_bin=True).comes_to_offers()
    story.touches(Button.LEAVE)
    story.card_comes_out()
    story.time_passes("take_card")
    story.answers(fx.DrawCardIn, ev.CardMoved, CardPlace.HELD)
    assert story.phase == "attract"
    assert story.ending.card_place is CardPlace.HELD
    assert story.asked(fx.ReportCase)[0].case.reason is Escalation.CARD_HELD


def test_a_card_that_cannot_be_drawn_in_is_held_and_reported() -> None:
    story = Story(has_bin=True).comes_to_offers()
    story.touches(Button.LEAVE)
    story.card_comes_out()
    story.time_passes("take_card")
    story.answers(fx.DrawCardIn, ev.CardMoved, CardPlace.AT_GATE)
    assert story.phase == "card_held"
    assert story.asked(fx.ReportCase)[0].case.reason is Escalation.CARD_HELD


def test_a_card_not_taken_without_a_bin_holds_the_kiosk_until_it_is_gone() -> None:
    story = Story().comes_to_offers()
    story.touches(Button.LEAVE)
    story.card_comes_out()
    story.time_passes("take_card")
    assert story.phase == "card_held"
    story.time_passes("eject_again")
    story.takes_card()
    assert story.phase == "attract"
    assert story.ending.card_place is CardPlace.OUT


def test_staff_release_a_held_card() -> None:
    story = Story().comes_to_offers()
    story.touches(Button.LEAVE)
    story.card_comes_out()
    story.time_passes("take_card")
    story.happens(ev.HeldCardReleased())
    story.gets_card_back()
    assert story.phase == "attract"
    assert story.ending.card_place is CardPlace.OUT


def test_a_card_that_was_held_before_a_restart_stays_held_until_staff_release_it() -> None:
    story = Story(place=CardPlace.HELD)
    assert story.phase == "card_held"
    assert not story.asked(fx.EjectCard)
    story.time_passes("eject_again")
    story.answers(fx.WatchGate, ev.CardMoved, CardPlace.INSIDE)
    assert story.phase == "card_held"
    story.happens(ev.HeldCardReleased())
    story.gets_card_back()
    assert story.phase == "attract"
    assert story.ending.card_place is CardPlace.OUT


def test_a_start_that_is_said_again_disturbs_no_visit() -> None:
    story = Story().comes_to_offers()
    story.happens(ev.Started(CardPlace.OUT))
    assert story.phase == "offers"
    assert story.visit.card_place is CardPlace.INSIDE


def test_a_journal_that_cannot_be_written_takes_the_kiosk_out_of_service() -> None:
    story = Story()
    story.happens(ev.DeviceChanged(Device.JOURNAL, usable=False))
    assert story.phase == "out_of_service"
    story.happens(ev.DeviceChanged(Device.JOURNAL, usable=True))
    assert story.phase == "attract"


def test_a_card_that_does_not_come_out_is_tried_three_times_then_held() -> None:
    story = Story().comes_to_offers()
    story.touches(Button.LEAVE)
    for _ in range(2):
        story.answers(fx.EjectCard, ev.CardMoved, CardPlace.INSIDE)
        story.time_passes("eject_again")
    story.fails(fx.EjectCard)
    assert story.phase == "card_held"
    assert len(story.asked(fx.EjectCard)) == 3


def test_a_watch_that_gives_up_does_not_prolong_the_wait() -> None:
    story = Story().comes_to_offers()
    story.touches(Button.LEAVE)
    story.card_comes_out()
    story.answers(fx.WatchGate, ev.CardMoved, CardPlace.AT_GATE)
    story.time_passes("eject_again")
    assert [timer.timer for timer in story.world.timers] == ["take_card"]
    story.takes_card()
    assert story.phase == "attract"


def test_a_card_put_in_while_a_ticket_is_shown_comes_out_again() -> None:
    story = Story()
    story.touches(Button.ASK_PERSON)
    story.touches(Button.LEAVE)
    story.ticket_comes()
    story.world.place = CardPlace.INSIDE
    story.happens(ev.CardFound(CardPlace.INSIDE))
    story.time_passes("leaving")
    assert story.phase == "take_card"
    story.gets_card_back()
    assert story.phase == "attract"


def test_a_card_found_in_the_machine_at_the_start_comes_out() -> None:
    story = Story(place=CardPlace.INSIDE)
    assert story.phase == "take_card"
    story.gets_card_back()
    assert story.phase == "attract"


def test_who_goes_away_is_warned_then_gets_the_card_back() -> None:
    story = Story().comes_to_offers()
    story.time_passes("idle")
    assert story.visit.idle_warning
    story.touches(Button.STAY)
    assert not story.visit.idle_warning
    story.time_passes("idle")
    story.time_passes("idle_warning")
    story.gets_card_back()
    assert story.ending.outcome is Outcome.LEFT


def test_money_that_comes_while_cancelling_is_not_lost() -> None:
    story = Story().comes_to_pay()
    story.touches(Button.LEAVE)
    assert story.visit.phase.cancelling
    story.payment_is(PaymentStatus.PAID, fx.CancelPayment)
    story.is_issued()
    assert story.ending.outcome is Outcome.ISSUED


@pytest.mark.parametrize(
    "device", [Device.CARD_SLOT, Device.CHIP_READER, Device.ENDORSEMENT_PRINTER]
)
def test_a_device_lost_before_the_order_came_is_not_printed_with(device: Device) -> None:
    story = Story().comes_to_issue()
    story.loses(device)
    story.order_made()
    _failed_without_a_print(story)


@pytest.mark.parametrize("device", [Device.CARD_SLOT, Device.ENDORSEMENT_PRINTER])
def test_a_device_lost_while_the_card_was_checked_is_not_printed_with(device: Device) -> None:
    story = Story().comes_to_issue()
    story.order_made()
    story.loses(device)
    story.same_card_answers()
    _failed_without_a_print(story)


def test_the_chip_reader_may_be_lost_as_the_card_is_checked() -> None:
    story = Story().comes_to_issue()
    story.order_made()
    story.loses(Device.CHIP_READER)
    story.same_card_answers()
    story.prints()
    assert story.phase == "receipt"


def _failed_without_a_print(story: Story) -> None:
    assert story.asked(fx.RewriteBack) == []
    assert [report.end for report in story.asked(fx.ReportPrint)] == [PrintEnd.FAILED]
    assert story.phase == "escalated"
    assert story.visit.case.reason is Escalation.PAID_NOT_ISSUED


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("not_found", Escalation.NO_REFERENCE),
        ("no_record", Escalation.NO_REFERENCE),
        ("rate_limited", Escalation.DEVICE_FAULT),
        ("server_error", Escalation.DEVICE_FAULT),
    ],
)
def test_a_refused_reference_portrait_is_called_what_it_is(code: str, reason: Escalation) -> None:
    story = Story().comes_to_portrait()
    story.answers(fx.PrepareReferences, ev.ServerRefused, code)
    assert story.visit.case.reason is reason


def test_a_payment_that_is_withdrawn_lets_the_resident_go() -> None:
    story = Story().comes_to_pay()
    story.touches(Button.LEAVE)
    story.payment_is(PaymentStatus.CANCELLED, fx.CancelPayment)
    story.gets_card_back()
    assert story.ending.outcome is Outcome.LEFT


def test_a_payment_that_cannot_be_withdrawn_is_left_to_staff() -> None:
    story = Story().comes_to_pay()
    story.touches(Button.LEAVE)
    story.payment_is(PaymentStatus.PENDING, fx.CancelPayment)
    assert story.asked(fx.ReportCase)[0].case.reason is Escalation.PAID_NOT_ISSUED
    story.ticket_comes()
    story.gets_card_back()
    assert story.ending.outcome is Outcome.WAITING  # never "nothing was charged"


def test_a_failed_payment_can_be_tried_again() -> None:
    story = Story().comes_to_pay()
    story.payment_is(PaymentStatus.FAILED)
    story.touches(Button.NEXT)
    story.payment_is(PaymentStatus.PAID)
    assert story.phase == "issue"


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        (PrintEnd.FAILED, Escalation.PAID_NOT_ISSUED),
        (PrintEnd.UNKNOWN, Escalation.PRINT_UNKNOWN),
    ],
)
@pytest.mark.parametrize("decision", list(DecisionKind))
def test_what_failed_or_is_unknown_is_never_printed_again(
    end: PrintEnd, reason: Escalation, decision: DecisionKind
) -> None:
    story = Story().comes_to_printing()
    story.prints(end)
    assert story.visit.case.reason is reason
    assert story.asked(fx.ReportPrint)[0].end is end
    story.staff_decide(decision)
    story.ticket_comes()
    story.gets_card_back()
    assert len(story.asked(fx.RewriteBack)) == 1


def test_another_card_in_the_machine_is_never_printed_on() -> None:
    story = Story().comes_to_issue()
    story.order_made()
    story.same_card_answers(False)
    assert story.phase == "escalated"
    assert story.asked(fx.RewriteBack) == []


def test_an_order_for_another_card_is_never_printed() -> None:
    story = Story().comes_to_issue()
    story.order_made(card_number="C19999999")
    assert story.visit.case.reason is Escalation.PAID_NOT_ISSUED
    assert story.asked(fx.CheckSameCard) == []


@pytest.mark.parametrize("decision", [DecisionKind.ELIGIBILITY_GRANTED, DecisionKind.RECORD_LINKED])
def test_what_was_chosen_and_paid_stands_whatever_is_granted_later(
    decision: DecisionKind,
) -> None:
    story = Story().comes_to_issue()
    story.answers(fx.MakeOrder, ev.ServerRefused, "conflict")
    story.staff_decide(decision)
    assert story.phase == "issue"
    story.is_issued()


def test_nothing_touched_disturbs_a_print_and_a_person_is_called_once() -> None:
    story = Story().comes_to_printing()
    for button in Button:
        story.touches(button)
        story.touches(button)
    assert story.phase == "issue"
    assert len(story.asked(fx.ReportCase)) == 1


def test_a_person_can_be_called_again_after_a_decision() -> None:
    story = Story().comes_to_portrait()
    story.looks_at_camera(matched=False)
    story.staff_decide(DecisionKind.IDENTITY_ACCEPTED)
    story.confirms_and_pays()
    story.touches(Button.ASK_PERSON)
    story.order_made()
    story.touches(Button.ASK_PERSON)
    assert len(story.asked(fx.ReportCase)) == 1


def test_an_answer_of_the_visit_before_has_no_effect() -> None:
    story = Story().comes_to_offers()
    old = story.pending(fx.StartTimer)
    story.touches(Button.LEAVE)
    story.gets_card_back()
    assert story.happens(ev.TimeUp(old.ref, "idle")) is Reception.DROPPED


def test_a_broken_slot_is_asked_again_only_after_a_pause() -> None:
    story = Story()
    story.fails(fx.ArmSlot)
    assert story.phase == "attract"
    story.time_passes("rearm")
    story.inserts_card()
    assert story.phase == "read_card"


def test_a_chip_left_in_the_field_is_told_on_both_first_screens() -> None:
    story = Story()
    story.answers(fx.ArmSlot, ev.FieldOccupied, last=False)
    story.touches(Button.START)
    assert story.visit.phase.chip_left_in_field
    story.time_passes("insert_card")
    assert story.visit.phase.chip_left_in_field
    story.answers(fx.ArmSlot, ev.FieldCleared, last=False)
    assert not story.visit.phase.chip_left_in_field


def test_a_language_chosen_by_nobody_in_particular_goes_back_by_itself() -> None:
    story = Story()
    story.happens(ev.LanguageChosen(Language.EN))
    assert story.visit.language is Language.EN
    story.time_passes("insert_card")
    assert story.visit.language is Language.ZH_HANS
    assert story.phase == "attract"


def test_what_was_paid_in_another_visit_is_not_paid_again() -> None:
    story = Story().comes_to_confirm()
    story.touches(Button.CONFIRM)
    story.answers(fx.MakeApplication, ev.ServerRefused, "paid_before")
    assert story.visit.case.reason is Escalation.PAID_NOT_ISSUED
    story.staff_decide(DecisionKind.TO_COUNTER)
    assert not story.asked(fx.StartPayment)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("paid_before", Escalation.PAID_NOT_ISSUED),
        ("not_eligible", Escalation.INELIGIBLE_DISPUTED),
    ],
)
def test_a_payment_refused_beside_another_visits_leads_to_a_person(
    code: str, reason: Escalation
) -> None:
    story = Story().comes_to_pay()
    story.answers(fx.StartPayment, ev.ServerRefused, code)
    assert (story.phase, story.visit.case.reason) == ("escalated", reason)
