"""Bad cards, lost devices and a lost server, in the real app over real bytes: never a dead end."""

import json
from pathlib import Path

import pytest
from PIL import Image

from tests.visits.playing import play

MUST_SHOW = {
    "upside_down": ["read_card", "bad_card", "take_card", "attract"],
    "foreign_card": ["read_card", "bad_card", "take_card", "attract"],
    "blank_plastic": ["read_card", "bad_card", "take_card", "attract"],
    "two_chips": ["read_card", "bad_card", "take_card", "attract"],
    "expired_permit": ["read_card", "bad_card", "take_card", "attract"],
    "no_record_then_linked": ["read_card", "escalated", "offers", "take_card", "attract"],
    "ineligible_and_disputed": ["offers", "escalated", "leaving", "take_card", "attract"],
    "person_asked_without_a_card": ["escalated", "attract"],
    "face_check_declined": ["notice", "escalated", "leaving", "take_card", "attract"],
    "camera_unplugged": ["portrait", "escalated", "take_card", "out_of_service", "attract"],
    "receipt_printer_silent": ["offers", "escalated", "take_card", "attract"],
    "card_not_taken": ["offers", "take_card", "card_held", "attract"],
    "server_lost_and_back": ["offers", "take_card", "out_of_service", "attract"],
}


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_every_trouble_has_a_screen_and_a_way_back(tmp_path: Path) -> None:
    play("tests.visits.play_trouble", tmp_path, 850)
    told = json.loads((tmp_path / "stories.json").read_text("utf-8"))
    assert set(told) == set(MUST_SHOW), "each story says what it must show"
    assert list((tmp_path / "two_chips").glob("*-bad_card-several_chips.png"))
    for story, phases in MUST_SHOW.items():
        seen = iter(told[story])
        assert all(phase in seen for phase in phases), f"{story}: {told[story]}"
    for picture in tmp_path.rglob("*.png"):
        if picture.name[0].isdigit():
            with Image.open(picture) as screen:
                assert screen.size == (540, 960)
