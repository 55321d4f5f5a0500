"""A ticket of one kiosk, gone on with at another one, in the real app with the real matcher."""

import json
from pathlib import Path

import pytest

from tests.visits.playing import play


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_the_same_face_goes_on_and_another_comes_before_a_person(tmp_path: Path) -> None:
    play("tests.visits.play_come_back", tmp_path, 380)
    told = json.loads((tmp_path / "told.json").read_text("utf-8"))
    served, other = told["accepted_meanwhile"], told["another_person_with_the_card"]
    assert served["outcome"] == "issued"
    seen = iter(served["phases"])
    ways = ("welcome_back", "notice", "portrait", "compare", "confirm", "pay", "issue", "take_card")
    assert all(phase in seen for phase in ways)
    assert "offers" not in served["phases"]
    assert "escalated" not in served["phases"]
    assert other["outcome"] == "waiting"
    assert "issue" not in other["phases"]
    assert "上次办理" in told["sentence"]
