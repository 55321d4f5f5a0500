"""What a visit looks like on the screen, and what a touch there means."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import get_args

import pytest

from kiosk.session import phases
from kiosk.session.events import Button, OfferTouched, Touched, TravelTold
from kiosk.session.facts import Application, CardPlace, Outcome, Travel
from kiosk.session.visit import Visit
from kiosk.ui import examples
from kiosk.ui.page import (
    Badge,
    Choices,
    Code,
    Note,
    Options,
    Page,
    Pictogram,
    Picture,
    Row,
    Rows,
    TravelDraft,
)
from kiosk.ui.screens.common import price, span, when
from kiosk.ui.screens.travel import departure, earliest
from kiosk.ui.view import SCREENS, view
from kiosk.values import Language, masked_card

VISITS = dict(examples.visits(Language.ZH_HANS))
ENGLISH = dict(examples.visits(Language.EN))


def page(name: str, **changes: object) -> Page:
    return view(VISITS[name], replace(examples.scene(), **changes))


def rows(shown: Page) -> list[Row]:
    return [row for part in shown.parts if isinstance(part, Rows) for row in part.rows]


def notes(shown: Page) -> str:
    return " ".join(part.text for part in shown.parts if isinstance(part, Note))


def test_every_phase_has_a_screen():
    assert set(SCREENS) == set(get_args(phases.Phase))


def test_the_gallery_shows_every_phase():
    assert {type(visit.phase) for visit in VISITS.values()} == set(SCREENS)


@pytest.mark.parametrize("name", sorted(VISITS))
def test_a_page_says_something_in_each_language(name):
    pages = [view(dict(examples.visits(language))[name], examples.scene()) for language in Language]
    assert all(shown.title for shown in pages)
    assert pages[0].header != pages[1].header != pages[2].header
    assert len({type(part) for part in pages[0].parts}) == len(
        {type(part) for part in pages[2].parts}
    )


def test_nothing_personal_is_shown_when_nobody_is_there():
    known = VISITS["16-escalated-waiting"]
    after = view(known.forget_person().changed(phase=phases.Attract()), examples.scene())
    fresh = view(Visit(boot="x").changed(phase=phases.Attract()), examples.scene())
    assert after == fresh


def test_the_steps_of_a_visit_go_forward():
    way = ("03-insert-card", "06-offers", "07-notice", "10-confirm", "12-issue-printing")
    assert [page(name).step for name in way] == [1, 2, 3, 4, 5]


def test_next_waits_for_a_choice():
    assert not page("06-offers").main.enabled
    assert page("06-offers-selected").main.enabled
    assert page("06-offers-selected").main.says == Touched(Button.NEXT)


def test_offers_are_touched_by_code_and_closed_ones_not_at_all():
    (options,) = [part for part in page("06-offers").parts if isinstance(part, Options)]
    said = [item.action.says for item in options.items if item.action]
    assert said == [OfferTouched(offer.code) for offer in examples.OFFERS.open]
    closed = [item for item in options.items if item.action is None]
    assert [item.detail for item in closed] == [
        offer.explanation.zh_hans for offer in examples.OFFERS.closed
    ]


def test_where_nothing_is_open_the_main_button_calls_a_person():
    assert page("06-offers-none").main.says == Touched(Button.DISPUTE)


def test_the_face_check_has_an_equal_way_beside_it():
    for name in ("07-notice", "08-portrait"):
        assert page(name).help.says == Touched(Button.DECLINE_FACE_CHECK)


def test_under_14_a_guardian_agrees():
    assert "监护人" in page("07-notice-under-14").main.text
    assert "监护人" not in page("07-notice").main.text


def test_a_clerks_words_are_shown_in_the_residents_language():
    assert "刘海" in notes(page("08-portrait-words"))
    assert "fringe" in notes(view(ENGLISH["08-portrait-words"], examples.scene()))


def test_confirm_says_what_and_how_much():
    values = [row.value for row in rows(page("10-confirm"))]
    assert values == [
        examples.CARD.name,
        "C1****678",
        "香港 · 个人旅游 · 一年两次",
        "每次停留不超过 7 天",
        "30 元",
    ]


def test_a_reprint_names_what_is_printed_again_and_no_stay():
    said = {row.label: row.value for row in rows(page("10-confirm-reprint"))}
    assert said["签注"] == "免费重印 · 澳门 个人旅游"
    assert "停留" not in said
    assert said["费用"] == "免费"


def test_free_of_charge_is_confirmed_without_payment():
    free = replace(examples.OFFERS.open[0], fee_fen=0)
    visit = replace(VISITS["10-confirm"], chosen=free)
    assert "费" not in view(visit, examples.scene()).main.text


@pytest.mark.parametrize(
    ("fen", "said"), [(0, "免费"), (1500, "15 元"), (8000, "80 元"), (1550, "15.50 元")]
)
def test_fees_in_words(fen, said):
    assert price(fen, Language.ZH_HANS) == said


def test_card_numbers_are_masked():
    assert masked_card("C12345678") == "C1****678"
    assert masked_card("") == ""


def test_paying_shows_the_code_the_amount_and_the_time_left():
    (code,) = [
        part for part in page("11-pay", phase_s=70, idle_s=30).parts if isinstance(part, Code)
    ]
    assert code.text == VISITS["11-pay"].payment.qr_text
    assert code.headline == "30 元"
    assert code.caption == "剩余时间 2 分钟"


@pytest.mark.parametrize("name", ["11-pay-starting", "11-pay", "11-pay-failed"])
def test_who_cannot_pay_by_telephone_is_offered_a_person(name):
    assert page(name).help.says == Touched(Button.ASK_PERSON)
    assert "手机" in page(name).help.text
    assert "phone" in view(ENGLISH[name], examples.scene()).help.text


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(480, "8 分钟"), (479, "7 分钟"), (60, "1 分钟"), (59, "59 秒"), (0, "0 秒")],
)
def test_no_span_of_time_looks_like_an_hour(seconds, said):
    assert span(seconds, Language.ZH_HANS) == said


def test_paying_that_is_being_cancelled_cannot_be_left_again():
    shown = page("11-pay-cancelling")
    assert shown.exit is None
    assert not any(isinstance(part, Code) for part in shown.parts)


def test_waiting_says_place_time_travel_and_how_long_the_card_stays():
    shown = page("16-escalated-waiting", case_s=42)
    said = {row.label: row.value for row in rows(shown)}
    assert said == {
        "您的号码": "A017",
        "前面还有": "1 人",
        "预计等待": "约 2 分钟",
        "您的出行时间": "今天 19:40",
    }
    assert "最多再留 7 分钟" in notes(shown)
    assert shown.status == "已等待 42 秒"
    assert shown.main.says == Touched(Button.LEAVE_WITH_TICKET)
    assert shown.help.says == Touched(Button.CHANGE_TRAVEL)


@pytest.mark.parametrize(
    ("language", "said"),
    [(Language.ZH_HANS, "3号机"), (Language.ZH_HANT, "3號機"), (Language.EN, "Kiosk 3")],
)
def test_the_ring_says_that_its_number_is_the_kiosks(language, said):
    waiting = replace(VISITS["16-escalated-waiting"], language=language)
    shown = view(waiting, examples.scene())
    assert [part.text for part in shown.parts if isinstance(part, Badge)] == [said]


@pytest.mark.parametrize("name", [name for name in VISITS if VISITS[name].case is not None])
def test_nobody_is_told_that_staff_know_while_the_server_is_lost(name):
    shown = view(replace(VISITS[name], server_up=False), examples.scene())
    said = [shown.title, shown.lead, shown.called, notes(shown)]
    assert "已通知" not in " ".join(said)
    assert "预计等待" not in [row.label for row in rows(shown)]
    assert not shown.called or "网络恢复后通知" in shown.called


def test_a_case_that_is_not_sent_yet_has_no_expected_wait():
    shown = page("16-escalated-sending")
    assert "预计等待" not in [row.label for row in rows(shown)]
    assert "正在通知" in page("16-travel-sending").called


def test_without_the_server_the_ticket_is_shown_and_where_to_take_it():
    shown = page("17-leaving-server_lost")
    assert shown.title == "请凭小票到人工窗口"
    assert Picture(Pictogram.TICKET) in shown.parts
    without = page("17-leaving-server_lost-no-ticket")
    assert "小票" not in without.title
    assert Picture(Pictogram.TICKET) not in without.parts
    assert "小票" in page("15-take-card-server_lost").lead


@pytest.mark.parametrize("outcome", Outcome)
def test_payment_is_marked_as_done_only_when_it_was(outcome):
    issued = outcome is Outcome.ISSUED
    assert page(f"15-take-card-{outcome.value}").step == (5 if issued else None)


def test_waiting_without_staff_says_so():
    assert page("16-escalated-nobody").title == "现在没有工作人员在线"


def test_nobody_is_told_to_take_a_card_that_is_not_inside():
    assert "证件" in page("16-escalated-nobody").lead
    assert "证件" not in page("16-escalated-nobody-no-card").lead


def test_only_who_asked_for_a_person_may_go_on_alone():
    assert page("16-escalated-no-card").second.says == Touched(Button.BACK)
    assert page("16-escalated-waiting").second is None


def test_travel_is_told_with_day_hour_and_ground():
    draft = TravelDraft(day=1, hour=7, ground="school")
    shown = view(VISITS["16-travel"], examples.scene(draft))
    told = shown.main.says
    assert told == TravelTold(Travel(datetime.fromisoformat("2026-03-03T07:00+08:00"), "school"))
    assert shown.second.says == Touched(Button.SKIP_TRAVEL)


@pytest.mark.parametrize(
    ("name", "said"),
    [("16-travel-no-card", "已通知工作人员"), ("16-travel-sending", "正在通知工作人员")],
)
def test_before_asking_anything_the_screen_says_whether_staff_know(name, said):
    assert page(name).title == said
    (days, *_) = (part for part in page(name).parts if isinstance(part, Choices))
    assert "出行" in days.heading


@pytest.mark.parametrize(
    ("desk", "language", "said"),
    [
        ("3", Language.ZH_HANS, "在 3 号窗口为您"),
        ("3", Language.ZH_HANT, "在 3 號窗口為您"),
        ("B12", Language.EN, "desk B12."),
        ("导办台", Language.ZH_HANS, "在导办台为您"),
    ],
)
def test_a_desk_is_where_staff_sit_and_nobody_walks_there(desk, language, said):
    visit = VISITS["16-escalated-claimed"]
    case = replace(visit.case, desk=desk)
    shown = view(replace(visit, case=case, language=language), examples.scene())
    assert said in shown.lead
    assert any(stay in shown.lead for stay in ("请留在本机前", "請留在本機前", "stay here"))
    assert desk not in " ".join(row.value for row in rows(shown))


def test_travel_needs_a_day():
    assert not page("16-travel").main.enabled
    assert departure(TravelDraft(), examples.NOW) is None


def test_hours_that_have_passed_cannot_be_chosen():
    assert earliest(0, examples.NOW) == 15
    assert earliest(1, examples.NOW) == 0
    assert earliest(0, examples.NOW.replace(hour=23)) == 23


@pytest.mark.parametrize(
    ("days", "said"),
    [(0, "今天 14:52"), (1, "明天 14:52"), (2, "后天 14:52"), (9, "3月11日 14:52")],
)
def test_departures_are_said_as_people_say_them(days, said):
    assert when(examples.NOW + timedelta(days=days), examples.NOW, Language.ZH_HANS) == said


def test_who_goes_on_is_not_told_that_offers_are_looked_up():
    assert page("04-read-card-server").title == "正在查询可以办理的签注"
    assert page("04-read-card-going-on").title == "正在接着办理"


def test_what_was_issued_meanwhile_is_said_with_the_time_and_the_way_to_a_person():
    shown = page("05-welcome-back-issued")
    assert "今天 14:12" in [row.value for row in rows(shown)]
    assert "工作人员" in notes(shown)
    assert shown.main is not None
    assert shown.main.says == Touched(Button.LEAVE)
    assert shown.help is not None
    taken = page("15-take-card-issued-before")
    assert "背面" in taken.lead
    assert "没有办理" not in taken.lead


def test_departures_from_another_time_zone_are_local():
    abroad = datetime.fromisoformat("2026-03-02T20:00+00:00")
    assert when(abroad, examples.NOW, Language.EN) == "Tomorrow 04:00"


@pytest.mark.parametrize("outcome", Outcome)
def test_taking_the_card_counts_down(outcome):
    shown = page(f"15-take-card-{outcome.value}", phase_s=12)
    assert "18" in notes(shown)


def test_a_person_who_was_called_is_not_called_again():
    shown = page("18-card-held-called")
    assert shown.help is None
    assert "A017" in shown.called


def test_idle_warning_says_what_happens_to_the_card():
    visit = VISITS["06-offers-idle"]
    warned = view(visit, replace(examples.scene(), warned_s=11))
    assert warned.overlay.seconds == 19
    assert warned.overlay.action.says == Touched(Button.STAY)
    assert "退还证件" in warned.overlay.lead
    gone = view(replace(visit, card_place=CardPlace.OUT), examples.scene())
    assert "退还证件" not in gone.overlay.lead


def test_out_of_service_names_devices_for_staff():
    shown = page("01-out-of-service")
    assert "摄像头、签注打印机" in notes(shown)
    assert any(isinstance(part, Picture) for part in shown.parts)


def test_who_has_paid_reads_that_the_money_is_there_and_somebody_comes():
    for name in ("16-escalated-paid", "16-travel-paid"):
        assert "费用已收到" in page(name).title
        assert "Paid. Staff are coming" in view(ENGLISH[name], examples.scene()).title
    assert "不会再收" in page("16-escalated-paid").lead
    free = VISITS["16-escalated-paid"]
    assert free.chosen is not None
    free = free.changed(
        chosen=replace(free.chosen, fee_fen=0),
        application=Application("a-1", "A-1", settled=True, identified=True),
    )
    assert "费用" not in view(free, examples.scene()).title
