"""``python -m kiosk thresholds`` writes what was measured, or leaves the slot as it was."""

import json
import re
import resource
import shutil
from pathlib import Path
from typing import Any

import pytest

from kiosk.portrait.fusion import load_models
from kiosk.portrait.slot_file import load_slot
from kiosk.portrait.slots import SlotError
from kiosk.portrait.thresholds import write_thresholds
from tests.portrait.pictures import MODELS
from tests.portrait.test_drop_in import drop_in, report, thresholds_command


@pytest.fixture
def sface(tmp_path: Path) -> Path:
    """The shipped slot of one network, with thresholds of pictures and of visits."""
    for name in ("yunet", "sface"):
        (tmp_path / name).mkdir()
        shutil.copy(MODELS / name / "model.toml", tmp_path / name)
    return tmp_path / "sface" / "model.toml"


def refused(slot_file: Path, report_file: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """The one line of a command that must leave the slot as it was."""
    before = slot_file.read_text()
    assert thresholds_command(slot_file.parents[1], slot_file.parent.name, report_file) == 2
    line = capsys.readouterr().err
    assert line.count("\n") == 1
    assert slot_file.read_text() == before
    return line


def measured(slot_file: Path, change: dict[str, dict[str, Any]]) -> Path:
    """A report of visits and pictures whose thresholds are changed by kind and rate."""
    scores = {"0_01": 0.25, "0_001": 0.32, "0_0001": 0.40}
    path = report(slot_file.parents[1] / "r.json", slot_file, visit=True, **scores)
    values = json.loads(path.read_text())
    for of, thresholds in change.items():
        (values if of == "picture" else values[of])["thresholds"].update(thresholds)
    path.write_text(json.dumps(values))
    return path


def test_a_report_without_visits_does_not_take_the_visits_thresholds_away(
    sface: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pictures = report(sface.parents[1] / "r.json", sface, **{"0_001": 0.32, "0_0001": 0.4})
    assert "--all-impostors" in refused(sface, pictures, capsys)


def test_a_report_of_too_few_visits_does_not_either(
    sface: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = refused(sface, measured(sface, {"visit": {"0.0001": None}}), capsys)
    assert "FMR 0.0001" in line
    assert "--all-impostors" in line


@pytest.mark.parametrize("of", ["picture", "visit"])
@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_a_threshold_that_is_no_number_is_refused(
    sface: Path, capsys: pytest.CaptureFixture[str], of: str, value: float
) -> None:
    line = refused(sface, measured(sface, {of: {"0.0001": value}}), capsys)
    assert f"the {of}'s threshold at FMR 0.0001 is {value}" in line


@pytest.mark.parametrize("rates", [("0.01", "0.001"), ("0.01", "0.001", "0.0001")])
def test_thresholds_that_fail_the_self_test_are_not_left_in_the_slot(
    sface: Path, capsys: pytest.CaptureFixture[str], rates: tuple[str, ...]
) -> None:
    line = refused(sface, measured(sface, {"visit": dict.fromkeys(rates, -1.7e308)}), capsys)
    assert "self-test: resident_a against resident_b_document" in line


def test_what_the_network_says_of_known_portraits_is_written_beside(tmp_path: Path) -> None:
    slot_file, _ = drop_in(tmp_path)
    for _ in range(2):  # the second time it takes the place of the first
        assert thresholds_command(tmp_path, "own", measured(slot_file, {})) == 0
        slot = load_slot(slot_file)
        assert len(slot.known_pairs) == 4
        assert len(slot.thresholds) == 6
    matcher = load_models(tmp_path, "own").matcher
    text = re.sub(r"(?s)\n\[\[known_pair]].*", "", slot_file.read_text())
    slot_file.write_text(text)
    without = load_models(tmp_path, "own").matcher
    assert matcher.network_sha256 == without.network_sha256  # a report still fits
    assert matcher.sha256 != without.sha256


def test_a_visit_is_not_judged_by_the_pictures_threshold_of_a_rate_it_lacks(sface: Path) -> None:
    blocks = sface.read_text().split("\n[[threshold]]\n")
    lost = [b for b in blocks if not b.startswith('of = "visit"\nfmr = 0.0001')]
    assert len(lost) == len(blocks) - 1
    sface.write_text("\n[[threshold]]\n".join(lost))
    with pytest.raises(SlotError, match=r"no threshold of a visit for FMR 0\.0001"):
        load_models(sface.parents[1], "sface")


def test_thresholds_of_too_few_pairs_are_stated_in_a_report_but_never_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    slot_file, _ = drop_in(tmp_path)
    scores = {"0_01": 0.5, "0_001": 0.6, "0_0001": 0.6}
    few = report(tmp_path / "few.json", slot_file, impostor=60, **scores)
    assert "too few pairs" in refused(slot_file, few, capsys)
    some = report(tmp_path / "some.json", slot_file, impostor=9_999, **scores)
    assert thresholds_command(tmp_path, "own", some) == 0
    assert [t.fmr for t in load_slot(slot_file).thresholds] == [0.01]


def test_a_visit_needs_pairs_for_each_of_its_tries(
    sface: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scores = {"0_01": 0.25, "0_001": 0.32, "0_0001": 0.40}
    path = report(sface.parents[1] / "r.json", sface, visit=True, impostor=299_999, **scores)
    assert "visit's threshold at FMR 0.0001" in refused(sface, path, capsys)


def test_a_threshold_that_its_report_does_not_vouch_for_is_not_written(
    sface: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = measured(sface, {})
    values = json.loads(path.read_text())
    values["visit"]["shown"] = {"0.01": True, "0.001": True, "0.0001": False}
    path.write_text(json.dumps(values))
    assert "visit's threshold at FMR 0.0001" in refused(sface, path, capsys)


def only(slot_file: Path) -> list[str]:
    """The comments of lines of their own."""
    return [line for line in slot_file.read_text().splitlines() if line.startswith("#")]


@pytest.mark.parametrize(
    "header",
    ["[[threshold]]  # of the hall", "[[ threshold ]]", '  [["threshold"]]', "[[threshold]]#"],
)
def test_a_threshold_is_replaced_however_its_first_line_is_written(
    tmp_path: Path, header: str
) -> None:
    slot_file, _ = drop_in(tmp_path)
    slot_file.write_text(slot_file.read_text().replace("[[threshold]]", header))
    assert thresholds_command(tmp_path, "own", measured(slot_file, {})) == 0
    slot = load_slot(slot_file)
    assert len(slot.thresholds) == 6
    assert slot.output_size == 24  # what stood after it is still there


def test_comments_stay_but_for_those_inside_a_threshold(tmp_path: Path) -> None:
    slot_file, _ = drop_in(tmp_path)
    text = slot_file.read_text()
    text = text.replace("[[threshold]]\n", "# of the hall\n[[threshold]]\n# measured\n")
    text = text.replace("\n[output]", "\n# what comes out\n[output]  # of the network\n# numbers")
    slot_file.write_text(text + "# the end\n")
    for _ in range(2):
        assert thresholds_command(tmp_path, "own", measured(slot_file, {})) == 0
        assert only(slot_file) == ["# of the hall", "# what comes out", "# numbers", "# the end"]
        assert "\n# what comes out\n[output]  # of the network\n" in slot_file.read_text()


@pytest.mark.parametrize(
    "written",
    [
        'threshold = [{fmr = 0.0001, value = 0.9, data_set = "d", date = "d", genuine_pairs = 1, '
        "impostor_pairs = 1}]",
        '"thresh\\u006fld" = []',
    ],
)
def test_thresholds_that_cannot_be_taken_out_are_left_and_that_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], written: str
) -> None:
    slot_file, _ = drop_in(tmp_path)
    text = re.sub(r"(?s)\[\[threshold]].*?\n\n", "", slot_file.read_text())
    slot_file.write_text(written + "\n" + text)
    assert "the file is as it was" in refused(slot_file, measured(slot_file, {}), capsys)


def test_a_block_that_only_looks_like_a_threshold_stops_the_writing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    slot_file, _ = drop_in(tmp_path)
    text = slot_file.read_text()
    licence = 'licence = """CC0-1.0\n[[threshold]]\nmirror = """  # odd'
    slot_file.write_text(text.replace('licence = "CC0-1.0"', licence))
    load_slot(slot_file)
    assert "the file is as it was" in refused(slot_file, measured(slot_file, {}), capsys)


def test_thresholds_that_cross_are_not_written(
    sface: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = refused(sface, measured(sface, {"picture": {"0.0001": 0.3}}), capsys)
    assert "of picture at FMR 0.0001 (0.3) lets in more than that at FMR 0.001 (0.32)" in line


def test_a_data_set_may_be_called_anything(tmp_path: Path) -> None:
    slot_file, _ = drop_in(tmp_path)
    words = 'hall "3" \\ \x7f 大厅 😀'
    write_thresholds(slot_file, measured(slot_file, {}), data_set=words, date="2026")
    assert {t.data_set for t in load_slot(slot_file).thresholds} == {words}


def test_a_slot_that_cannot_be_written_is_one_line_and_stays(
    sface: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report_file = measured(sface, {})
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))  # as on a disk that is full
    try:
        line = refused(sface, report_file, capsys)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "model.toml: cannot be written: File too large" in line
    assert [path.name for path in sface.parent.iterdir()] == ["model.toml"]


def test_a_slot_keeps_its_mode_and_its_place_behind_a_link(tmp_path: Path) -> None:
    slot_file, _ = drop_in(tmp_path)
    kept = tmp_path / "kept.toml"
    slot_file.rename(kept)
    kept.chmod(0o640)
    slot_file.symlink_to(kept)
    assert thresholds_command(tmp_path, "own", measured(slot_file, {})) == 0
    assert slot_file.is_symlink()
    assert kept.stat().st_mode & 0o777 == 0o640
    assert len(load_slot(slot_file).thresholds) == 6


@pytest.mark.parametrize("engine", ["../models/own", "own/", ".", "/models/own", ""])
def test_an_engine_is_a_name_and_no_path(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], engine: str
) -> None:
    models = tmp_path / "models"
    slot_file, _ = drop_in(models)
    assert thresholds_command(models, engine, measured(slot_file, {})) == 2
    assert "is no slot's name" in capsys.readouterr().err
    with pytest.raises(SlotError, match="is no slot's name"):
        load_models(models, engine)
