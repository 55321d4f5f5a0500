"""A kiosk that requires liveness, in the real app: who moves as asked is served."""

import json
from pathlib import Path

import pytest

from kiosk.values import HeadMove
from tests.visits.playing import play


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_moves_are_asked_for_and_a_photograph_goes_to_a_person(tmp_path: Path) -> None:
    play("tests.visits.play_liveness", tmp_path, 380)
    told = json.loads((tmp_path / "told.json").read_text("utf-8"))
    served, photograph = told["moves_are_made"], told["a_photograph_is_held_up"]
    assert len(told["asked"]) == 2
    assert set(told["asked"]) <= {move.value for move in HeadMove}
    assert "confirm" in served["phases"]
    assert "escalated" not in served["phases"]
    left = iter(photograph["phases"])
    assert all(phase in left for phase in ("escalated", "confirm", "take_card"))
    assert "必须当面见到本人" in told["sentence"]
    assert "当面见到本人" in told["unseen"]
    for move in told["asked"]:
        assert list((tmp_path / "moves_are_made").glob(f"*-portrait-{move}.png"))
