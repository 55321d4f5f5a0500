"""Every page in every language: nothing serious for axe-core, all by keys, and paper."""

import os
from pathlib import Path

import pytest

from tests.backend.console.browser import (
    DESK,
    IN_A_BROWSER,
    PHONE,
    expect,
    press,
    see_portraits,
)
from tests.backend.console.test_evidence_viewer import evidence

pytestmark = IN_A_BROWSER
axe = pytest.importorskip(
    "axe_playwright_python.sync_playwright", reason="NOT TESTED: axe-core is not installed"
)

SERIOUS = ("serious", "critical")
SHOTS = Path(os.environ["CONSOLE_SHOTS"]) if "CONSOLE_SHOTS" in os.environ else None


def serious(page) -> list[str]:
    """Return what axe-core finds that keeps somebody out, one line for each place."""
    found = axe.Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{page.url}: {violation['id']}: {node['html'][:160]}"
        for violation in found
        if violation["impact"] in SERIOUS
        for node in violation["nodes"]
    ]


def shoot(page, name):
    if SHOTS is not None:
        page.wait_for_load_state("load")
        page.screenshot(path=SHOTS / f"{name}.png", full_page=True)


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_axe_finds_nothing_serious(hall, desk, language, size):
    page = desk("leader", size)
    page.click(f"button[value={language}]")
    case = hall.kiosk.escalate("portraits_disagree", **evidence())
    faults = []
    for path in page.eval_on_selector_all("#nav a", "all => all.map(a => a.pathname.slice(1))"):
        page.goto(f"{hall.url}/{path}")
        faults += serious(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], path
        shoot(page, f"{path or 'queue'}-{language}-{size['width']}")
    page.goto(f"{hall.url}/cases/{case.id}")
    faults += serious(page)
    page.click("[data-key=C]")
    page.wait_for_selector(".viewer .tools:not([hidden])")
    see_portraits(page)
    page.click("details[data-key=M] summary")
    faults += serious(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    shoot(page, f"case-{language}-{size['width']}")
    page.click(".actions details.no summary")
    faults += serious(page)
    page.click("[data-do=blink]")
    page.wait_for_selector("dialog.blink[open]")
    page.click("[data-do=auto]")
    faults += serious(page)
    shoot(page, f"blink-{language}-{size['width']}")
    press(page, "Escape")
    page.goto(f"{hall.url}/counter/{case.id}")
    faults += serious(page)
    page.click("[data-key=W]")
    page.wait_for_selector(".steps")
    faults += serious(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    shoot(page, f"counter-case-{language}-{size['width']}")
    assert not faults, "\n".join(faults)


def test_axe_finds_nothing_serious_before_signing_in(hall, chromium):
    context = chromium.new_context(viewport=PHONE)
    page = context.new_page()
    page.goto(f"{hall.url}/login")
    assert not serious(page)
    context.close()


def test_keys_alone_lead_from_the_queue_to_a_decision_and_the_list_names_them(hall, desk):
    page = desk("clerk")
    case = hall.kiosk.escalate("portraits_disagree", **evidence())
    page.wait_for_selector(f'#queue-rows li[data-case="{case.id}"]')
    for _ in range(80):
        press(page, "j")
        if page.evaluate("document.activeElement.id") == f"row-{case.id}":
            break
    press(page, "Enter")
    page.wait_for_selector("[data-key=C]")
    press(page, "c")
    page.wait_for_selector(".viewer .tools:not([hidden])")
    press(page, "?")
    page.wait_for_selector("dialog#keys[open]")
    words = page.inner_text("dialog#keys")
    named = {key.strip() for key in page.locator("dialog#keys dt").all_inner_texts()}
    assert {"A", "W", "X", "B", "E", "+", "-", "0", "J", "K", "?", "1"} <= named
    assert "双眼对齐" in words
    shoot(page, "keys")
    press(page, "a")  # nothing behind the list may move
    expect(page.locator(".actions details[open]")).to_have_count(0)
    press(page, "Escape")
    press(page, "w")
    press(page, "Control+Enter")
    page.wait_for_selector(".state .now.good")
    press(page, page.get_attribute("#nav-counter", "data-key"))
    page.wait_for_url("**/counter")
    assert hall.kiosk.case(case.id).decision.kind == "to_counter"


def test_the_counter_issues_by_keys_and_the_search_finds_by_qr(hall, desk):
    page = desk("clerk2")
    case = hall.kiosk.escalate("person_asked", **evidence(offer_code="G-HKG-3M-1"))
    page.goto(f"{hall.url}/counter")
    page.fill("#find", case.resume_qr)
    press(page, "Enter")
    page.wait_for_url(f"**/counter/{case.id}")
    press(page, "w")
    page.wait_for_selector(".steps")
    page.check("[name=seen_in_person]")
    page.check("[name=fee_taken]")
    press(page, "h")
    page.wait_for_selector(".messages .good")
    assert hall.kiosk.case(case.id).stage == "closed"


def test_the_case_sheet_prints_on_paper(hall, desk, tmp_path):
    page = desk("clerk")
    case = hall.kiosk.escalate("portraits_disagree", **evidence())
    page.goto(f"{hall.url}/cases/{case.id}")
    page.click("[data-key=C]")
    page.wait_for_selector(".viewer .tools:not([hidden])")
    see_portraits(page)
    page.emulate_media(media="print")
    for gone in (".bar", ".queue", ".decide", ".viewer > .tools", "#keys"):
        expect(page.locator(gone).first).to_be_hidden()
    for there in (".why", ".portraits", "#insight", ".measures"):
        expect(page.locator(there).first).to_be_visible()
    data = page.pdf(format="A4", print_background=True, path=(SHOTS or tmp_path) / "case.pdf")
    assert data.startswith(b"%PDF")
    assert data.count(b"/Type /Page\n") <= 3
