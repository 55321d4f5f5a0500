"""A network's numbers by bands of the face: cut out of its last map, compared, or refused."""

import re
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from kiosk.portrait.faces import align_arcface
from kiosk.portrait.fusion import Models, load_models
from kiosk.portrait.onnx_bands import by_bands
from kiosk.portrait.onnx_reader import OnnxFileError
from kiosk.portrait.onnx_writer import OnnxGraph
from kiosk.portrait.slot_file import load_slot
from kiosk.portrait.slots import SlotError
from tests.portrait.pictures import MODELS, photograph
from tests.portrait.test_drop_in import drop_in

ROWS, MAP = 4, "averagepool_0"


def map_network(side: int, size: int) -> tuple[bytes, NDArray[np.float32]]:
    """A network whose map is the picture's mean in 4 x 4 squares, and what it makes of that."""
    weights = np.random.default_rng(3).normal(size=(3 * ROWS * ROWS, size)).astype(np.float32)
    graph = OnnxGraph("picture", (1, 3, side, side))
    square = side // ROWS
    pooled = graph.node(
        "AveragePool", ["picture"], kernel_shape=(square, square), strides=(square, square)
    )
    flat = graph.node("Flatten", [pooled], axis=1)
    return graph.file(graph.node("MatMul", [flat, graph.tensor(weights)]), (1, size)), weights


def test_each_band_has_the_numbers_of_its_own_rows() -> None:
    data, weights = map_network(16, 5)
    network = cv2.dnn.readNetFromONNX(
        np.frombuffer(by_bands(data, MAP, ROWS, [(0, 1), (1, 4)]), np.uint8)
    )
    picture = np.random.default_rng(4).uniform(size=(1, 3, 16, 16)).astype(np.float32)
    network.setInput(picture, "picture")
    found = network.forward()
    squares = picture.reshape(3, ROWS, 4, ROWS, 4).mean(axis=(2, 4))
    top, rest = squares.copy(), squares.copy()
    top[:, 1:], rest[:, :1] = 0, 0
    for numbers, seen in zip(found, (squares, top, rest), strict=True):
        np.testing.assert_allclose(numbers, seen.ravel() @ weights, rtol=1e-4, atol=1e-5)


def test_the_whole_face_keeps_its_numbers() -> None:
    slot = load_slot(MODELS / "sface" / "model.toml")
    path = slot.file("network")
    plain = cv2.dnn.readNetFromONNX(str(path))
    banded = cv2.dnn.readNetFromONNX(
        np.frombuffer(by_bands(path.read_bytes(), "bn1", 7, [(0, 7), (0, 3)]), np.uint8)
    )
    picture = np.random.default_rng(5).uniform(0, 255, (1, 3, 112, 112)).astype(np.float32)
    for network in (plain, banded):
        network.setInput(picture, "data")
    whole, numbers = plain.forward()[0], banded.forward()
    assert numbers.shape == (3, 128)
    np.testing.assert_allclose(numbers[0], whole, atol=1e-4)
    np.testing.assert_allclose(numbers[1], whole, atol=1e-4)
    assert np.abs(numbers[2] - whole).max() > 0.1


def test_bytes_that_are_no_network_are_refused() -> None:
    data, _ = map_network(16, 5)
    with pytest.raises(OnnxFileError, match="makes no 'bn1'"):
        by_bands(data, "bn1", ROWS, [(0, 1)])
    for broken in (data[:-7], b"\x0f" + data, b"\xff" * 20, data[:3] + b"\xff" * 9):
        with pytest.raises(OnnxFileError):
            by_bands(broken, MAP, ROWS, [(0, 1)])


BANDS = """
[output.map]
name = "averagepool_0"
rows = 4

[[output.band]]
rows = [2, 4]
mean = 0.5
deviation = 0.25
weight = 0.02
"""


def own_slot(folder: Path, bands: str) -> Path:
    """A slot with a network that has a map, and what it says of its bands."""
    return drop_in(folder, network=map_network(48, 24), more=bands)


def test_a_model_of_ones_own_has_bands_by_configuration_alone(tmp_path: Path) -> None:
    own_slot(tmp_path, BANDS)
    models = load_models(tmp_path, "own")
    engine, image = models.matcher.engines["own"], photograph("a")
    face = models.detector.find_main(image)
    assert face is not None
    crop = align_arcface(image, face, 48)
    assert crop is not None
    _, weights = map_network(48, 24)
    floats = (crop.transpose(2, 0, 1).astype(np.float64) - 127.5) * 0.0078125
    squares = floats.reshape(3, ROWS, 12, ROWS, 12).mean(axis=(2, 4))
    lower = squares.copy()
    lower[:, :2] = 0
    whole, below = (seen.ravel() @ weights for seen in (squares, lower))
    found = engine.look(image, face, engine.looks[0])
    assert found is not None
    np.testing.assert_allclose(found[:24], whole / np.linalg.norm(whole), atol=1e-3)
    told = (np.log(np.linalg.norm(below)) - 0.5) / 0.25
    assert found[24] == pytest.approx(told, abs=0.01)
    sure, unsure = found.copy(), found.copy()
    sure[24], unsure[24] = 1.5, -1.0
    assert engine.compare(sure, sure) == pytest.approx(1 - 1.5 * 0.02, abs=1e-5)
    assert engine.compare(sure, unsure) == pytest.approx(1 + 0.02, abs=1e-5)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('name = "averagepool_0"', 'name = "bn1"', "output.map: the network makes no 'bn1'"),
        ("rows = 4", "rows = 7", "output.map: 'averagepool_0' has not 7 rows, or what follows"),
        (
            "rows = 4\n\n[[output.band]]\nrows = [2, 4]",
            "rows = 3\n\n[[output.band]]\nrows = [1, 3]",
            "not 3 rows",
        ),
        ("rows = 4", "rows = 1", "output.map.rows: must be 2 to 256"),
        ("rows = [2, 4]", "rows = [2, 5]", "output.band.rows: must be two whole numbers, 0 to 4"),
        ("rows = [2, 4]", "rows = [2, 2]", "output.band.rows: must be two whole numbers"),
        ("rows = [2, 4]", "rows = [2]", "output.band.rows: must be two whole numbers"),
        ("rows = [2, 4]", "rows = [0.0, 4]", "output.band.rows: must be two whole numbers"),
        ("weight = 0.02", "weight = 0.0", "output.band.weight: must be positive"),
        ("deviation = 0.25", "deviation = 0", "output.band.deviation: must be positive"),
        ("mean = 0.5\n", "", "output.band.mean: missing"),
        ("weight = 0.02", "weight = 0.02\ncolumns = [0, 1]", "output.band.columns: unknown key"),
        (r"(?s)\[output\.map].*?\n\n", "", "output.map: missing, where there is a [[output.band]]"),
        (r"(?s)\[\[output.*", "", "output.band: missing, where there is an [output.map]"),
    ],
)
def test_a_wrong_band_is_one_line(tmp_path: Path, old: str, new: str, says: str) -> None:
    pattern = old if old.startswith("(?s)") else re.escape(old)
    bands, count = re.subn(pattern, new, BANDS)
    assert count == 1
    own_slot(tmp_path, bands)
    with pytest.raises(SlotError) as caught:
        load_models(tmp_path, "own")
    assert says in str(caught.value)
    assert str(caught.value).startswith(f"{tmp_path}/own/model.toml: ")
    assert "\n" not in str(caught.value)


@pytest.fixture(scope="module")
def models() -> Models:
    return load_models(MODELS)


def test_covered_eyes_make_the_upper_numbers_short(models: Models) -> None:
    image = photograph("a")
    face = models.detector.find_main(image)
    assert face is not None
    covered = image.copy()
    half = round(face.eye_distance / 3)
    for x, y in face.landmarks[:2].round().astype(int):
        covered[y - half : y + half, x - half : x + half] = 20
    seen, less = (models.matcher.embed(picture, face) for picture in (image, covered))
    assert seen is not None
    assert less is not None
    brow_and_eyes = -2  # of the two lengths, the nose's comes after it
    assert less["sface"][brow_and_eyes] < seen["sface"][brow_and_eyes] - 1


def test_the_face_one_is_less_sure_of_says_how_alike_two_can_be(models: Models) -> None:
    engine = models.matcher.engines["sface"]
    eyes, nose = (length.weight for length in engine.slot.lengths)
    numbers = np.zeros(128 + 2, np.float32)
    numbers[0] = 1.0
    sure, unsure = numbers.copy(), numbers.copy()
    sure[-2:], unsure[-2:] = (1.5, 0.5), (-1.0, 1.0)
    assert engine.compare(sure, sure) == pytest.approx(1 - 1.5 * eyes - 0.5 * nose)
    assert engine.compare(sure, unsure) == engine.compare(unsure, sure)
    assert engine.compare(sure, unsure) == pytest.approx(1 + eyes - 0.5 * nose)
    unsure[-2] = -9.0
    assert engine.join([unsure, unsure])[-2] == -2.0  # worse still gains no more
