"""Somebody else's face network becomes a kiosk's by configuration alone, as assets/models/README.md
says: described in a slot, measured, given thresholds, chosen, and used by the worker's process.
"""

import csv
import json
import os
import re
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from backend.config_models import PolicyConfig
from kiosk.__main__ import main
from kiosk.app.compose import portrait_settings
from kiosk.portrait.fusion import load_models
from kiosk.portrait.results import WorkerReady
from kiosk.portrait.self_test import self_test
from kiosk.portrait.slot_file import load_slot
from kiosk.portrait.slots import SlotError
from kiosk.settings import load_settings
from tests.portrait.driven import PATIENT, open_kiosk
from tests.portrait.foreign_model import (
    MEMBER,
    WITH_SFACE,
    models_with_foreign,
    needs_foreign_model,
)
from tests.portrait.made_pairs import made_pairs
from tests.portrait.pictures import MODELS, PORTRAITS, ROOT, document, moment

pytestmark = [needs_foreign_model, pytest.mark.slow]
DEV = Path(os.environ.get("KIOSK_SHARED", ROOT.parent / "shared")) / "faces" / "dev"


def evaluated(models: Path, engine: str, pairs: Path, images: Path) -> dict[str, Any]:
    """Measure a slot by the command and return its report."""
    out = models.parent / f"report_of_{engine}"
    of_slot = ["--models", str(models), "--engine", engine, "--out", str(out)]
    on = ["--pairs", str(pairs), "--images", str(images), "--all-impostors"]
    assert main(["evaluate", *of_slot, *on]) == 0
    report: dict[str, Any] = json.loads((out / "report.json").read_text("utf-8"))
    return report


def write_thresholds(models: Path, engine: str) -> int:
    report = models.parent / f"report_of_{engine}" / "report.json"
    of_slot = ["--models", str(models), "--engine", engine, "--report", str(report)]
    return main(["thresholds", *of_slot, "--data-set", "made pictures", "--date", "2026-11"])


def configured(models: Path, engine: str) -> Path:
    """Write a kiosk's configuration that differs from the shipped one in the chosen model."""
    text = (ROOT / "config" / "kiosk.toml").read_text("utf-8")
    for old, new in (
        ("../assets/models", str(models)),
        ('matcher = "fused"', f'matcher = "{engine}"'),
        ("false_match_rate = 0.0001", "false_match_rate = 0.001"),
        ("server/urgency", f"{ROOT}/config/server/urgency"),
    ):
        assert text.count(old) == 1
        text = text.replace(old, new)
    config = models.parent / "kiosk.toml"
    config.write_text(text, "utf-8")
    return config


def test_it_is_described_measured_chosen_and_decides(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    slot_file = models_with_foreign(tmp_path / "models")
    models = slot_file.parents[1]
    with pytest.raises(SlotError, match="without a measured threshold"):
        load_models(models, "foreign")
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    report = evaluated(models, "foreign", made_pairs(pictures), pictures)
    assert report["accuracy"] == 1.0
    assert report["fte"] == 0.0
    capsys.readouterr()
    assert write_thresholds(models, "foreign") == 0
    printed = capsys.readouterr().out
    assert len(load_slot(slot_file).known_pairs) == 4

    # What the command prints is what the hall's server is told of the model.
    policy = tomllib.loads((ROOT / "config" / "server" / "policy.toml").read_text("utf-8"))
    lines = re.findall(r"(?m)^(?:id|sha256) = .*$|^thresholds = .*FMR 0\.001$", printed)
    policy["match"]["models"].append(tomllib.loads("\n".join(lines)))
    listed = PolicyConfig.model_validate(policy).match.models[-1]

    settings, _ = portrait_settings(load_settings(configured(models, "foreign")))
    assert settings.self_test is not None
    kiosk = open_kiosk(replace(settings, limits=PATIENT))
    try:
        kiosk.wait(WorkerReady)
        kiosk.references(document("a"), document("a"))
        done = kiosk.capture(lambda index: moment("a", index))
        assert done.decision.matched
        assert done.model_sha256 in listed.sha256
        same = done.decision.scores
        for score in same:
            assert [name for name, _ in score.values] == ["foreign"]
            assert score.threshold == pytest.approx(listed.thresholds["foreign"], abs=1e-6)
        kiosk.references(document("b"), document("b"))
        other = kiosk.capture(lambda index: moment("a", index))
        assert not other.decision.matched
        assert min(s.score for s in same) > max(s.score for s in other.decision.scores) + 0.4
    finally:
        kiosk.worker.close()

    # The wrong colour order raises no error in any network; the known pairs tell it.
    slot_file.write_text(slot_file.read_text("utf-8").replace('"RGB"', '"BGR"'), "utf-8")
    with pytest.raises(SlotError, match="fed in another way"):
        self_test(load_models(models, "foreign", 0.001), PORTRAITS)


@pytest.mark.skipif(not DEV.is_dir(), reason=f"SKIPPED: labelled portraits missing at {DEV}")
def test_on_labelled_people_it_does_what_is_known_of_its_kind(tmp_path: Path) -> None:
    """Single pictures of a few people: it works as it should, and beside SFace better."""
    models = models_with_foreign(tmp_path / "models").parents[1]
    with (DEV / "pairs.csv").open(newline="", encoding="utf-8") as file:
        fold = [row for row in csv.DictReader(file) if row["lfw_fold"] == "1"]
    chosen = [row for same in "10" for row in [r for r in fold if r["same"] == same][:80]]
    pairs = tmp_path / "pairs.csv"
    rows = [f"{row['image_a']},{row['image_b']},{row['same']}" for row in chosen]
    pairs.write_text("\n".join(["image_a,image_b,same", *rows]), "utf-8")
    alone = evaluated(models, "foreign", pairs, DEV / "images")
    fused = tomllib.loads((MODELS / "fused" / "model.toml").read_text("utf-8"))
    known = {member["name"]: member for member in fused["member"]}
    known |= {"foreign": {"name": "foreign", **alone["members"]["foreign"]}}
    members = [MEMBER.format(**known[name]) for name in ("sface", "foreign")]
    (models / "with_sface").mkdir()
    slot = WITH_SFACE.format(members="".join(members))
    (models / "with_sface" / "model.toml").write_text(slot, "utf-8")
    both = evaluated(models, "with_sface", pairs, DEV / "images")
    for report in (alone, both):
        print(f"{report['engine']}: accuracy {report['accuracy']:.4f}, FNMR {report['fnmr']}")
    assert alone["fte"] == 0.0
    assert alone["accuracy"] >= 0.975
    assert both["fnmr"]["0.01"] <= alone["fnmr"]["0.01"]
    assert both["accuracy"] >= alone["accuracy"]
