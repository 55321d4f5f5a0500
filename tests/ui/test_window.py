"""The real window, offscreen, touched at pixel coordinates through Kivy's input pipeline."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.values import Language
from tests.ui.screens_of_all import SIZES

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = [f"language:{language.value}" for language in Language]


@pytest.fixture(scope="module", params=SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def facts(request):
    width, height = request.param
    done = subprocess.run(
        [sys.executable, "-m", "tests.ui.window_script", f"{width}x{height}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return {"size": [width, height], **json.loads(done.stdout.splitlines()[-1])}


def test_a_touch_on_a_button_is_reported(facts):
    assert facts["attract"] == ["Touched(button=<Button.START: 'start'>)"]
    assert facts["next"] == ["Touched(button=<Button.NEXT: 'next'>)"]


def test_a_touch_beside_everything_means_nothing(facts):
    assert facts["nothing_there"] == []


def test_a_language_is_reported(facts):
    assert facts["language"] == ["LanguageChosen(language=<Language.ZH_HANT: 'zh-Hant'>)"]


def test_an_offer_is_reported_by_its_code(facts):
    assert facts["offer"] == ["OfferTouched(code='G-HKG-1Y-2')"]


def test_only_what_is_enabled_can_be_touched(facts):
    assert "next" not in facts["offer_targets"]
    assert "dispute" in facts["offer_targets"]


def test_a_finger_that_slides_off_changes_its_mind(facts):
    assert facts["dragged_off"] == []


def test_a_finger_stays_on_what_is_still_there_when_the_page_changes(facts):
    assert facts["held_while_it_changed"] == ["Touched(button=<Button.LEAVE: 'leave'>)"]
    assert facts["held_while_it_went"] == []


def test_a_trembling_finger_touches_once(facts):
    assert facts["trembling"] == 1


def test_only_the_question_can_be_touched_while_it_is_asked(facts):
    assert facts["idle_targets"] == ["stay"]
    assert facts["below_the_question"] == []
    assert facts["stay"] == ["Touched(button=<Button.STAY: 'stay'>)"]


def test_travel_is_told_once_it_is_chosen(facts):
    assert "travel:done" not in facts["travel_first"]
    assert facts["travel_quiet"] == []
    (told,) = facts["travel"]
    assert "datetime.datetime(2026, 3, 3, 13, 0" in told
    assert "ground='visa'" in told


def test_a_long_list_is_shown_page_by_page(facts):
    first, second = facts["offers_by_page"]
    assert first
    assert second
    assert not set(first) & set(second)


def test_the_time_left_to_pay_is_that_of_the_sessions_timer(facts):
    first, waited, touched, warned, stayed = facts["pay_seconds_left"]
    assert first in (58, 59)
    assert waited <= 58 - 1
    assert touched in (58, 59)
    assert warned <= 58 - 1
    assert stayed in (58, 59)


def test_no_key_leaves_the_window(facts):
    assert facts["close_refused"] == [True]
    assert facts["after_keys"] == ["Touched(button=<Button.START: 'start'>)"]


def test_the_camera_picture_is_a_mirror(facts):
    # What the camera sees at its left is at the person's right, and so is it in a mirror.
    left, right = facts["mirror"]
    assert left[2] > 180 > 80 > left[0]
    assert right[0] > 180 > 80 > right[2]


def test_pictures_repeat(facts):
    assert facts["picture_size"] == facts["size"]
    assert facts["pictures_repeat"]


def test_nothing_of_a_person_stays_after_the_visit(facts):
    assert facts["name_while_shown"]
    assert facts["name_afterwards"] == 0
