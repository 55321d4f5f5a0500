"""A finished matter goes on as a delivery, and what is known of it is not typed again."""

import re
from dataclasses import replace

import pytest

from backend.audit.models import AuditEvent
from backend.cases.claims import claim
from backend.cases.closing import close_by_staff
from backend.cases.desk_requests import open_desk_case, turn
from backend.cases.models import Case
from backend.cases.opening import open_case
from backend.cases.reasons import StaffReason
from backend.orders.counter import CounterForm, issue_at_counter, take_to_counter
from tests.backend import world
from tests.backend.test_queue_desk import CALL

PAID = CounterForm(seen_in_person=True, fee_taken=True)
LINK = re.compile(r'href="(/desk/new/card_delivery\?from=[^"]+)"')
VALUE = re.compile(r'name="(\w+)" value="([^"]*)"')


@pytest.fixture
def clerk(kiosk):
    return world.add_staff("clerk")


def link_of(desk, address):
    found = LINK.search(desk.get(address).content.decode())
    return found[1] if found else ""


def issued(kiosk, clerk, case_id="case-1"):
    open_case(kiosk, world.case_request(case_id))
    take_to_counter(case_id, clerk)
    issue_at_counter(case_id, clerk, PAID)


def test_a_card_issued_at_the_counter_is_brought_with_all_that_is_known(kiosk, clerk, django_pages):
    desk = django_pages(clerk)
    open_case(kiosk, world.case_request())
    assert not link_of(desk, "/counter/case-1"), "there is no card to bring yet"
    take_to_counter("case-1", clerk)
    assert not link_of(desk, "/counter/case-1")
    issue_at_counter("case-1", clerk, PAID)
    link = link_of(desk, "/counter/case-1")
    assert link == link_of(desk, "/cases/case-1")
    page = desk.get(link).content.decode()
    shown = dict(VALUE.findall(page))
    assert (shown["recipient"], shown["card_number"]) == ("林晓岚", world.CARD)
    assert shown["topic"].startswith("香港")
    typed = {"topic": "送证", "recipient": shown["recipient"], "card_number": shown["card_number"]}
    assert "wrong" in desk.post(link, typed).content.decode(), "the address is missing"
    assert desk.post(link, {**typed, "address": "3 Garden Road"}).status_code == 302
    delivery = Case.objects.get(reason="card_delivery")
    assert (delivery.came_from_id, delivery.offer_code) == ("case-1", "G-HKG-3M-1")
    assert delivery.request.person == "林晓岚"
    assert not link_of(desk, "/cases/case-1"), "one card is brought once"
    assert f"/cases/{delivery.id}" in desk.get("/cases/case-1").content.decode()
    assert AuditEvent.objects.filter(kind="case.evidence_opened", facts__contains="typed").exists()


def test_call_visit_kiosk_counter_and_delivery_are_typed_once(kiosk, clerk, django_pages):
    call = open_desk_case(StaffReason.GUIDE_DESK_CALL, clerk, CALL)
    claim(call.id, clerk)
    desk = django_pages(clerk)
    page = desk.get(f"/cases/{call.id}").content.decode()
    assert 'value="on_site_visit"' in page
    assert f"证件 {world.CARD} 插入任一自助机" in page
    turn(call.id, clerk, StaffReason.ON_SITE_VISIT)
    Case.objects.get().request.__class__.objects.update(address="3 Garden Road")
    issued(kiosk, clerk)
    shown = dict(VALUE.findall(desk.get(link_of(desk, "/cases/case-1")).content.decode()))
    assert shown["address"] == "3 Garden Road"
    assert (shown["phone"], shown["topic"]) == (CALL.phone, CALL.topic)


def test_who_had_no_part_in_it_is_told_nothing_of_the_call(kiosk, clerk, django_pages):
    open_desk_case(StaffReason.GUIDE_DESK_CALL, clerk, CALL)
    issued(kiosk, clerk)
    other = django_pages(world.add_staff("other", "clerk"))
    page = other.get(link_of(other, "/counter/case-1")).content.decode()
    assert CALL.phone not in page
    assert "林晓岚" in page, "the counter's page names the holder as well"
    approver = django_pages(world.add_staff("auditor"))
    assert approver.get("/desk/new/card_delivery?from=case-1").status_code == 403


def test_a_case_that_is_not_over_gives_nothing_away(kiosk, clerk, django_pages):
    open_case(kiosk, world.case_request())
    other = django_pages(world.add_staff("other", "clerk"))
    for source in ("case-1", "nothing", "../x", ""):
        page = other.get(f"/desk/new/card_delivery?from={source}").content.decode()
        assert world.CARD not in page
        assert "林晓岚" not in page


def test_a_visit_that_is_done_goes_on_as_a_delivery(kiosk, clerk, django_pages):
    visit = replace(CALL, address="3 Garden Road")
    case = open_desk_case(StaffReason.ON_SITE_VISIT, clerk, visit)
    desk = django_pages(clerk)
    assert not link_of(desk, f"/cases/{case.id}"), "while it is open it is turned"
    close_by_staff(case.id, clerk, "done")
    shown = dict(VALUE.findall(desk.get(link_of(desk, f"/cases/{case.id}")).content.decode()))
    assert (shown["address"], shown["recipient"]) == ("3 Garden Road", CALL.person)
