"""``evaluate --thresholds``: what is accepted, and the line that says what is wanted."""

import json
from pathlib import Path
from typing import Any

import pytest

from kiosk.portrait.chosen_thresholds import read_thresholds
from kiosk.portrait.pairs import EvaluationError

SHA = "a" * 64


def read(folder: Path, told: Any) -> dict[str, dict[str, float]]:
    path = folder / "chosen.json"
    path.write_text(told if isinstance(told, str) else json.dumps(told))
    return read_thresholds(path, "fused", SHA)


@pytest.mark.parametrize(
    "told",
    [
        {"engine": "fused", "network_sha256": SHA, "thresholds": {"0.01": 0.36, "0.001": None}},
        {"engine": "fused", "thresholds": {"0.01": 0.36}, "fnmr": {"0.01": 0.5}},
        {"thresholds": {"0.010": 0.36, "0.05": 0.2}},
        {"0.01": 0.36},
        {"0.01": 0.36, "engine": "fused"},
    ],
)
def test_reports_and_plain_thresholds_are_read(tmp_path: Path, told: dict[str, Any]) -> None:
    assert read(tmp_path, told) == {"picture": {"0.01": 0.36}, "visit": {}}


def test_visits_have_their_own(tmp_path: Path) -> None:
    told = {"thresholds": {"0.01": 1}, "visit": {"thresholds": {"0.01": 2, "0.001": 3.5}}}
    assert read(tmp_path, told) == {"picture": {"0.01": 1.0}, "visit": {"0.01": 2.0, "0.001": 3.5}}


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({"engine": "sface", "thresholds": {"0.01": 1}}, "thresholds of 'sface', measured is 'fu"),
        ({"network_sha256": "b" * 64, "thresholds": {"0.01": 1}}, "of other networks or settings"),
        ('{"0.01": NaN}', "the threshold at 0.01 must be a finite number"),
        ('{"thresholds": {"0.01": 1}, "visit": {"thresholds": {"0.01": -Infinity}}}', "finite"),
        ({"0.01": "0.36"}, "the threshold at 0.01 must be a finite number"),
        ({"0.01": True}, "the threshold at 0.01 must be a finite number"),
        ({"0.01": 0.36, "note": "mine"}, "'note' is no false match rate: wanted is a report.json"),
        ({"1.5": 0.36}, "'1.5' is no false match rate: wanted"),
        ({"thresholds": {}}, "no threshold in it: wanted"),
        ({"thresholds": {"0.01": None}}, "no threshold in it: wanted"),
        ({"thresholds": [0.36]}, "not a file of thresholds: wanted"),
        ({"0.01": 1, "visit": 3}, "'visit' is no false match rate"),
        ({"thresholds": {"0.01": 1}, "visit": 3}, "not a file of thresholds: wanted"),
        ([0.36], "not a file of thresholds: wanted"),
        ("thresholds = 3", "not a file of thresholds: Expecting value"),
    ],
)
def test_anything_else_is_one_line(tmp_path: Path, told: Any, says: str) -> None:
    with pytest.raises(EvaluationError) as caught:
        read(tmp_path, told)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match=r"not a file of thresholds: .*No such file"):
        read_thresholds(tmp_path / "none.json", "fused", SHA)
