"""Real browsers with open pages: what changes appears by itself, keys work, nothing overflows."""

import os
import time
from pathlib import Path

import pyotp
import pytest

from tests.backend.console.browser import (
    DESK,
    IN_A_BROWSER,
    PHONE,
    expect,
    press,
    row,
    see_portraits,
)
from tests.backend.console.hall import mismatch

pytestmark = IN_A_BROWSER


def type_code(page, secret):
    """Type the authenticator's code where the page asks for it: once a shift."""
    if field := page.query_selector("[name=code]"):
        field.fill(pyotp.TOTP(secret).now())
        field.evaluate("field => field.blur()")


def test_a_case_appears_in_an_open_queue_within_a_second(hall, desk):
    page = desk("clerk")
    took: list[float] = []
    # A busy machine may keep one of them waiting for a processor; the benchmark has the rate.
    while not took or (took[-1] >= 1 and len(took) < 3):
        page.wait_for_timeout(500)
        started = time.monotonic()
        case = hall.kiosk.escalate(**mismatch())
        page.wait_for_selector(row(case))
        took.append(time.monotonic() - started)
    assert took[-1] < 1, took
    assert page.title().startswith(("(", "▲ ("))  # raised ones may wait already


def test_two_desks_take_a_case_from_the_queue_to_a_decision(hall, desk):
    clerk, approver = desk("clerk"), desk("approver")
    case = hall.kiosk.escalate("portraits_disagree", **mismatch())
    clerk.click(f"{row(case)} a")
    clerk.wait_for_selector("[data-key=C]")
    press(clerk, "c")
    clerk.wait_for_selector("figure[data-portrait=record] img")
    boxes = [p.bounding_box() for p in clerk.query_selector_all(".portrait .picture")]
    assert len(boxes) == 3
    for side in ("width", "height"):
        assert max(box[side] for box in boxes) - min(box[side] for box in boxes) < 1
    see_portraits(clerk)
    approver.wait_for_selector(f"{row(case)}:not([data-unclaimed])", timeout=1000)
    press(clerk, "a")
    press(clerk, "Enter")
    clerk.wait_for_selector(".state .voices")

    approver.wait_for_selector("#nav-approvals .count:text('1')", timeout=1000)
    approver.click("#nav-approvals")
    approver.click(f"article[data-case='{case.id}'] a.button")
    approver.wait_for_selector("figure[data-portrait=live] img")
    see_portraits(approver)
    type_code(approver, hall.authenticators["approver"])
    press(approver, "y")
    approver.wait_for_selector(".messages .good")
    assert hall.kiosk.case(case.id).decision.kind == "identity_accepted"
    clerk.wait_for_selector(".state .now.good", timeout=2000)
    press(clerk, "u")
    clerk.wait_for_selector(".actions")
    assert hall.kiosk.case(case.id).decision is None


def test_keys_do_nothing_while_words_are_typed(hall, desk):
    page = desk("clerk")
    case = hall.kiosk.escalate(**mismatch())
    page.goto(f"{hall.url}/cases/{case.id}")
    press(page, "c")
    page.wait_for_selector(".actions")
    press(page, "x")
    page.fill("#words-refused", "")
    page.type("#words-refused", "warax")
    assert page.input_value("#words-refused") == "warax"
    expect(page.locator("details[open]")).to_have_attribute("data-kind", "refused")
    press(page, "Escape")
    expect(page.locator("details[open]")).to_have_count(0)


def test_a_half_written_decision_survives_a_change_of_the_case(hall, desk):
    page = desk("clerk")
    case = hall.kiosk.escalate(**mismatch())
    page.goto(f"{hall.url}/cases/{case.id}")
    press(page, "c")
    page.wait_for_selector(".actions")
    press(page, "x")
    page.fill("#note-refused", "half a reason")
    hall.kiosk.post(f"/cases/{case.id}/leave", leave_request())
    page.wait_for_selector("#stale:not([hidden])", timeout=2000)
    assert page.input_value("#note-refused") == "half a reason"


def leave_request():
    from backend_client.contract import LeaveRequest

    return LeaveRequest(card="out")


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_pages_fit(hall, desk, size, language):
    page = desk("clerk", size)
    page.click(f"button[value={language}]")
    own_card = f"C1000000{len(language)}" if size == DESK else f"C2000000{len(language)}"
    case = hall.kiosk.escalate("portraits_disagree", **mismatch(card_number=own_card))
    page.goto(f"{hall.url}/cases/{case.id}")
    page.click("[data-key=C]")
    page.wait_for_selector(".actions")
    see_portraits(page)
    expect(page.locator(".captures li")).to_have_count(
        2
    )  # every capture of the visit, with its figures
    if size == PHONE:  # at a desk the page fits while it is closed
        page.click(".captures summary")
        expect(page.locator(".captures")).to_contain_text("12, 21, 30, 38, 47")
    shots = Path(os.environ["CONSOLE_SHOTS"]) if "CONSOLE_SHOTS" in os.environ else None
    for name in ("case", "queue", "counter", "kiosks"):
        if name != "case":
            page.goto(f"{hall.url}/{'' if name == 'queue' else name}")
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], name
        if name == "case" and size == DESK:
            assert page.evaluate("document.documentElement.scrollHeight") <= size["height"]
        if shots is not None:
            see_portraits(page)
            page.screenshot(path=shots / f"{name}-{language}-{size['width']}.png", full_page=True)
    page.goto(f"{hall.url}/cases/{case.id}")
    page.click("text=/退回|Return/")


def test_without_scripts_the_pages_are_complete(hall, chromium):
    context = chromium.new_context(java_script_enabled=False, viewport=PHONE)
    page = context.new_page()
    page.goto(f"{hall.url}/login")
    page.fill("#username", "clerk2")
    page.fill("#password", hall.accounts["clerk2"])
    page.click("main button")
    case = hall.kiosk.escalate(**mismatch())
    page.reload()
    page.click(f"{row(case)} a")
    page.click("text=认领并查看")
    page.click("summary:has-text('到窗口')")
    page.click("button:has-text('转到窗口')")
    assert hall.kiosk.case(case.id).decision.kind == "to_counter"
    context.close()
