"""Match failures in reports are those that the case's page and the incidents count."""

from datetime import timedelta

import pytest
from django.utils import timezone

from backend.cases.opening import open_case
from backend.clock import now
from backend.console.report_sheet import report_sheet
from backend.insight.counting import count_kiosk
from backend.insight.models import Comparison
from backend.reports.data import comparisons_by_kiosk
from backend.reports.services import preview
from backend.reports.span import day_span, month_span
from tests.backend import world
from tests.backend.reports.hall_day import visit
from tests.backend.test_insight import fill, report

TODAY = timezone.localdate()


def compared_in(span):
    return comparisons_by_kiosk(span.start, span.end)


@pytest.fixture
def hall_day(kiosk):
    """Two kiosks: one compared 13 visits and failed 3, the other 5 and none."""
    other = world.add_kiosk("5")
    fill(kiosk, 12, failed=3)
    fill(other, 5, start=100)
    visit(kiosk, 1)
    return kiosk, other


def test_page_report_and_incident_count_the_same_visits(hall_day):
    kiosk, other = hall_day
    assert compared_in(day_span(TODAY)) == {kiosk.id: (3, 13), other.id: (0, 5)}
    assert compared_in(month_span(TODAY.year, TODAY.month))[kiosk.id] == (3, 13)
    counted = count_kiosk(kiosk, now()).total
    assert (counted.failed, counted.compared) == (3, 13)
    assert preview(TODAY)["comparisons"] == {kiosk.id: [3, 13], other.id: [0, 5]}
    rows = report_sheet(day_span(TODAY), "en", now()).charts[-1].rows
    assert [row[1:4] for row in rows] == [("3", "13", "23%"), ("0", "5", "0%")]


def test_a_visit_that_matched_after_a_person_helped_failed_once(kiosk):
    open_case(kiosk, world.case_request(match=report()))
    visit(kiosk, 1)
    Comparison.objects.filter(visit_id="visit-1").update(failed=True, matched=True)
    assert compared_in(day_span(TODAY)) == {kiosk.id: (1, 1)}


def test_another_days_visits_are_another_days(hall_day):
    kiosk, other = hall_day
    before = day_span(TODAY - timedelta(days=1))
    Comparison.objects.filter(kiosk=other).update(at=before.end - timedelta(seconds=1))
    assert compared_in(before) == {other.id: (0, 5)}
    assert set(compared_in(day_span(TODAY))) == {kiosk.id}
