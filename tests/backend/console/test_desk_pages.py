"""Real browsers at several desks: calls typed in, filters, handing over, taking over, alerts."""

import time
from datetime import datetime, timedelta

import pytest

from backend_client.contract import TravelRequest
from tests.backend.console.browser import IN_A_BROWSER, PHONE, expect, press, row
from tests.backend.console.hall import mismatch

pytestmark = IN_A_BROWSER

RECORD_NOTIFICATIONS = """
  window.shown = [];
  const Real = window.Notification;
  window.Notification = class extends Real {
    constructor(title, options) { super(title, options); window.shown.push(options.body); }
  };
  Object.defineProperty(document, "visibilityState", { get: () => "hidden" });
"""


def type_call(hall, page, topic):
    page.goto(f"{hall.url}/desk/new/guide_desk_call")
    page.fill("#f-topic", topic)
    page.click("form.typed button.main")
    page.wait_for_selector("#sheet")
    return page.get_attribute("#sheet", "data-case")


def until(page, expression):
    """Wait for a script's word; the page's own policy forbids what Playwright waits with."""
    deadline = time.monotonic() + 10
    while not page.evaluate(expression):
        assert time.monotonic() < deadline, expression
        page.wait_for_timeout(50)


def test_a_call_is_typed_once_and_goes_from_desk_to_desk(hall, desk):
    clerk, other = desk("clerk"), desk("clerk2")
    clerk.goto(f"{hall.url}/desk/new/guide_desk_call")
    clerk.fill("#f-topic", "care home, 96")
    clerk.fill("#f-person", "王秀英")
    clerk.fill("#f-card_number", "CARD")
    clerk.click("form.typed button.main")
    clerk.wait_for_selector(".card_number.wrong")
    assert clerk.input_value("#f-person") == "王秀英"
    clerk.fill("#f-card_number", "C87654321")
    clerk.click("form.typed button.main")
    clerk.wait_for_selector("#sheet")
    case = clerk.get_attribute("#sheet", "data-case")

    line = f'li[data-case="{case}"]'
    other.wait_for_selector(line)
    expect(other.locator(line)).to_contain_text("care home, 96")
    assert "王秀英" not in other.content()
    other.goto(f"{hall.url}/cases/{case}")
    assert "王秀英" not in other.content()

    press(clerk, "c")
    clerk.wait_for_selector("#keep", state="attached")
    clerk.click("form.turn button >> nth=0")
    clerk.wait_for_selector("#f-address")
    assert clerk.input_value("#f-person") == "王秀英"
    clerk.fill("#f-address", "3 Garden Road")
    at = datetime.now().astimezone() + timedelta(hours=30)
    clerk.fill("#f-appointment_at", at.strftime("%Y-%m-%dT%H:%M"))
    clerk.select_option("#f-status", "planned")
    clerk.click("form.typed button.main")
    clerk.wait_for_selector("#sheet")
    expect(clerk.locator(".lines").first).to_contain_text("3 Garden Road")

    colleague = clerk.locator("#hand-to option", has_text="clerk2").get_attribute("value")
    clerk.select_option("#hand-to", colleague)
    clerk.click("form.hand button")
    clerk.wait_for_selector(".messages .good")
    other.wait_for_selector(f"{line} .alarm")
    # The page that shows the case follows by itself.
    expect(other.locator(".lines").first).to_contain_text("3 Garden Road")

    kinds = [event["kind"] for event in hall.audit() if event["subject"] == f"case:{case}"]
    read = "case.evidence_opened"
    assert kinds == [
        *("case.opened", read, "case.claimed", read, "case.turned", "case.edited"),
        *("case.handed_over", read),
    ]


def test_the_filter_narrows_the_queue_and_says_so_on_every_page(hall, desk):
    case = hall.kiosk.escalate(**mismatch())
    clerk = desk("clerk")
    call = type_call(hall, clerk, "asks for opening hours")
    clerk.goto(f"{hall.url}/?kind=guide_desk_call")
    clerk.wait_for_selector(f'li[data-case="{call}"]')
    assert not clerk.query_selector(row(case))
    assert clerk.inner_text("li.more")
    clerk.goto(f"{hall.url}/cases/{call}")
    assert not clerk.query_selector(row(case))
    clerk.goto(f"{hall.url}/?show=")
    clerk.wait_for_selector(row(case))
    clerk.goto(f"{hall.url}/?show=nonsense&kiosk=%2E%2E")
    clerk.wait_for_selector(row(case))


def test_the_duty_leader_takes_over_and_the_clerks_page_learns_it(hall, desk):
    case = hall.kiosk.escalate(**mismatch())
    clerk, leader = desk("clerk"), desk("leader")
    clerk.goto(f"{hall.url}/cases/{case.id}")
    press(clerk, "c")
    clerk.wait_for_selector(".actions")
    leader.goto(f"{hall.url}/cases/{case.id}")
    leader.click("form[action$=take-over] button")
    leader.wait_for_selector(".actions")
    clerk.wait_for_selector(".gate")
    expect(clerk.locator(".actions")).to_have_count(0)


def test_the_browser_notifies_once_a_person_has_asked_for_it(hall, desk):
    clerk = desk("clerk")
    clerk.context.grant_permissions(["notifications"], origin=hall.url)
    clerk.add_init_script(RECORD_NOTIFICATIONS)
    with clerk.expect_response("**/live/board*"):
        clerk.goto(hall.url)
    until(clerk, "sessionStorage.getItem('console-heard') !== null")
    expect(clerk.locator("#notify")).to_be_visible()
    case = hall.kiosk.escalate(**mismatch())
    until(clerk, "window.shown.length > 0")
    words = clerk.evaluate("window.shown[0]")
    assert case.ticket in words
    assert "C12345678" not in words
    assert clerk.title().startswith("(") or clerk.title().startswith("▲")


def test_a_departure_puts_the_row_where_it_belongs(hall, desk):
    clerk = desk("clerk")
    first, second = (hall.kiosk.escalate(**mismatch(card_number=None)) for _ in range(2))
    leaves = datetime.now().astimezone() + timedelta(minutes=100)
    hall.kiosk.post(f"/cases/{second.id}/travel", TravelRequest(depart_at=leaves, ground=None))
    clerk.wait_for_selector(f"{row(second)} .soon")
    order = clerk.eval_on_selector_all("li[data-case]", "rows => rows.map(r => r.dataset.case)")
    assert order.index(second.id) < order.index(first.id)


@pytest.mark.parametrize(
    "path", ["/", "/here", "/desk/new/on_site_visit", "/desk/new/card_delivery"]
)
def test_nothing_overflows_on_a_telephone(hall, desk, path):
    page = desk("clerk", PHONE)
    page.goto(hall.url + path)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_an_empty_queue_says_so_whatever_changes(hall, desk):
    """What a clerk's page hears without asking leaves no blank column behind."""
    hall.close_all()
    page, empty = desk("clerk2"), "#queue-rows .empty"
    expect(page.locator(empty)).to_be_visible()
    case = hall.kiosk.escalate(**mismatch())
    page.wait_for_selector(row(case))
    expect(page.locator(empty)).to_have_count(0)
    hall.close_all()
    page.wait_for_selector(row(case), state="detached")
    expect(page.locator(empty)).to_be_visible()


def test_who_steps_away_is_shown_to_colleagues(hall, desk):
    clerk, leader = desk("clerk2"), desk("leader")
    clerk.goto(f"{hall.url}/here")
    clerk.click("button[name=away]")
    leader.wait_for_selector("#here .gone")
    clerk.goto(f"{hall.url}/here")
    assert clerk.query_selector(".bar .who b")
    clerk.click("button[name=away]")
    leader.wait_for_selector("#here .gone", state="detached")
