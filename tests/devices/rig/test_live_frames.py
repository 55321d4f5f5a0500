"""Live frames differ from their still and from each other, and repeat with their seed."""

from itertools import islice
from pathlib import Path

import cv2
import numpy as np
import pytest

from devices.rig.live_frames import RESIDENT_A, LiveChanges, camera_like_frames

PORTRAIT = Path(__file__).parents[3] / "assets" / "portraits" / "resident_a.png"
STILL = LiveChanges(
    scale=0,
    shift=0,
    roll_deg=0,
    light=0,
    side_light=0,
    blur_px=0,
    noise=0,
    jpeg_quality=100,
    size=(256, 256),
)


def test_frames_have_the_cameras_shape_and_never_repeat() -> None:
    first, second, third = islice(camera_like_frames(PORTRAIT, 1, RESIDENT_A), 3)
    assert first.shape == (720, 1280, 3)
    assert first.dtype == np.uint8
    assert not np.array_equal(first, second)
    assert not np.array_equal(second, third)


def test_same_seed_gives_the_same_frames() -> None:
    one = list(islice(camera_like_frames(PORTRAIT, 5), 2))
    two = list(islice(camera_like_frames(PORTRAIT, 5), 2))
    other = next(camera_like_frames(PORTRAIT, 6))
    assert all(np.array_equal(a, b) for a, b in zip(one, two, strict=True))
    assert not np.array_equal(one[0], other)


@pytest.mark.parametrize(
    "change",
    [
        {"scale": 0.2},
        {"shift": 0.1},
        {"roll_deg": 8.0},
        {"light": 0.4},
        {"side_light": 0.4},
        {"blur_px": 3.0},
        {"noise": 8.0},
        {"jpeg_quality": 30},
    ],
    ids=lambda change: next(iter(change)),
)
def test_every_named_change_does_something(change: dict[str, float]) -> None:
    values = {name: getattr(STILL, name) for name in LiveChanges.__dataclass_fields__}
    changed = LiveChanges(**{**values, **change})
    plain = next(camera_like_frames(PORTRAIT, 3, STILL)).astype(int)
    frame = next(camera_like_frames(PORTRAIT, 3, changed)).astype(int)
    assert np.abs(frame - plain).mean() > 0.5


def test_missing_portrait_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"none\.png"):
        next(camera_like_frames(tmp_path / "none.png", 1))


def test_picture_in_memory_does_as_well_as_a_file() -> None:
    image = cv2.imread(str(PORTRAIT))
    assert image is not None
    a = next(camera_like_frames(np.ascontiguousarray(image, np.uint8), 2))
    assert np.array_equal(a, next(camera_like_frames(PORTRAIT, 2)))
