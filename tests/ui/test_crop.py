"""The mirror shows the face in its oval, wherever in the frame it is."""

import numpy as np
import pytest

from kiosk.ui.widgets.crop import followed, mirrored

SIZE = (720, 1280)
FACE_AT = 0.43


def settled(face, start=(0.5, 0.5)):
    middle = start
    for _ in range(60):
        middle = followed(middle, face, SIZE, FACE_AT)
    return middle


def picture_with(face):
    image = np.zeros((*SIZE, 3), np.uint8)
    x, y, w, h = face
    image[y : y + h, x : x + w] = 255
    return image


@pytest.mark.parametrize(
    "face", [(560, 250, 160, 200), (500, 500, 160, 200), (900, 40, 160, 200), (40, 480, 160, 200)]
)
def test_crop_brings_the_face_into_the_oval(face):
    shown = mirrored(picture_with(face), 1.0, settled(face))
    rows, columns = np.nonzero(shown[:, :, 0])
    assert shown.shape == (720, 720, 3)
    assert columns.mean() == pytest.approx(360, abs=6)
    assert rows.mean() == pytest.approx(720 * FACE_AT, abs=6)


def test_crop_glides_and_returns_when_nobody_is_there():
    face = (560, 480, 160, 200)
    first = followed((0.5, 0.5), face, SIZE, FACE_AT)
    assert 0.5 < first[1] < settled(face)[1]
    assert settled(None, settled(face)) == pytest.approx((0.5, 0.5), abs=1e-3)


def test_picture_is_mirrored_and_rgb():
    image = np.zeros((4, 8, 3), np.uint8)
    image[:, 2] = (255, 0, 0)
    assert mirrored(image, 1.0)[0, 3].tolist() == [0, 0, 255]


@pytest.mark.parametrize("middle", [(0.5, 0.5), (0.02, 0.9), (0.98, 0.1), (0.3, 0.7), (-0.2, 1.3)])
def test_beyond_the_edge_the_edge_goes_on(middle):
    image = np.random.default_rng(1).integers(0, 256, (36, 64, 3), np.uint8)
    shown = mirrored(image, 1.0, middle)
    top, left = round(middle[1] * 36 - 18), round(middle[0] * 64 - 18)
    rows = np.clip(np.arange(top, top + 36), 0, 35)
    columns = np.clip(np.arange(left, left + 36), 0, 63)
    np.testing.assert_array_equal(shown, image[rows][:, columns][:, ::-1, ::-1])
