"""The evidence viewer in a real browser: eyes level at one scale, zoom, blink, every try, keys."""

import io
import json
import time

import numpy as np
import pytest
from PIL import Image, ImageDraw

from backend_client.contract import (
    EyesReport,
    ReferencesScore,
    TryReport,
    picture,
)
from tests.backend.console.browser import (
    DESK,
    IN_A_BROWSER,
    PHONE,
    expect,
    press,
    see_portraits,
)
from tests.backend.console.hall import CARD, RECORD, mismatch

pytestmark = IN_A_BROWSER

RED, BLUE = (255, 0, 0), (0, 0, 255)
EYES = {
    "live": ((0.40, 0.42), (0.62, 0.40)),
    "chip": ((0.30, 0.50), (0.55, 0.58)),
    "record": ((0.42, 0.30), (0.52, 0.31)),
}
SIZES = {"live": (480, 640), "chip": (413, 531), "record": (900, 700), "try1": (480, 640)}


def face(size, eyes) -> bytes:
    """Return a picture whose left eye is red and whose right eye is blue."""
    image = Image.new("RGB", size, (210, 200, 190))
    draw = ImageDraw.Draw(image)
    radius = max(4, size[0] // 60)
    for (x, y), colour in zip(eyes, (RED, BLUE), strict=True):
        middle = (x * size[0], y * size[1])
        draw.ellipse([part + d for d in (-radius, radius) for part in middle], fill=colour)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def eyes_report():
    return tuple(
        EyesReport(portrait=name, left=left, right=right) for name, (left, right) in EYES.items()
    )


def evidence(**fields):
    """Return a case with eyes, an earlier try, and chip against record."""
    known = mismatch()
    report = known["match"]
    tried = TryReport(
        matched=False,
        cause="capture",
        reason="blurred",
        model=report.model,
        model_sha256=report.model_sha256,
        scores=report.scores,
        measures=report.measures,
        live_portrait=picture(face(SIZES["try1"], ((0.2, 0.2), (0.4, 0.2)))),
    )
    final = tried.model_copy(update={"reason": "references_disagree", "live_portrait": None})
    last = report.model_copy(
        update={
            "eyes": eyes_report(),
            "between": ReferencesScore(score=0.18, threshold=0.43),
        }
    )
    return {
        **known,
        "match": last,
        "live_portrait": picture(face(SIZES["live"], EYES["live"])),
        "chip_portrait": picture(face(SIZES["chip"], EYES["chip"])),
        "tries": (tried, final),
        **fields,
    }


@pytest.fixture(scope="module")
def marked_record(hall):
    """Keep a portrait with marked eyes on record while these tests run."""
    hall.put_record_portrait(CARD, face(SIZES["record"], EYES["record"]))
    yield
    hall.put_record_portrait(CARD, RECORD)


@pytest.fixture
def open_case(hall, desk, marked_record):
    """Open a case with full evidence as its claimant."""

    def at(size=DESK):
        page = desk("clerk", size)
        case = hall.kiosk.escalate("portraits_disagree", **evidence())
        page.goto(f"{hall.url}/cases/{case.id}")
        page.click("[data-key=C]")
        page.wait_for_selector(".viewer .tools:not([hidden])")
        see_portraits(page)
        return page, case

    return at


def spots(page, figure):
    """Return where the red and the blue eye are on the screen, in pixels of their box."""
    shot = page.query_selector(f"{figure} .picture").screenshot()
    image = Image.open(io.BytesIO(shot)).convert("RGB")
    return [centre(image, colour) for colour in (RED, BLUE)]


def centre(image, colour):
    near = np.abs(np.asarray(image, np.int16) - colour) < 60
    rows, columns = np.nonzero(near.all(axis=2))
    assert rows.size, f"no {colour} on the screen"
    return columns.mean(), rows.mean()


def figure(which):
    return f"figure[data-portrait={which}]"


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_eyes_are_level_and_at_the_same_place_in_all_three(open_case, size):
    page, _ = open_case(size)
    boxes = {which: spots(page, figure(which)) for which in EYES}
    for left, right in boxes.values():
        assert abs(left[1] - right[1]) < 1.5
    for which in ("chip", "record"):
        for mine, other in zip(boxes[which], boxes["live"], strict=True):
            assert mine == pytest.approx(other, abs=1.5)


def test_zoom_moves_all_together_and_reset_brings_back(open_case):
    page, _ = open_case()
    before = {which: spots(page, figure(which)) for which in EYES}
    press(page, "+")
    press(page, "+")
    after = {which: spots(page, figure(which)) for which in EYES}
    width = before["live"][1][0] - before["live"][0][0]
    for which in EYES:
        grown = after[which][1][0] - after[which][0][0]
        assert grown == pytest.approx(width * 1.25**2, rel=0.03)
    page.focus(".portraits")
    press(page, "ArrowRight")
    moved = {which: spots(page, figure(which)) for which in EYES}
    shifts = [moved[which][0][0] - after[which][0][0] for which in EYES]
    assert max(shifts) < -5
    assert max(shifts) - min(shifts) < 2
    press(page, "0")
    assert spots(page, figure("chip"))[0] == pytest.approx(before["chip"][0], abs=1)


def test_eyes_level_can_be_switched_off(open_case):
    page, _ = open_case()
    press(page, "e")
    left, right = spots(page, figure("chip"))
    assert right[1] - left[1] > 5
    expect(page.locator("[data-do=align]")).to_have_attribute("aria-pressed", "false")


def test_two_portraits_in_turn_by_keys_alone(open_case):
    page, _ = open_case()
    press(page, "b")
    page.wait_for_selector("dialog.blink[open]")
    shown = page.inner_text(".blink .shown")
    deadline = time.monotonic() + 3
    while page.inner_text(".blink .shown") == shown:
        assert time.monotonic() < deadline
        page.wait_for_timeout(50)
    page.click("[data-do=auto]")
    still = page.inner_text(".blink .shown")
    page.click("[data-do=flip]")
    expect(page.locator(".blink .shown")).not_to_have_text(still)
    expect(page.locator(".stage img:visible")).to_have_count(1)
    press(page, "Escape")
    page.wait_for_selector("dialog.blink:not([open])", state="attached")
    expect(page.locator(".stage img")).to_have_count(0)


def test_every_try_is_shown_with_its_portrait_and_values(hall, open_case):
    page, case = open_case()
    last = page.get_attribute(f"{figure('live')} img", "src")
    press(page, "t")
    page.wait_for_function(
        "s => document.querySelector('[data-portrait=live] img').src.endsWith(s)", arg="/try1"
    )
    see_portraits(page)
    expect(page.locator(".tries [aria-pressed=true]")).to_have_text("第1次")
    press(page, "t")
    expect(page.locator(f"{figure('live')} img")).to_have_attribute("src", last)
    page.click(".captures > summary")
    first = page.locator(".captures li").first
    expect(first).to_contain_text("0.21 < 0.43")
    first.locator("summary").click()
    expect(first.locator("tbody tr")).to_have_count(11)
    opened = [
        json.loads(event["facts"])["picture"]
        for event in hall.audit()
        if event["kind"] == "case.evidence_opened" and event["subject"] == f"case:{case.id}"
    ]
    assert {"sheet", "live", "chip", "record", "try1"} <= set(opened)


def test_the_panel_says_that_the_portraits_differ(open_case):
    page, _ = open_case()
    text = page.inner_text("#insight")
    assert "登记照片与芯片照片不一致" in text
    assert "0.18 < 0.43" in text
    assert page.locator("#insight svg[role=img][aria-label]").count() >= 1


def test_pictures_of_tries_are_closed_to_others(hall, person, open_case):
    _, case = open_case()
    for who in ("clerk2", "approver"):
        answer = person(who)._session.get(f"{hall.url}/cases/{case.id}/portraits/try1")
        assert answer.status_code == 403
    assert (
        person("clerk")._session.get(f"{hall.url}/cases/{case.id}/portraits/try2").status_code
        == 404
    )
