"""``python -m kiosk run`` on a wrong configuration: one line on stderr, exit code 2."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.app.compose import portrait_settings
from kiosk.portrait.slot_file import load_slot
from kiosk.runtime.data_lock import DataLock
from kiosk.settings import load_settings
from kiosk.values import LivenessMode

ROOT = Path(__file__).resolve().parents[2]
MODELS = ROOT / "assets" / "models"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    text = (ROOT / "config" / "kiosk.toml").read_text("utf-8")
    text = text.replace("../var/kiosk", "kiosk").replace("../assets/models", "models")
    text = text.replace("server/urgency", f"{ROOT}/config/server/urgency")
    shutil.copytree(MODELS, tmp_path / "models")
    (tmp_path / "kiosk").mkdir()
    (tmp_path / "kiosk" / "credential").write_text("1.secret\n", "ascii")
    file = tmp_path / "kiosk.toml"
    file.write_text(text, "utf-8")
    return file


def change(config: Path, old: str, new: str) -> None:
    text = config.read_text("utf-8")
    assert text.count(old) == 1
    config.write_text(text.replace(old, new), "utf-8")


def refusal(config: Path) -> str:
    """Run the kiosk and return its only line."""
    done = subprocess.run(
        [sys.executable, "-m", "kiosk", "run", "--config", str(config)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert not done.stdout
    (line,) = done.stderr.splitlines()
    return line


def test_an_unknown_key(config: Path) -> None:
    change(config, "max_tries = 3", "max_trys = 3")
    line = refusal(config)
    assert "kiosk.toml: visit.max_trys" in line
    assert "max_tries" in line.split("allowed")[1]


def test_a_wrong_value(config: Path) -> None:
    change(config, "max_tries = 3", "max_tries = 12")
    line = refusal(config)
    assert "kiosk.toml: visit.max_tries" in line
    assert "less than or equal to 3" in line


def test_a_missing_credential(config: Path) -> None:
    (config.parent / "kiosk" / "credential").unlink()
    assert "kiosk.toml: server.credential_file" in refusal(config)


def test_the_credential_of_another_kiosk(config: Path) -> None:
    (config.parent / "kiosk" / "credential").write_text("3.secret\n", "ascii")
    line = refusal(config)
    assert "kiosk.toml: kiosk.number" in line
    assert "'3'" in line
    assert "secret" not in line


def test_a_data_directory_that_is_a_file(config: Path) -> None:
    (config.parent / "in-the-way").write_text("", "ascii")
    change(config, 'data_dir = "kiosk"', 'data_dir = "in-the-way"')
    assert "kiosk.toml: kiosk.data_dir" in refusal(config)


def test_a_data_directory_that_another_kiosk_works_on(config: Path) -> None:
    held = DataLock(config.parent / "kiosk")
    assert "another kiosk is running" in refusal(config)
    held.release()


def test_a_missing_model_file(config: Path) -> None:
    slot = config.parent / "models" / "sface" / "model.toml"
    text = slot.read_text("utf-8")
    path = next(line for line in text.splitlines() if line.startswith("path"))
    slot.write_text(text.replace(path, 'path = "gone.onnx"'), "utf-8")
    line = refusal(config)
    assert str(slot) in line
    assert "gone.onnx" in line


def test_an_unknown_matcher(config: Path) -> None:
    change(config, 'matcher = "fused"', 'matcher = "arcface"')
    line = refusal(config)
    assert "kiosk.toml: portrait.matcher" in line
    assert "dlib_resnet, fused, sface" in line
    assert "yunet" not in line, "a detector is no matcher"


def test_a_false_match_rate_that_was_not_measured(config: Path) -> None:
    change(config, "false_match_rate = 0.0001", "false_match_rate = 0.00001")
    line = refusal(config)
    assert "kiosk.toml: portrait.false_match_rate" in line
    assert "0.001, 0.0001" in line


def test_an_assembly_that_cannot_be_built(config: Path) -> None:
    change(config, 'assembly = "rewriter"', 'assembly = "motor_reader"')
    assert "kiosk.toml: devices.assembly" in refusal(config)


@pytest.mark.parametrize("matcher", ["fused", "sface", "dlib_resnet"])
def test_another_capture_helps_from_below_the_threshold(config: Path, matcher: str) -> None:
    change(config, 'matcher = "fused"', f'matcher = "{matcher}"')
    settings = load_settings(config)
    worker, retry_from = portrait_settings(settings)
    threshold = load_slot(MODELS / matcher / "model.toml").score_threshold(worker.fmr)
    assert retry_from < threshold


def test_liveness_is_set_by_config(config: Path) -> None:
    change(config, 'liveness = "off" ', 'liveness = "required" ')
    change(config, "[portrait.liveness_limits]", "[portrait.liveness_limits]\nmove_within_s = 9")
    worker, _ = portrait_settings(load_settings(config))
    assert worker.liveness.mode is LivenessMode.REQUIRED
    assert worker.liveness.move_within_s == 9


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('liveness = "off" ', 'liveness = "maybe" ', "portrait.liveness: "),
        ("[portrait.liveness_limits]", "[portrait.liveness_limits]\nmodel = 1", "is not a limit"),
        ("[portrait.liveness_limits]", "[portrait.liveness_limits]\nmove = 1", "is not a limit"),
    ],
)
def test_wrong_liveness_settings_are_one_line(config: Path, old: str, new: str, says: str) -> None:
    change(config, old, new)
    assert says in refusal(config)


@pytest.mark.parametrize(
    ("section", "limit", "says"),
    [
        ("limits", "best_frames = 1.9", "portrait.limits.best_frames: must be a whole number"),
        ("limits", "yaw_max_deg = inf", "portrait.limits.yaw_max_deg: must be above 0"),
        ("liveness_limits", "move_within_s = nan", "move_within_s: must be from 1 to 60"),
    ],
)
def test_a_limit_out_of_its_range_is_one_line(
    config: Path, section: str, limit: str, says: str
) -> None:
    change(config, f"[portrait.{section}]", f"[portrait.{section}]\n{limit}")
    assert says in refusal(config)


def test_liveness_with_a_model_that_was_not_measured_for_it_is_one_line(config: Path) -> None:
    change(config, 'liveness = "off" ', 'liveness = "required" ')
    change(config, 'matcher = "fused"', 'matcher = "dlib_resnet"')
    slot = config.parent / "models" / "dlib_resnet" / "model.toml"
    blocks = slot.read_text("utf-8").split("\n[[threshold]]\n")
    kept = [block for block in blocks if "fmr = 0.001\n" not in block]
    slot.write_text("\n[[threshold]]\n".join(kept), "utf-8")
    line = refusal(config)
    assert f"{slot}: threshold: liveness needs one for FMR 0.001" in line


def test_a_missing_liveness_model_is_one_line(config: Path) -> None:
    change(config, 'liveness = "off" ', 'liveness = "advisory" ')
    change(config, 'liveness_model = "" ', 'liveness_model = "nowhere" ')
    assert "nowhere/model.toml" in refusal(config)
