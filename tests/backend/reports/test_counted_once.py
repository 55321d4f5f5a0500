"""Each case, decision and comparison is in exactly one signed report; pages say what they count."""

from datetime import datetime, time, timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from backend.audit.models import AuditEvent
from backend.cases.models import Case, Decision
from backend.clock import running_on
from backend.console.report_sheet import report_sheet
from backend.insight.models import Comparison
from backend.reports.models import DayClosing
from backend.reports.services import ClosingInput, close_day
from backend.reports.span import day_span, parse_span
from tests.backend import world

FIRST = timezone.localdate() - timedelta(days=40)
"""The day on which the hall of these tests begins."""
MINUTES_A_DAY = 24 * 60


def at(day: int, hour: int = 0, minute: int = 0) -> datetime:
    midnight = datetime.combine(FIRST, time(), timezone.get_default_timezone())
    return midnight + timedelta(days=day, hours=hour, minutes=minute)


def later(minutes: int) -> datetime:
    return at(0, 0, minutes)


@pytest.fixture
def leader(database):
    with running_on(lambda: at(0, 9)):
        world.add_kiosk()
        return world.add_staff("leader", "duty_leader")


def happen(moment, user):
    """A case begins, is decided and a portrait is compared, all in one moment."""
    number = Case.objects.count()
    case = Case.objects.create(
        id=f"case-{number}",
        ticket=f"Z {number}",
        ticket_day=FIRST,
        ticket_seq=number,
        kiosk_id="3",
        reason="portrait_not_matched",
        stage="closed",
        created_at=moment,
        decide_by=moment + timedelta(minutes=5),
        closed_at=moment + timedelta(minutes=4),
    )
    Decision.objects.create(
        case=case, kind="refused", state="in_force", by=user, made_at=moment, in_force_at=moment
    )
    Comparison.objects.create(kiosk_id="3", visit_id=case.id, at=moment, failed=True)
    return case.id


def close(day: int, moment: datetime, user):
    with running_on(lambda: moment):
        return close_day(FIRST + timedelta(days=day), user, ClosingInput())


def counted(closing):
    report = closing.report
    decided = sum(sum(states.values()) for states in report["decisions"].values())
    compared = sum(count for _, count in report["comparisons"].values())
    return report["cases"], decided, compared


def test_what_happens_after_the_closing_is_in_the_next_days_report(leader):
    happen(at(0, 17), leader)
    first = close(0, at(0, 18), leader)
    happen(at(0, 20), leader)
    assert counted(first) == (1, 1, 1)
    assert counted(close(1, at(1, 18), leader)) == (1, 1, 1)


def test_a_day_left_out_is_in_the_report_that_goes_back_to_it(leader):
    close(0, at(0, 18), leader)
    happen(at(1, 12), leader)
    assert counted(close(2, at(2, 18), leader)) == (1, 1, 1)


def test_the_first_report_begins_with_the_hall(leader):
    happen(at(0, 9, 30), leader)
    happen(at(1, 12), leader)
    closing = close(2, at(2, 18), leader)
    assert closing.since == at(0)
    assert counted(closing) == (2, 2, 2)


closings = st.lists(st.tuples(st.integers(1, 3), st.integers(0, 3 * MINUTES_A_DAY)), max_size=4)
"""Days since the closed day before, and minutes from the start of the day to its closing."""


@given(closings, st.lists(st.integers(9 * 60, 14 * MINUTES_A_DAY), max_size=12))
@example([(1, 18 * 60), (1, 18 * 60)], [20 * 60, 18 * 60, MINUTES_A_DAY + 18 * 60])
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_everything_is_in_exactly_one_signed_report(leader, steps, minutes):
    moments = sorted(later(minute) for minute in minutes)
    with transaction.atomic():
        day, clock, signed = -1, at(0, 9), []
        for days, delay in steps:
            day += days
            clock = max(clock, at(day) + timedelta(minutes=delay))
            while moments and moments[0] < clock:
                happen(moments.pop(0), leader)
            signed.append(close(day, clock, leader))
        until = signed[-1].until if signed else at(0)
        over = Case.objects.filter(created_at__lt=until).count()
        sums = tuple(map(sum, zip(*map(counted, signed), strict=True))) if signed else (0, 0, 0)
        assert sums == (over, over, over)
        for one in signed:
            within = Case.objects.filter(created_at__gte=one.since, created_at__lt=one.until)
            assert counted(one) == (within.count(),) * 3
        transaction.set_rollback(True)


WORDS = {
    "zh-hans": ("自然日", "已签署的结账单计入", "自然月", "结账单所计"),
    "zh-hant": ("自然日", "已簽署的結帳單計入", "自然月", "結帳單所計"),
    "en": (
        "A calendar day",
        "Its signed report counts",
        "A calendar month",
        "What the signed report",
    ),
}


@pytest.mark.parametrize("language", list(WORDS))
def test_pages_say_what_day_month_and_closing_count(leader, django_pages, language):
    close(0, at(0, 18), leader)
    close(1, at(1, 19), leader)
    day, first = f"{FIRST + timedelta(days=1)}", f"{FIRST}"
    desk = django_pages(leader)
    desk.post("/language", {"language": language, "next": "/"})
    of_day, of_signed, of_month, of_closing = WORDS[language]
    page = desk.get(f"/reports?day={day}").content.decode()
    assert of_day in page
    assert of_signed in page
    assert f"{first} 18:00" in page
    assert f'href="?closing={day}"' in page
    page = desk.get(f"/reports?day={FIRST + timedelta(days=2)}").content.decode()
    assert of_day in page
    assert of_signed not in page
    assert of_month in desk.get(f"/reports?month={day[:7]}").content.decode()
    page = desk.get(f"/reports?closing={day}").content.decode()
    assert of_closing in page
    assert f"{first} 18:00" in page
    assert f"{day} 19:00" in page
    assert f"?closing={first}" in page, "the closing before"
    assert f'cases.csv?closing={day}"' in page
    page = desk.get(f"/reports/day/{day}").content.decode()
    assert f"{first} 18:00" in page
    assert f"/reports?closing={day}" in page


def test_plots_and_csv_of_a_closing_hold_what_its_report_counts(leader, django_pages):
    before, late, own, after = (
        happen(moment, leader) for moment in (at(0, 17), at(0, 20), at(1, 17), at(1, 20))
    )
    close(0, at(0, 18), leader)
    signed = close(1, at(1, 18), leader)
    day = signed.day.isoformat()
    desk = django_pages(leader)
    answer = desk.get(f"/reports/cases.csv?closing={day}")
    assert f'"cases-closing-{day}.csv"' in answer["Content-Disposition"]
    rows = [line.split(",")[0] for line in answer.content.decode("utf-8-sig").splitlines()[1:]]
    assert rows == [late, own]
    answer = desk.get(f"/reports/cases.csv?day={day}")
    assert f'"cases-{day}.csv"' in answer["Content-Disposition"]
    rows = [line.split(",")[0] for line in answer.content.decode("utf-8-sig").splitlines()[1:]]
    assert rows == [own, after]
    assert before not in rows
    exports = AuditEvent.objects.filter(kind="report.exported").order_by("seq")
    assert f'"closing-{day}"' in exports[0].facts
    page = desk.get(f"/reports?closing={day}").content.decode()
    assert page.index(">18</text>") < page.index(">00</text>"), "hours begin where the report does"


def test_a_closing_that_is_not_there_has_no_page(leader, django_pages):
    close(0, at(0, 18), leader)
    desk = django_pages(leader)
    for name in ("", "x", f"{FIRST + timedelta(days=1)}", f"{FIRST:%Y-%m}"):
        assert desk.get(f"/reports?closing={name}").status_code == 404, name
        assert desk.get(f"/reports/cases.csv?closing={name}").status_code == 404, name


def test_a_months_figures_are_the_sum_of_its_days(leader):
    for hours in (9, 20, 44, 100):
        happen(at(0, hours), leader)
    close(0, at(0, 18), leader)
    months = {f"{at(0, hours):%Y-%m}" for hours in (9, 100)}
    days = {timezone.localtime(at(0, hours)).date() for hours in (9, 20, 44, 100)}

    def cases(span):
        return int(report_sheet(span, "en", at(9)).tiles[0].value)

    assert sum(cases(parse_span(name)) for name in months) == 4
    assert sum(cases(day_span(day)) for day in days) == 4
    assert DayClosing.objects.get().report["cases"] == 1
