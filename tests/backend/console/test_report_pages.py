"""Reports, the day's end and the audit in a real browser, at a desk and on a telephone."""

import re

import pytest

from tests.backend.console.browser import DESK, IN_A_BROWSER, PHONE, expect
from tests.backend.console.hall import mismatch

pytestmark = IN_A_BROWSER


@pytest.fixture
def leader(desk):
    """Return the duty leader's page."""
    return desk("leader")


def test_pages_fit_in_every_language(hall, leader):
    hall.kiosk.escalate(**mismatch())
    leader.goto(f"{hall.url}/reports")
    today = leader.input_value("#day")
    for language in ("zh-hant", "en", "zh-hans"):
        leader.click(f"button[value={language}]")
        for size in (DESK, PHONE):
            leader.set_viewport_size(size)
            for path in ("reports", f"reports?month={today[:7]}", f"reports/day/{today}", "audit"):
                leader.goto(f"{hall.url}/{path}")
                width = leader.evaluate("document.documentElement.scrollWidth")
                assert width <= size["width"], (path, language, size)
        leader.set_viewport_size(DESK)


def test_the_duty_leader_closes_a_day_and_prints_it(hall, leader, tmp_path):
    """Yesterday, so that the day in which the other tests work stays open."""
    hall.kiosk.escalate(**mismatch())
    leader.goto(f"{hall.url}/reports")
    leader.click("a[rel=prev]")
    leader.click("text=日终结账")
    leader.wait_for_selector("ul.open-cases select")
    leader.select_option("#all_to", index=1)
    leader.fill("#password", "not the password")
    with leader.expect_request(lambda request: request.method == "POST") as sent:
        leader.click("form.sign button.main")
    assert "all_to=" in sent.value.post_data
    assert "to-case" not in sent.value.post_data, "an empty line travels"
    leader.wait_for_selector("p.error:has-text('密码不正确')")
    leader.refused()
    expect(leader.locator("#all_to")).not_to_have_value("")
    leader.fill("#password", hall.accounts["leader"])
    leader.click("form.sign button.main")
    leader.wait_for_selector(".messages .good")
    head = leader.locator(".signature code").last.inner_text()
    assert re.fullmatch(r"[0-9]+:[0-9a-f]{64}", head)
    expect(leader.locator("form.sign")).to_have_count(0)
    expect(leader.locator("[data-print]")).to_be_visible()
    leader.emulate_media(media="print")
    expect(leader.locator("header.bar")).to_be_hidden()
    expect(leader.locator(".signed .line")).to_be_visible()
    leader.pdf(path=str(tmp_path / "closing.pdf"), format="A4")
    assert (tmp_path / "closing.pdf").stat().st_size > 10_000
    assert "ok: " in hall.run("verify-audit", "--head", head)


def test_the_audit_is_searched_and_verified(hall, leader):
    case = hall.kiosk.escalate(**mismatch())
    leader.goto(f"{hall.url}/audit")
    leader.fill("#about", case.ticket)
    leader.select_option("#kind", "case.opened")
    leader.click("form.filters button.main")
    expect(leader.locator(".events tbody tr").first).to_contain_text(case.id)
    leader.click("section.chain button.main")
    leader.wait_for_selector(".verdict .good")
