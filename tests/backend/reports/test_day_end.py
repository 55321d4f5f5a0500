"""The day's end: cash-up, differences, what is handed on, one signature, the audit's head."""

import json
import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from backend.applications.models import Application
from backend.audit.chain import Head
from backend.audit.kinds import Kind
from backend.audit.models import AuditEvent
from backend.audit.services import append, head, text_hash, verify
from backend.cases.models import Case
from backend.cases.opening import open_case
from backend.clock import ago, now
from backend.fleet.models import Kiosk
from backend.payments.models import Payment
from backend.refusal import Refused
from backend.reports.cash import cash_up
from backend.reports.models import CaseHandover, DayClosing
from backend.reports.services import (
    ClosingInput,
    close_day,
    is_as_signed,
    preview,
    signed_heads,
)
from backend_client.contract import RefusalCode
from tests.backend import world
from tests.backend.reports.hall_day import at_counter, visit
from tests.backend.test_audit import tamper

NOTHING_COUNTED = ClosingInput()
TODAY = timezone.localdate()


def refusal(day, user, said=NOTHING_COUNTED):
    with pytest.raises(Refused) as caught:
        close_day(day, user, said)
    return caught.value.code


def fill_queue(kiosk, count):
    """Let cases open-0, open-1, ... wait."""
    moment = now()
    Case.objects.bulk_create(
        Case(
            id=f"open-{number}",
            ticket=f"Z {number:04d}",
            ticket_day=TODAY,
            ticket_seq=5000 + number,
            kiosk=kiosk,
            visit_id=f"v-{number}",
            reason="portrait_not_matched",
            phase="compare",
            created_at=moment,
            decide_by=moment + timedelta(minutes=5),
        )
        for number in range(count)
    )


@pytest.fixture
def leader(kiosk):
    return world.add_staff("leader", "duty_leader")


def test_cash_up_sets_payments_by_way_against_orders(kiosk):
    clerk = world.add_staff("clerk")
    visit(kiosk, 1)
    visit(kiosk, 2, "no_order")
    visit(kiosk, 3, "unknown")
    at_counter(kiosk, clerk, "case-c", "C10000009")
    found = cash_up(ago(3600), now())
    lines = {way.way: (way.count, way.amount_fen, way.issued, way.issued_fen) for way in found.ways}
    assert lines == {
        "qr": (3, 4500, 1, 1500),
        "counter": (1, 1500, 1, 1500),
        "free": (0, 0, 0, 0),
    }
    assert (found.total.count, found.total.amount_fen, found.total.issued_fen) == (4, 6000, 3000)
    differences = {(one.code, one.way, one.amount_fen) for one in found.differences}
    assert differences == {("no_order", "qr", 1500), ("print_unknown", "qr", 1500)}


def test_cash_up_finds_amounts_that_differ_and_what_was_issued_unpaid_or_paid_before(kiosk):
    odd, unpaid, earlier = (visit(kiosk, number) for number in (1, 2, 3))
    Payment.objects.filter(application=odd).update(amount_fen=1)
    Payment.objects.filter(application=unpaid).delete()
    Application.objects.filter(id=unpaid.id).update(settled_at=None)
    Application.objects.filter(id=earlier.id).update(settled_at=ago(7200))
    found = cash_up(ago(3600), now())
    assert {(one.code, one.application) for one in found.differences} == {
        ("amount_differs", odd.number),
        ("issued_unpaid", unpaid.number),
    }
    assert (found.earlier, found.earlier_fen) == (1, 1500)


def test_a_day_is_closed_once_with_open_cases_handed_over_by_name(kiosk, leader):
    clerk, taker = world.add_staff("clerk"), world.add_staff("taker", "clerk")
    visit(kiosk, 1)
    at_counter(kiosk, clerk, "case-c", "C10000009")
    open_case(kiosk, world.case_request("case-open", visit_id="v-open"))
    Kiosk.objects.filter(id=kiosk.id).update(card_held=True)
    handed = {"case-open": taker.pk}
    assert refusal(TODAY, clerk) == RefusalCode.NOT_ELIGIBLE
    assert refusal(TODAY, leader, ClosingInput(1500)) == RefusalCode.BAD_REQUEST
    assert refusal(TODAY, leader, ClosingInput(None, handed)) == RefusalCode.BAD_REQUEST
    assert refusal(TODAY, leader, ClosingInput(1500, {"case-open": 10**6})) == "bad_request"
    tomorrow = TODAY + timedelta(days=1)
    assert refusal(tomorrow, leader, ClosingInput(1500, handed)) == RefusalCode.BAD_REQUEST
    assert DayClosing.objects.count() == CaseHandover.objects.count() == 0

    closing = close_day(TODAY, leader, ClosingInput(1400, handed, "one note is missing"))
    assert (closing.report["counted_fen"], closing.report["counted_differs_fen"]) == (1400, -100)
    assert [(one["case"], one["to"]) for one in closing.report["handed_over"]] == [
        ("case-open", "taker")
    ]
    assert [one["id"] for one in closing.report["held_cards"]] == [kiosk.id]
    assert CaseHandover.objects.get().to == taker
    assert refusal(TODAY, leader, ClosingInput(1400, handed)) == RefusalCode.CONFLICT
    yesterday = TODAY - timedelta(days=1)
    assert refusal(yesterday, leader, ClosingInput(0, handed)) == RefusalCode.CONFLICT

    stored = DayClosing.objects.get()
    assert is_as_signed(stored)
    event = AuditEvent.objects.get(kind="day.closed")
    assert stored.report_sha256 in event.facts
    assert "missing" not in "".join(AuditEvent.objects.values_list("facts", flat=True))
    assert Head(stored.head_seq, stored.head_hash) == Head(event.seq, event.hash) == head()
    stored.report["ways"][0]["amount_fen"] += 1
    assert not is_as_signed(stored)


def test_two_who_close_at_once_close_once(kiosk, leader):
    other = world.add_staff("other", "duty_leader")
    results = world.at_once(2, lambda n: close_day(TODAY, (leader, other)[n], ClosingInput()))
    assert [type(one) for one in results].count(DayClosing) == 1
    (refused,) = [one for one in results if not isinstance(one, DayClosing)]
    assert refused.code == RefusalCode.CONFLICT
    assert AuditEvent.objects.filter(kind="day.closed").count() == 1


def test_no_payment_falls_between_two_closings(kiosk, leader):
    visit(kiosk, 1)
    yesterday = TODAY - timedelta(days=1)
    first = close_day(yesterday, leader, ClosingInput())
    assert first.report["ways"][0]["count"] == 0
    late = visit(kiosk, 2)
    Application.objects.filter(id=late.id).update(settled_at=first.until)
    report = preview(TODAY)
    assert report["since"] == first.until.isoformat()
    assert report["ways"][0]["count"] == 2


def test_a_closed_days_head_shows_a_cut_tail(kiosk, leader):
    append(Kind.OFFERS_SHOWN, "kiosk:3", "card:x")
    close_day(TODAY, leader, ClosingInput())
    assert verify(signed_heads()).ok
    tamper(f"DELETE FROM audit_auditevent WHERE seq > {head().seq - 2}")  # noqa: S608
    assert verify().ok
    (fault,) = verify(signed_heads()).faults
    assert "tail cut" in fault.why


def test_pages_show_days_months_tables_and_the_closing(kiosk, leader, django_pages):
    clerk, taker = world.add_staff("clerk"), world.add_staff("taker", "clerk")
    visit(kiosk, 1)
    visit(kiosk, 2, "unknown")
    at_counter(kiosk, clerk, "case-c", "C10000009")
    open_case(kiosk, world.case_request("case-open", visit_id="v-open"))
    assert django_pages(clerk).get("/reports").status_code == 403
    desk = django_pages(leader)
    for address in (f"/reports?day={TODAY}", f"/reports?month={TODAY:%Y-%m}", "/reports"):
        page = desk.get(address).content.decode()
        assert page.count("<svg") == 4, address
        assert "3号机" in page
    for address in ("/reports?day=x", "/reports/day/2026-13-01", "/reports/day/2199-01-01"):
        assert desk.get(address).status_code == 404
    table = desk.get(f"/reports/cases.csv?day={TODAY}")
    assert table["Content-Type"].startswith("text/csv")
    lines = table.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 4
    assert "case-c" in "".join(lines)
    paid = desk.get(f"/reports/payments.csv?month={TODAY:%Y-%m}").content.decode()
    assert {"qr", "counter"} <= set(paid.replace("\r\n", ",").split(","))
    assert desk.get("/reports/staff.csv").status_code == 404
    assert AuditEvent.objects.filter(kind="report.exported").count() == 2

    address = f"/reports/day/{TODAY}"
    page = desk.get(address).content.decode()
    assert "打印结果不明" in page
    typed = {"counted": "15", "all_to": str(taker.pk), "password": "password of leader"}
    for case in Case.objects.exclude(stage="closed"):
        typed[f"to-{case.id}"] = ""
    wrong = desk.post(address, {**typed, "password": "wrong"})
    assert "密码不正确" in wrong.content.decode()
    assert "清点" in desk.post(address, {**typed, "all_to": ""}).content.decode()
    assert "金额无法识别" in desk.post(address, {**typed, "counted": "x"}).content.decode()
    assert DayClosing.objects.count() == 0
    assert django_pages(clerk).post(address, typed).status_code == 403
    done = desk.post(address, typed)
    assert (done.status_code, done["Location"]) == (302, address)
    page = desk.get(address).content.decode()
    closing = DayClosing.objects.get()
    assert f"{closing.head_seq}:{closing.head_hash}" in page
    assert "taker" in page
    assert '<form method="post" class="panel' not in page
    DayClosing.objects.update(report={**closing.report, "cases": 99})
    assert "已被改动" in desk.get(address).content.decode()


def test_twelve_hundred_open_cases_are_handed_over_at_once(kiosk, leader, django_pages):
    """As a browser without scripts sends it: two fields for each case, filled in or not."""
    taker, other = world.add_staff("taker", "clerk"), world.add_staff("other", "clerk")
    fill_queue(kiosk, 1200)
    desk, address = django_pages(leader), f"/reports/day/{TODAY}"
    page = desk.get(address).content.decode()
    names = re.findall(r'name="((?:to|note)-[^"]+)"', page)
    assert len(names) == 2400
    typed = dict.fromkeys(names, "") | {"all_to": str(taker.pk), "password": "password of leader"}
    answer = desk.post(address, typed | {"to-open-7": str(other.pk), "note-open-7": "ring at nine"})
    assert answer.status_code == 302
    assert CaseHandover.objects.filter(to=taker).count() == 1199
    assert CaseHandover.objects.get(to=other).note == "ring at nine"


@pytest.mark.parametrize("count", [2, 300])
def test_a_day_is_closed_with_as_few_questions_however_many_cases_are_open(kiosk, leader, count):
    """One by one, ten thousand would keep every kiosk of the hall waiting for seconds."""
    fill_queue(kiosk, count)
    with CaptureQueriesContext(connection) as asked:
        closing = close_day(TODAY, leader, ClosingInput(all_to=leader.pk, notes={"open-1": "ring"}))
    assert len(asked) < 60
    assert is_as_signed(closing)
    assert verify([Head(closing.head_seq, closing.head_hash)]).ok
    handed = AuditEvent.objects.filter(kind=Kind.DAY_CASE_HANDED_OVER.value).order_by("seq")
    lines = closing.report["handed_over"]
    assert [event.subject for event in handed] == [f"case:{line['case']}" for line in lines]
    assert len(lines) == CaseHandover.objects.count() == count
    noted = handed.get(subject="case:open-1")
    assert json.loads(noted.facts)["note"] == text_hash("ring")
    assert CaseHandover.objects.exclude(note="").get().note == "ring"


def test_a_case_that_comes_while_the_form_is_open_goes_to_who_takes_all(
    kiosk, leader, django_pages
):
    taker, other = world.add_staff("taker", "clerk"), world.add_staff("other", "clerk")
    fill_queue(kiosk, 1)
    desk, address = django_pages(leader), f"/reports/day/{TODAY}"
    assert "open-0" in desk.get(address).content.decode()
    open_case(kiosk, world.case_request("case-late"))
    typed = {"to-open-0": str(other.pk), "note-open-0": "", "password": "password of leader"}
    assert "接手人" in desk.post(address, {**typed, "all_to": ""}).content.decode()
    assert desk.post(address, {**typed, "all_to": str(taker.pk)}).status_code == 302
    handed = dict(CaseHandover.objects.values_list("case_id", "to__username"))
    assert handed == {"open-0": "other", "case-late": "taker"}


@pytest.mark.parametrize(
    ("language", "said"),
    [("zh-hans", "项目过多"), ("zh-hant", "項目過多"), ("en", "Too many fields")],
)
def test_too_many_fields_are_refused_in_the_readers_language(leader, django_pages, language, said):
    desk = django_pages(leader)
    desk.post("/language", {"language": language, "next": "/"})
    many = {f"note-{number}": "" for number in range(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1)}
    body, form = urlencode(many), "application/x-www-form-urlencoded"
    answer = desk.post(f"/reports/day/{TODAY}", body, content_type=form)
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert "Content-Security-Policy" in answer


def test_the_report_and_its_page_name_no_resident(kiosk, leader, django_pages):
    visit(kiosk, 1, "unknown")
    page = django_pages(leader).get(f"/reports/day/{TODAY}").content.decode()
    for private in ("XIAOLAN", "林晓岚", "C10000001"):
        assert private not in page


def test_an_auditor_lands_on_the_reports_and_may_not_close(kiosk, django_pages):
    desk = django_pages(world.add_staff("auditor"))
    assert desk.get("/")["Location"] == "/reports"
    assert desk.get("/live/board?page=audit").status_code == 200
    page = desk.get(f"/reports/day/{TODAY}").content.decode()
    assert 'name="password"' not in page
    typed = {"password": "password of auditor"}
    assert "您无权" in desk.post(f"/reports/day/{TODAY}", typed).content.decode()
    assert DayClosing.objects.count() == 0


def test_a_day_that_was_left_out_leads_to_the_report_that_counts_it(kiosk, leader, django_pages):
    desk, left_out = django_pages(leader), TODAY - timedelta(days=1)
    close_day(TODAY - timedelta(days=2), leader, NOTHING_COUNTED)
    close_day(TODAY, leader, NOTHING_COUNTED)
    page = desk.get(f"/reports/day/{left_out}").content.decode()
    assert f"已计入 {TODAY}" in page
    assert f'href="/reports/day/{TODAY}"' in page
    page = desk.get(f"/reports/day/{TODAY - timedelta(days=3)}").content.decode()
    assert "不能再结" in page
    for day in (left_out, TODAY - timedelta(days=3)):
        answer = desk.post(f"/reports/day/{day}", {"password": "password of leader"})
        assert 'name="password"' not in answer.content.decode()
    assert DayClosing.objects.count() == 2
