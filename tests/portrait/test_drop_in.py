"""A technician's own model works by configuration alone, and its thresholds can be written."""

import json
from pathlib import Path

import numpy as np
import pytest

from kiosk.portrait.evaluate import EvaluationError
from kiosk.portrait.faces import align_arcface
from kiosk.portrait.fusion import load_models
from kiosk.portrait.slots import file_sha256, load_slot
from kiosk.portrait.thresholds import write_thresholds
from tests.portrait.onnx_file import projection
from tests.portrait.pictures import MODELS, photograph

SIDE, SIZE = 48, 24
SLOT = """name = "own"
role = "recogniser"
runtime = "onnx"
licence = "CC0-1.0"
commercial_use = true

[[file]]
key = "network"
path = "own.onnx"
sha256 = "{sha256}"

[input]
name = "picture"
width = 48
height = 48
layout = "NCHW"
colour_order = "{order}"
mean = [127.5, 127.5, 127.5]
scale = 0.0078125
alignment = "arcface_112"

[[threshold]]
fmr = 0.0001
value = 0.9
data_set = "none, a test's own network"
date = "2026-01"
genuine_pairs = 1
impostor_pairs = 1

[output]
size = 24
metric = "cosine"
mirror = false
"""


def drop_in(folder: Path, order: str = "BGR") -> tuple[Path, np.ndarray]:
    own = folder / "own"
    own.mkdir(parents=True)
    (folder / "yunet").mkdir()
    (folder / "yunet" / "model.toml").write_text((MODELS / "yunet" / "model.toml").read_text())
    network, weights = projection(SIDE, SIZE, "picture")
    (own / "own.onnx").write_bytes(network)
    text = SLOT.format(sha256=file_sha256(own / "own.onnx"), order=order)
    (own / "model.toml").write_text(text)
    return own / "model.toml", weights


@pytest.mark.parametrize("order", ["BGR", "RGB"])
def test_own_model_is_fed_as_its_slot_says(tmp_path: Path, order: str) -> None:
    _, weights = drop_in(tmp_path, order)
    models = load_models(tmp_path, "own")
    image = photograph("a")
    face = models.detector.find(image)[0]
    template = models.matcher.embed(image, face)
    assert template is not None
    crop = align_arcface(image, face, SIDE)
    assert crop is not None
    values = crop[:, :, ::-1] if order == "RGB" else crop
    fed = (values.astype(np.float64) - 127.5) / 128
    expected = fed.transpose(2, 0, 1).ravel() @ weights
    expected /= np.linalg.norm(expected)
    np.testing.assert_allclose(template["own"], expected, atol=1e-3)
    assert models.matcher.compare(template, template).score == pytest.approx(1.0, abs=1e-5)


def report(path: Path, engine: str, **thresholds: float | None) -> Path:
    path.write_text(
        json.dumps(
            {
                "engine": engine,
                "thresholds": {key.replace("_", "."): v for key, v in thresholds.items()},
                "genuine": 900,
                "impostor": 2_000_000,
            }
        )
    )
    return path


def test_measured_thresholds_replace_the_old_ones(tmp_path: Path) -> None:
    slot_file, _ = drop_in(tmp_path)
    measured = report(tmp_path / "r.json", "own", **{"0_01": 0.5, "0_0001": 0.75})
    assert write_thresholds(slot_file, measured, data_set='our "hall"', date="2026-11") == 2
    slot = load_slot(slot_file)
    assert {t.fmr: t.value for t in slot.thresholds} == {0.01: 0.5, 0.0001: 0.75}
    assert slot.thresholds[0].data_set == 'our "hall"'
    assert slot.thresholds[0].impostor_pairs == 2_000_000
    assert slot.output_size == SIZE  # what stood after the old thresholds is still there


def test_distances_are_written_as_distances(tmp_path: Path) -> None:
    slot_file = tmp_path / "model.toml"
    slot_file.write_text((MODELS / "dlib_resnet" / "model.toml").read_text())
    measured = report(tmp_path / "r.json", "dlib_resnet", **{"0_001": -0.55})
    write_thresholds(slot_file, measured, data_set="set", date="2026-11")
    assert load_slot(slot_file).threshold(0.001) == pytest.approx(0.55)


def test_report_of_another_engine_or_without_figures_changes_nothing(tmp_path: Path) -> None:
    slot_file, _ = drop_in(tmp_path)
    before = slot_file.read_text()
    for name, wrong in (
        ("other", report(tmp_path / "a.json", "sface", **{"0_01": 0.5})),
        ("empty", report(tmp_path / "b.json", "own", **{"0_01": None})),
        ("missing", tmp_path / "none.json"),
    ):
        with pytest.raises(EvaluationError):
            write_thresholds(slot_file, wrong, data_set=name, date="2026-11")
    assert slot_file.read_text() == before
