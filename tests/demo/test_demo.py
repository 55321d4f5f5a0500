"""``python -m demo`` without a display: four visits from the first touch to the card's back."""

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
SCREEN = (1080, 1920)
NAMES = ("a-recognised", "b-accepted-by-staff", "c-to-counter", "d-coming-back")

pytestmark = [pytest.mark.slow, pytest.mark.timeout(460)]


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo") / "out"
    done = subprocess.run(
        [sys.executable, "-m", "demo", "--script", "--out", str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:] + done.stdout[-1000:]
    return folder


@pytest.fixture(scope="module")
def visits(out):
    summary = json.loads((out / "summary.json").read_text("utf-8"))
    assert tuple(visit["name"] for visit in summary["visits"]) == NAMES
    return {visit["name"]: visit for visit in summary["visits"]}


def in_order(wanted: list[str], phases: list[str]) -> bool:
    """Say whether the wanted phases come in this order, whatever lies between."""
    rest = iter(phases)
    return all(phase in rest for phase in wanted)


def screens(folder: Path) -> list[str]:
    """Return the names of the pictures of the screen in the order taken."""
    return [path.stem[3:] for path in sorted(folder.glob("[0-9][0-9]-*.png"))]


@pytest.mark.parametrize("name", NAMES)
def test_every_phase_has_its_picture_in_the_order_seen(visits, out, name):
    phases = visits[name]["phases"]
    assert phases[0] == phases[-1] == "attract"
    pictured = [screen for screen in screens(out / name) if screen in set(phases)]
    assert pictured == phases


def test_the_recognised_resident_goes_through_every_page(visits, out):
    wanted = ["insert_card", "read_card", "offers", "notice", "portrait", "compare"]
    wanted += ["confirm", "pay", "issue", "receipt", "take_card", "attract"]
    phases = visits["a-recognised"]["phases"]
    assert in_order(wanted, phases), phases
    assert "escalated" not in phases
    assert visits["a-recognised"]["outcome"] == "issued"
    details = ["offers-selected", "portrait-capturing", "pay-code", "take_card-at_gate"]
    assert in_order(details, screens(out / "a-recognised"))


def test_staff_accept_and_the_visit_goes_on(visits, out):
    visit = visits["b-accepted-by-staff"]
    wanted = ["portrait", "compare", "escalated", "confirm", "pay", "issue", "take_card"]
    assert in_order(wanted, visit["phases"]), visit["phases"]
    assert visit["outcome"] == "issued"
    folder = out / "b-accepted-by-staff"
    assert in_order(
        ["escalated", "escalated-travel", "escalated-claimed", "confirm"], screens(folder)
    )
    assert (folder / "console-sentence.txt").read_text("utf-8").strip()


def test_the_clerk_sends_to_the_counter(visits, out):
    visit = visits["c-to-counter"]
    assert "escalated" in visit["phases"]
    assert "issue" not in visit["phases"]
    assert "pay" not in visit["phases"]
    assert visit["outcome"] == "to_counter"
    assert "escalated-waiting" in screens(out / "c-to-counter")


def test_who_left_another_kiosk_goes_on_here_where_they_stood(visits, out):
    visit = visits["d-coming-back"]
    wanted = ["read_card", "welcome_back", "notice", "portrait", "compare", "confirm", "pay"]
    assert in_order([*wanted, "issue", "take_card"], visit["phases"]), visit["phases"]
    assert not {"offers", "escalated"} & set(visit["phases"])
    assert visit["outcome"] == "issued"
    assert "往来澳门签注" in visit["card_back"]
    assert "往来香港签注" in visit["card_back"], "what stood on the back stays there"
    folder = out / "d-coming-back"
    assert (folder / "console-sentence.txt").read_text("utf-8").strip()
    with Image.open(folder / "elsewhere-ticket.png") as ticket:
        ticket.load()
        assert min(ticket.size) > 50


def test_the_scores_tell_the_visits_apart(visits):
    scores = [visits[name]["score"] for name in NAMES]
    assert scores[0] > max(scores[1:]), scores


@pytest.mark.parametrize("name", NAMES)
def test_the_audit_chain_verifies_and_time_was_measured(visits, name):
    assert visits[name]["audit_ok"] is True
    assert visits[name]["machine_s"] > 0


@pytest.mark.parametrize("name", NAMES)
def test_pictures_of_the_screen_are_whole(out, visits, name):
    shots = sorted((out / name).glob("[0-9][0-9]-*.png"))
    assert len(shots) >= 8
    for path in shots:
        with Image.open(path) as picture:
            picture.load()
            assert picture.size == SCREEN, path
            assert len(picture.convert("L").getcolors(256)) > 8, f"{path} is empty"


def test_a_card_is_rewritten_with_kind_and_dates(visits):
    for name in ("a-recognised", "b-accepted-by-staff"):
        back = visits[name]["card_back"]
        assert "往来香港签注" in back, back
        assert "个人旅游" in back
        valid = next(line for line in back.splitlines() if line.startswith("有效期 "))
        _, first, _, last = valid.split()
        assert 360 <= (date.fromisoformat(last) - date.fromisoformat(first)).days <= 366
        assert back.count("有效期") == 1, "the expired endorsement is gone"


@pytest.mark.parametrize("name", ["a-recognised", "b-accepted-by-staff", "d-coming-back"])
def test_before_and_after_differ(out, name):
    with (
        Image.open(out / name / "card-back-before.png") as before,
        Image.open(out / name / "card-back-after.png") as after,
    ):
        assert before.size == after.size
        assert before.convert("1").tobytes() != after.convert("1").tobytes()


def test_a_card_that_was_not_printed_keeps_its_back(out):
    folder = out / "c-to-counter"
    with (
        Image.open(folder / "card-back-before.png") as before,
        Image.open(folder / "card-back-after.png") as after,
    ):
        assert before.convert("RGB").tobytes() == after.convert("RGB").tobytes()


def test_paper_says_what_was_done(visits, out):
    for name in ("a-recognised", "b-accepted-by-staff", "d-coming-back"):
        text = visits[name]["receipt"]
        assert "智能签注受理回执" in text, text
        assert "签注" in text
        assert "有效期至" in text
        assert "人工窗口小票" not in text
    assert "人工窗口小票" in visits["c-to-counter"]["receipt"]
    for name in NAMES:
        kind, other = ("ticket", "receipt") if name == "c-to-counter" else ("receipt", "ticket")
        papers = sorted((out / name).glob(f"{kind}-*.png"))
        assert (out / name / f"{kind}-1.png") in papers, f"{name} left no {kind}"
        assert not list((out / name).glob(f"{other}-*.png"))
        for paper in papers:
            with Image.open(paper) as picture:
                picture.load()
                assert min(picture.size) > 50


def test_receipts_mask_the_card_number(visits):
    for name, number in (("a-recognised", "C12345678"), ("b-accepted-by-staff", "CA2345671")):
        assert number not in visits[name]["receipt"]


def test_the_event_log_is_kept_without_a_person(out):
    text = (out / "events.jsonl").read_text("utf-8")
    phases = {json.loads(line)["phase"] for line in text.splitlines()}
    assert {"attract", "portrait", "escalated", "issue", "take_card"} <= phases
    for personal in ("C12345678", "林晓岚", "LIN", "1990"):
        assert f'"{personal}' not in text
