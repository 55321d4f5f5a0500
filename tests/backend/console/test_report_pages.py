"""Reports, the day's end and the audit in a real browser, at a desk and on a telephone."""

import re

import pytest

from tests.backend.console.hall import mismatch
from tests.backend.console.test_open_pages import ARGUMENTS, CHROMIUM, DESK, PHONE

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        CHROMIUM is None, reason="NOT TESTED: the reports in a browser, Chromium is not installed"
    ),
]
sync_api = pytest.importorskip(
    "playwright.sync_api", reason="NOT TESTED: the reports in a browser, no playwright"
)


@pytest.fixture(scope="module")
def browser():
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def leader(hall, browser, person):
    """Return the duty leader's page; no page may report an error."""
    errors: list[str] = []
    context = browser.new_context(viewport=DESK)
    cookies = person("leader")._session.cookies
    context.add_cookies([{"name": c.name, "value": c.value, "url": hall.url} for c in cookies])
    page = context.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
    page.refused = lambda: errors.remove(next(text for text in errors if "400" in text))
    yield page
    context.close()
    assert not errors


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
    assert leader.locator("ul.open select").count() >= 1
    leader.select_option("#all_to", index=1)
    leader.fill("#password", "not the password")
    leader.click("form.sign button.main")
    leader.wait_for_selector("p.error:has-text('密码不正确')")
    leader.refused()
    assert leader.input_value("#all_to") != ""
    leader.fill("#password", hall.accounts["leader"])
    leader.click("form.sign button.main")
    leader.wait_for_selector(".messages .good")
    head = leader.locator(".signature code").last.inner_text()
    assert re.fullmatch(r"[0-9]+:[0-9a-f]{64}", head)
    assert leader.locator("form.sign").count() == 0
    assert leader.locator("[data-print]").is_visible()
    leader.emulate_media(media="print")
    assert not leader.locator("header.bar").is_visible()
    assert leader.locator(".signed .line").is_visible()
    leader.pdf(path=str(tmp_path / "closing.pdf"), format="A4")
    assert (tmp_path / "closing.pdf").stat().st_size > 10_000
    assert "ok: " in hall.run("verify-audit", "--head", head)


def test_the_audit_is_searched_and_verified(hall, leader):
    case = hall.kiosk.escalate(**mismatch())
    leader.goto(f"{hall.url}/audit")
    leader.fill("#about", case.ticket)
    leader.select_option("#kind", "case.opened")
    leader.click("form.filters button.main")
    assert leader.locator(".events tbody tr").first.inner_text().count(case.id) == 1
    leader.click("section.chain button.main")
    leader.wait_for_selector(".verdict .good")
