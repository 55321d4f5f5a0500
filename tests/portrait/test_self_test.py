"""The self-test: known portraits tell whether a network is fed as when it was measured."""

import re
import shutil
from pathlib import Path

import pytest

from kiosk.portrait.fusion import load_models
from kiosk.portrait.self_test import self_test
from kiosk.portrait.slots import SlotError
from tests.portrait.pictures import MODELS, PORTRAITS


def models(folder: Path, slot: str, *changes: tuple[str, str]) -> Path:
    """The shipped slots with one of them changed by patterns."""
    for name in ("yunet", "sface", "dlib_resnet", "fused"):
        (folder / name).mkdir()
        shutil.copy(MODELS / name / "model.toml", folder / name)
    text = (folder / slot / "model.toml").read_text()
    for old, new in changes:
        text, count = re.subn(old, new, text, count=1)
        assert count == 1
    (folder / slot / "model.toml").write_text(text)
    return folder


@pytest.mark.parametrize("engine", ["sface", "dlib_resnet", "fused"])
def test_shipped_slots_pass(engine: str) -> None:
    said = self_test(load_models(MODELS, engine), PORTRAITS)
    assert "resident_a/resident_b" in said
    assert "known_pair" not in said


def test_a_threshold_that_lets_everybody_in_is_refused(tmp_path: Path) -> None:
    folder = models(tmp_path, "sface")
    slot_file = folder / "sface" / "model.toml"
    slot_file.write_text(re.sub(r"(?m)^value = .*", "value = -0.9", slot_file.read_text()))
    with pytest.raises(SlotError, match="self-test: resident_a against resident_b_document"):
        self_test(load_models(folder, "sface"), PORTRAITS)


@pytest.mark.parametrize("engine", ["sface", "fused"])
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"RGB"', '"BGR"'),
        (r"mean = \[.*?]", "mean = [127.5, 127.5, 127.5]"),
        ("scale = 1.0", "scale = 0.0078125"),
        ("mirror = true", "mirror = false"),
        (r', "close_up"]', "]"),
        (r"(?s)centre = \[.*?\n\]\n", ""),
        (r"(?s)\[\[output\.band]]\nrows = \[0, 3\].*?(?=\[\[)", ""),  # the length of brow and eyes
        (r"(?s)\[\[output\.band]]\nrows = \[3, 4\].*?(?=# )", ""),  # of the nose
        (r"rows = \[0, 3\]", "rows = [0, 2]"),
        (r"(rows = \[0, 3\]\nmean = ).*", r"\g<1>2.0"),
        (r"(rows = \[3, 4\]\nmean = ).*", r"\g<1>1.5"),
    ],
)
def test_a_network_fed_in_another_way_is_refused(
    tmp_path: Path, engine: str, old: str, new: str
) -> None:
    found = load_models(models(tmp_path, "sface", (old, new)), engine)
    with pytest.raises(SlotError, match=r"/model\.toml: self-test: resident_. against"):
        self_test(found, PORTRAITS)


def test_a_slot_without_known_pairs_is_told_what_writes_them(tmp_path: Path) -> None:
    folder = models(tmp_path, "sface", (r"(?s)\n\[\[known_pair]].*", ""))
    said = self_test(load_models(folder), PORTRAITS)
    assert said.endswith("sface without known_pair, python -m kiosk thresholds writes them")


def test_a_known_pair_without_its_portrait_is_named(tmp_path: Path) -> None:
    folder = models(tmp_path, "sface", ('one = "resident_a"', 'one = "resident_x"'))
    with pytest.raises(SlotError, match="no portrait resident_x"):
        self_test(load_models(folder), PORTRAITS)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('name = "chip"', 'name = "data"', "input.name: dlib is fed 'chip'"),
        ("width = 150", "width = 112", "input.width: dlib is fed 150"),
        ("height = 150", "height = 112", "input.height"),
        ('"NHWC"', '"NCHW"', "input.layout: dlib is fed 'NHWC'"),
        ('"RGB"', '"BGR"', "input.colour_order: dlib is fed 'RGB'"),
        (r"mean = \[.*?]", "mean = [122.8, 117.0, 104.3]", "input.mean"),
        ("scale = 1.0", "scale = 0.5", "input.scale"),
        ("dlib_five_point", "arcface_112", "input.alignment"),
        (r"scale = 1.0", 'scale = 1.0\nlandmarks = ["close_up"]', "input.landmarks"),
        ('metric = "euclidean"', 'metric = "cosine"', "output.metric"),
    ],
)
def test_what_dlib_would_not_do_is_refused(tmp_path: Path, old: str, new: str, says: str) -> None:
    folder = models(tmp_path, "dlib_resnet", (old, new))
    with pytest.raises(SlotError) as caught:
        load_models(folder, "dlib_resnet")
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)
