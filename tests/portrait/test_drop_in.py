"""A technician's own model works by configuration alone, and its thresholds can be written."""

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from kiosk.__main__ import main
from kiosk.app.compose import portrait_settings
from kiosk.portrait.desk import Desk
from kiosk.portrait.faces import align_arcface
from kiosk.portrait.fusion import load_models
from kiosk.portrait.messages import Configure
from kiosk.portrait.pairs import EvaluationError
from kiosk.portrait.results import WorkerReady
from kiosk.portrait.slot_file import file_sha256, load_slot
from kiosk.portrait.slots import SlotError
from kiosk.portrait.thresholds import write_thresholds
from kiosk.settings import load_settings
from tests.portrait.made_pairs import made_pairs
from tests.portrait.onnx_file import projection
from tests.portrait.pictures import MODELS, ROOT, photograph

SIDE, SIZE = 48, 24
MINUS_ONE = (1 << 64) - 1  # as the format writes -1, which some exporters mean an open side by
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


def drop_in(
    folder: Path,
    order: str = "BGR",
    network: tuple[bytes, np.ndarray] | None = None,
    more: str = "",
) -> tuple[Path, np.ndarray]:
    own = folder / "own"
    own.mkdir(parents=True)
    (folder / "yunet").mkdir()
    (folder / "yunet" / "model.toml").write_text((MODELS / "yunet" / "model.toml").read_text())
    data, weights = network or projection(SIDE, SIZE, "picture")
    (own / "own.onnx").write_bytes(data)
    text = SLOT.format(sha256=file_sha256(own / "own.onnx"), order=order)
    (own / "model.toml").write_text(text + more)
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


@pytest.mark.parametrize(
    ("old", "new"), [('"NCHW"', '"NHWC"'), ("width = 48\nheight = 48", "width = 56\nheight = 56")]
)
def test_a_network_that_flattens_what_it_is_fed_is_fed_as_its_file_says(
    tmp_path: Path, old: str, new: str
) -> None:
    slot_file, _ = drop_in(tmp_path)
    slot_file.write_text(slot_file.read_text().replace(old, new))
    with pytest.raises(SlotError) as caught:
        load_models(tmp_path, "own")
    assert str(caught.value).startswith(f"{slot_file}: input: the network does not take input.name")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("stated", [(), (0, 3, 0, 0), (MINUS_ONE, 3, MINUS_ONE, MINUS_ONE)])
def test_a_network_whose_file_leaves_its_shape_open_is_taken(
    tmp_path: Path, stated: tuple[int, ...]
) -> None:
    drop_in(tmp_path, network=projection(SIDE, SIZE, "picture", stated))
    assert load_models(tmp_path, "own").matcher.name == "own"


def report(
    path: Path,
    slot_file: Path,
    *,
    visit: bool = False,
    impostor: int = 2_000_000,
    **scores: float | None,
) -> Path:
    """An evaluation's report with these thresholds, given as FMR with "_" for "."."""
    slot = load_slot(slot_file, measured=False)
    thresholds = {key.replace("_", "."): value for key, value in scores.items()}
    part = {"thresholds": thresholds, "genuine": 900, "impostor": impostor}
    matcher = load_models(slot_file.parents[1], slot_file.parent.name, None).matcher
    whole = {"engine": slot.name, "network_sha256": matcher.network_sha256, **part}
    path.write_text(json.dumps({**whole, "visit": part} if visit else whole))
    return path


def thresholds_command(models: Path, engine: str, report_file: Path) -> int:
    arguments = ["thresholds", "--models", str(models), "--engine", engine]
    arguments += ["--report", str(report_file), "--data-set", 'our "hall"', "--date", "2026-11"]
    return main(arguments)


def test_measured_thresholds_replace_the_old_ones(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    slot_file, _ = drop_in(tmp_path)
    measured = report(tmp_path / "r.json", slot_file, **{"0_01": 0.5, "0_0001": 0.7})
    assert thresholds_command(tmp_path, "own", measured) == 0
    slot = load_slot(slot_file)
    assert {t.fmr: t.value for t in slot.thresholds} == {0.01: 0.5, 0.0001: 0.7}
    assert slot.thresholds[0].data_set == 'our "hall"'
    assert slot.thresholds[0].date == "2026-11"
    assert slot.thresholds[0].impostor_pairs == 2_000_000
    assert slot.output_size == SIZE  # what stood after the old thresholds is still there
    said = capsys.readouterr().out
    assert load_models(tmp_path, "own").matcher.sha256 in said  # for the hall's policy
    assert "own = 0.7" in said


def test_new_model_is_measured_before_it_has_thresholds(tmp_path: Path) -> None:
    slot_file, _ = drop_in(tmp_path)
    slot_file.write_text(re.sub(r"(?s)\[\[threshold]].*?\n\n", "", slot_file.read_text()))
    with pytest.raises(SlotError, match="without a measured threshold"):
        load_models(tmp_path, "own")
    measured = report(tmp_path / "r.json", slot_file, **{"0_0001": 0.7})
    assert thresholds_command(tmp_path, "own", measured) == 0
    assert load_models(tmp_path, "own").matcher.threshold == 0.7


def test_threshold_of_a_visit_goes_before_that_of_a_picture(tmp_path: Path) -> None:
    slot_file, _ = drop_in(tmp_path)
    measured = report(tmp_path / "r.json", slot_file, visit=True, **{"0_0001": 0.7})
    values = json.loads(measured.read_text())
    values["visit"]["thresholds"]["0.0001"] = 0.71
    measured.write_text(json.dumps(values))
    assert thresholds_command(tmp_path, "own", measured) == 0
    assert [t.of for t in load_slot(slot_file).thresholds] == ["picture", "visit"]
    assert load_models(tmp_path, "own").matcher.threshold == 0.71


@pytest.mark.parametrize(("engine", "score"), [("dlib_resnet", -0.55), ("fused", 6.5)])
def test_thresholds_of_the_shipped_slots_are_written(
    tmp_path: Path, engine: str, score: float
) -> None:
    for name in ("yunet", "sface", "dlib_resnet", "fused"):
        (tmp_path / name).mkdir()
        shutil.copy(MODELS / name / "model.toml", tmp_path / name)
    slot_file = tmp_path / engine / "model.toml"
    scores = dict.fromkeys(("0_01", "0_001", "0_0001"), score)
    measured = report(tmp_path / "r.json", slot_file, visit=True, **scores)
    write_thresholds(slot_file, measured, data_set="set", date="2026-11")
    slot = load_slot(slot_file)
    assert slot.threshold(0.001) == pytest.approx(abs(score))  # a distance is written as one
    assert slot.score_threshold(0.001) == pytest.approx(score)
    assert [m.name for m in slot.members] == (["sface", "dlib_resnet"] if engine == "fused" else [])


def test_unfit_report_changes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    slot_file, _ = drop_in(tmp_path)
    before = slot_file.read_text()
    fit = report(tmp_path / "fit.json", slot_file, **{"0_01": 0.5}).read_text()
    other, stale, broken = (tmp_path / f"{name}.json" for name in ("other", "stale", "broken"))
    other.write_text(fit.replace('"own"', '"sface"'))
    stale.write_text(re.sub(r'"[0-9a-f]{64}"', f'"{"0" * 64}"', fit))
    broken.write_text(fit[:40])
    empty = report(tmp_path / "empty.json", slot_file, **{"0_01": None})
    for report_file, says in (
        (other, "measured sface, the slot is own"),
        (stale, "measured before"),
        (broken, "not a report with thresholds"),
        (empty, "too few pairs"),
        (tmp_path / "none.json", "not a report with thresholds"),
    ):
        assert thresholds_command(tmp_path, "own", report_file) == 2
        line = capsys.readouterr().err
        assert says in line
        assert line.count("\n") == 1
    assert slot_file.read_text() == before


def test_colour_order_changes_what_a_report_must_have_measured(tmp_path: Path) -> None:
    slot_file, _ = drop_in(tmp_path)
    measured = report(tmp_path / "r.json", slot_file, **{"0_01": 0.5})
    slot_file.write_text(slot_file.read_text().replace('"BGR"', '"RGB"'))
    with pytest.raises(EvaluationError, match="measured before"):
        write_thresholds(slot_file, measured, data_set="set", date="2026-11")


@pytest.mark.slow
def test_new_model_is_measured_written_and_used_by_configuration_alone(tmp_path: Path) -> None:
    """The way of assets/models/README.md, with a network whose numbers are known."""
    models = tmp_path / "models"
    slot_file, _ = drop_in(models)
    slot_file.write_text(re.sub(r"(?s)\[\[threshold]].*?\n\n", "", slot_file.read_text()))
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    of_slot = ["--models", str(models), "--engine", "own"]
    measured = ["--pairs", str(made_pairs(pictures)), "--images", str(pictures)]
    out = ["--all-impostors", "--out", str(tmp_path / "out")]
    assert main(["evaluate", *of_slot, *measured, *out]) == 0
    assert thresholds_command(models, "own", tmp_path / "out" / "report.json") == 0
    config = tmp_path / "kiosk.toml"
    text = (ROOT / "config" / "kiosk.toml").read_text("utf-8")
    for old, new in (
        ("../assets/models", "models"),
        ('matcher = "fused"', 'matcher = "own"'),
        ("false_match_rate = 0.0001", "false_match_rate = 0.001"),
        ("server/urgency", f"{ROOT}/config/server/urgency"),
    ):
        assert text.count(old) == 1
        text = text.replace(old, new)
    config.write_text(text, "utf-8")
    settings, _ = portrait_settings(load_settings(config))
    desk = Desk()
    asked = Configure(
        str(settings.models), settings.engine, settings.fmr, settings.limits, settings.liveness, ""
    )
    assert isinstance(desk.answer(asked, 0.0), WorkerReady)
    opened = load_models(settings.models, settings.engine, settings.fmr)
    assert opened.matcher.name == "own"
    assert opened.matcher.threshold == load_slot(slot_file).threshold(0.001)
