"""The eyes' places that staff's page lays portraits over each other by."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from kiosk.portrait.eyes import eyes_in, eyes_in_portrait
from kiosk.portrait.faces import portrait_crop
from kiosk.portrait.fusion import load_models

ROOT = Path(__file__).resolve().parents[2]
PICTURES = [ROOT / "assets" / "portraits" / name for name in ("resident_a.png", "resident_b.jpg")]


@pytest.fixture(scope="module")
def detector():
    return load_models(ROOT / "assets" / "models").detector


@pytest.mark.parametrize("path", PICTURES, ids=lambda path: path.stem)
def test_the_eyes_of_the_crop_are_where_a_look_at_the_crop_finds_them(detector, path):
    image = cv2.imread(str(path))
    face = detector.refine(image, detector.find(image)[0])
    told = eyes_in_portrait(face, image)
    crop = portrait_crop(image, face)
    found = eyes_in(detector.refine(crop, detector.find(crop)[0]), crop)
    for name in ("left_x", "left_y", "right_x", "right_y"):
        assert getattr(told, name) == pytest.approx(getattr(found, name), abs=0.02)
    assert told.left_x < told.right_x


def test_an_eye_outside_the_picture_is_not_told(detector):
    image = cv2.imread(str(PICTURES[0]))
    face = detector.find(image)[0]
    left = int(face.landmarks[0][0])
    assert eyes_in(face, np.ascontiguousarray(image[:, : left + 1])) is None
