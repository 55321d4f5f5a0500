"""The mean of many people's numbers: measured by a tool, written in a slot, taken off."""

import re
import tomllib
from pathlib import Path

import numpy as np
import pytest

from kiosk.portrait.fusion import load_models, still_template
from kiosk.portrait.slot_file import load_slot
from tests.portrait.pictures import MODELS, PORTRAITS, photograph
from tools.measure_centre import format_centre, measure_centre


def test_measured_centre_fits_the_slot_and_is_taken_off(tmp_path: Path) -> None:
    images = sorted(PORTRAITS.glob("resident_*.*"))
    centre, length = measure_centre(MODELS, "sface", images)
    lines = format_centre(centre, length)
    written = tomllib.loads(lines)
    np.testing.assert_allclose(written["centre"], centre, atol=1e-5)
    assert length is not None
    assert written["output"]["length"]["mean"] == pytest.approx(length.mean, abs=1e-4)
    assert length.weight == 0.018  # the slot's own
    for name in ("yunet", "sface"):
        text = (MODELS / name / "model.toml").read_text()
        (tmp_path / name).mkdir()
        (tmp_path / name / "model.toml").write_text(
            re.sub(r"(?s)centre = \[.*?weight = [0-9.]+\n", lambda _: lines, text)
        )
    assert load_slot(tmp_path / "sface" / "model.toml").centre
    vectors = []
    for path in images:
        template = still_template(load_models(tmp_path, "sface"), photograph(path.stem[9]))
        assert template is not None
        vectors.append(template["sface"][:-1])
        assert abs(template["sface"][-1]) <= 2
    assert np.linalg.norm(np.mean(vectors, axis=0)) < 0.4  # two people about their own middle


def test_no_picture_has_no_centre(tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("no picture")
    with pytest.raises(SystemExit, match="no face"):
        measure_centre(MODELS, "sface", [tmp_path / "words.txt"])
