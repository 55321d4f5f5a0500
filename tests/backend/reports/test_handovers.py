"""What the next shift sees of a case that was handed over at the day's end, and for how long."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from backend.audit.models import AuditEvent
from backend.cases.claims import claim, release
from backend.cases.closing import close_by_staff
from backend.cases.models import Case
from backend.cases.opening import open_case
from backend.cases.retention import erase_old_evidence
from backend.clock import ago, now
from backend.console.queue_filter import QueueFilter
from backend.console.queue_rows import queue_list
from backend.console.shared_rows import recent_rows
from backend.operations.held import held_about
from backend.operations.leftovers import erase_leftovers
from backend.reports.models import CaseHandover, DayClosing
from backend.reports.services import ClosingInput, close_day
from tests.backend import world

TODAY = timezone.localdate()
YESTERDAY = TODAY - timedelta(days=1)
NOTE = "hospital calls back at nine"


@pytest.fixture
def leader(kiosk):
    return world.add_staff("leader", "duty_leader")


@pytest.fixture
def taker(kiosk):
    return world.add_staff("taker", "clerk")


def hand(day, leader, to, note=NOTE):
    open_ids = Case.objects.exclude(stage="closed").values_list("id", flat=True)
    said = ClosingInput(
        handed_to=dict.fromkeys(open_ids, to.pk), notes=dict.fromkeys(open_ids, note)
    )
    return close_day(day, leader, said)


def row(user, show=""):
    rows = queue_list(user, "en", now(), "", QueueFilter(show=show)).rows
    return rows[0] if rows else None


def test_the_row_says_who_left_it_to_whom_until_somebody_has_it(kiosk, leader, taker):
    open_case(kiosk, world.case_request())
    assert row(taker).handover is None
    claim("case-1", leader)
    hand(TODAY, leader, taker)
    assert row(taker).handover.note == NOTE  # the leader's claim is older than the closing
    release("case-1", leader)
    seen = row(taker).handover
    assert (seen.by, seen.to, seen.note) == ("leader", "taker", NOTE)
    assert row(taker).mine
    assert not row(leader).mine
    assert row(taker, "mine") is not None
    assert row(leader, "mine") is None
    claim("case-1", taker)
    assert row(taker).handover is None
    release("case-1", taker)
    assert row(taker).handover.note == NOTE
    claim("case-1", leader)
    assert row(taker, "mine") is None


def test_a_later_closing_hands_it_to_somebody_else(kiosk, leader, taker):
    open_case(kiosk, world.case_request())
    hand(YESTERDAY, leader, taker)
    hand(TODAY, leader, leader, "")
    assert (row(taker).handover.to, row(taker).handover.note) == ("leader", "")
    assert not row(taker).mine
    assert row(taker, "mine") is None
    assert row(leader, "mine") is not None


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_queue_case_and_counter_show_it(kiosk, leader, taker, django_pages, language):
    open_case(kiosk, world.case_request())
    hand(TODAY, leader, taker)
    desk = django_pages(taker)
    desk.post("/language", {"language": language, "next": "/"})
    for address in ("/", "/cases/case-1", "/counter/case-1", "/counter?find=nothing"):
        page = desk.get(address).content.decode()
        assert ("leader → taker" in page, NOTE in page) == (("find" not in address),) * 2, address
    assert NOTE in recent_rows(language).html["case-1"]
    desk.post("/counter/case-1/take")
    assert NOTE in desk.get("/counter").content.decode()


def test_the_form_keeps_what_was_typed_and_takes_a_note_for_each_case(
    kiosk, leader, taker, django_pages
):
    open_case(kiosk, world.case_request())
    address = f"/reports/day/{TODAY}"
    typed = {"all_to": "", "to-case-1": str(taker.pk), "note-case-1": NOTE, "password": "wrong"}
    desk = django_pages(leader)
    page = desk.post(address, typed).content.decode()
    assert f'value="{NOTE}"' in page
    assert f'<option value="{taker.pk}" selected>' in page
    long = {**typed, "note-case-1": "x" * 201, "password": "password of leader"}
    assert "200" in desk.post(address, long).content.decode()
    assert DayClosing.objects.count() == 0
    assert desk.post(address, {**typed, "password": "password of leader"}).status_code == 302
    assert NOTE in desk.get(address).content.decode()
    assert NOTE not in json.dumps(DayClosing.objects.get().report)


def test_the_note_is_erased_with_the_case_and_only_its_hash_stays(kiosk, leader, taker):
    open_case(kiosk, world.case_request())
    hand(TODAY, leader, taker)
    assert NOTE not in "".join(AuditEvent.objects.values_list("facts", flat=True))
    assert json.loads(AuditEvent.objects.get(kind="day.case_handed_over").facts)["note"]
    assert held_about(world.CARD)["case handover"][0]["note"] == NOTE
    assert erase_leftovers() == {}
    close_by_staff("case-1", leader, "gone")
    Case.objects.update(closed_at=ago(100 * 24 * 3600))
    erase_old_evidence()
    assert erase_leftovers() == {"handover_notes": 1}
    assert CaseHandover.objects.get().note == ""
