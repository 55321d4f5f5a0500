"""dlib's network run by OpenCV gives dlib's own numbers; nothing else is taken for it."""

from functools import cache

import cv2
import dlib
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.portrait.dlib_network import INPUT_NAME, DlibFileError, to_onnx
from kiosk.portrait.faces import Image
from kiosk.portrait.slot_file import load_slot
from tests.portrait.pictures import MODELS, PORTRAITS

NETWORK = load_slot(MODELS / "dlib_resnet" / "model.toml").file("network")


@cache
def data() -> bytes:
    return NETWORK.read_bytes()


def chips() -> list[Image]:
    """Portraits as they are, in the dark, blurred, and what is no face."""
    found = []
    for path in sorted(PORTRAITS.glob("resident_*.*")):
        chip = cv2.resize(cv2.imread(str(path)), (150, 150), interpolation=cv2.INTER_AREA)
        found += [chip, chip // 4, cv2.GaussianBlur(chip, (0, 0), 4)]
    found.append(np.random.default_rng(5).integers(0, 256, (150, 150, 3), np.uint8))
    return [np.ascontiguousarray(chip, np.uint8) for chip in found]


def test_numbers_are_those_of_dlib_itself() -> None:
    theirs = dlib.face_recognition_model_v1(str(NETWORK))
    ours = cv2.dnn.readNetFromONNX(np.frombuffer(to_onnx(data()), np.uint8))
    for chip in chips():
        ours.setInput(np.ascontiguousarray(chip.transpose(2, 0, 1)[None], np.float32), INPUT_NAME)
        expected = np.asarray(theirs.compute_face_descriptor(chip))
        np.testing.assert_allclose(ours.forward().ravel(), expected, atol=2e-6)


def test_another_file_of_dlib_is_refused() -> None:
    points = load_slot(MODELS / "dlib_resnet" / "model.toml").file("landmarks")
    with pytest.raises(DlibFileError, match="not dlib's face network"):
        to_onnx(points.read_bytes())


def test_a_cut_file_is_refused() -> None:
    for length in (0, 400, 20_000, len(data()) // 2, len(data()) - 200):
        with pytest.raises(DlibFileError, match="not dlib's face network"):
            to_onnx(data()[:length])


@settings(max_examples=60, deadline=None)
@given(start=st.integers(0, 20_000), noise=st.binary(min_size=1, max_size=40))
def test_damaged_files_are_one_clear_error(start: int, noise: bytes) -> None:
    damaged = data()[:start] + noise + data()[start + len(noise) : 40_000]
    with pytest.raises(DlibFileError):
        to_onnx(damaged)
