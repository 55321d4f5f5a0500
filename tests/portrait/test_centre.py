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
    measured = measure_centre(MODELS, "sface", images)
    lines = format_centre(measured)
    written = tomllib.loads(f"[output]\n{lines}")["output"]
    np.testing.assert_allclose(written["centre"], measured.centre, atol=1e-5)
    eyes, nose = written["band"]
    assert eyes["mean"] == pytest.approx(measured.lengths[0].mean, abs=1e-4)
    assert nose["weight"] == 0.018  # the slot's own
    for name in ("yunet", "sface"):
        text = (MODELS / name / "model.toml").read_text()
        (tmp_path / name).mkdir()
        (tmp_path / name / "model.toml").write_text(
            re.sub(r"(?s)centre = \[.*weight = [0-9.]+\n(?=\n# Single)", lambda _: lines, text)
        )
    slot = load_slot(tmp_path / "sface" / "model.toml")
    assert slot.centre == pytest.approx(measured.centre, abs=1e-5)
    assert slot.lengths[0].deviation == pytest.approx(measured.lengths[0].deviation, abs=1e-4)
    models = load_models(tmp_path, "sface")
    vectors = []
    for path in images:
        template = still_template(models, photograph(path.stem[9]))
        assert template is not None
        assert np.abs(template["sface"][128:]).max() <= 2
        vectors.append(template["sface"][:128])
    assert np.linalg.norm(np.mean(vectors, axis=0)) < 0.4  # two people about their own middle


def test_lengths_of_two_pictures_lie_a_deviation_about_their_mean() -> None:
    images = [PORTRAITS / "resident_a.png", PORTRAITS / "resident_b.jpg"]
    measured = measure_centre(MODELS, "sface", images)
    shipped = load_slot(MODELS / "sface" / "model.toml")
    models = load_models(MODELS, "sface")
    for at, length in enumerate(measured.lengths):
        found = []
        for name in "ab":
            template = still_template(models, photograph(name))
            assert template is not None
            known = shipped.lengths[at]
            found.append(known.mean + known.deviation * template["sface"][128 + at])
        assert length.mean == pytest.approx(np.mean(found), abs=1e-3)
        assert length.deviation == pytest.approx(np.std(found), abs=1e-3)


def test_no_picture_has_no_centre(tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("no picture")
    with pytest.raises(SystemExit, match="no face"):
        measure_centre(MODELS, "sface", [tmp_path / "words.txt"])
