"""A person before the camera of a hall, frame by frame, with what camera and person do."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

from kiosk.portrait.faces import FaceDetector, Image
from kiosk.portrait.slot_file import load_slot
from tests.portrait.pictures import MODELS

_SIZE = (1280, 720)
_SIDE = 620  # of the photograph before the hall
SWAPPED_FROM = 5
"""Another steps in at this frame; in the first second none counts, so some of the first do."""
Random = np.random.Generator
Change = Callable[[Image, Random], Image]


def unchanged(image: Image, random: Random) -> Image:
    return image


@dataclass(frozen=True)
class Scene:
    """Who stands before the camera and what the camera does with it."""

    photograph: Image
    camera: Change = unchanged
    person: Change = unchanged
    scale: float = 1.0
    roll_deg: float = 0.0
    second: Image | None = None
    swapped: Image | None = None
    still: bool = False


@cache
def detector() -> FaceDetector:
    return FaceDetector(load_slot(MODELS / "yunet" / "model.toml"))


@cache
def hall(seed: int) -> Image:
    """A hall with edges: counters, signs, lamps."""
    random = np.random.default_rng(seed)
    image = np.full((_SIZE[1], _SIZE[0], 3), 130, np.uint8)
    for _ in range(70):
        x, y = int(random.integers(0, _SIZE[0])), int(random.integers(0, _SIZE[1]))
        w, h = (int(v) for v in random.integers(20, 190, 2))
        colour = [int(v) for v in random.integers(50, 220, 3)]
        cv2.rectangle(image, (x, y), (x + w, y + h), colour, -1)
    return np.asarray(cv2.GaussianBlur(image, (0, 0), 1.0), np.uint8)


def frames_of(scene: Scene, seed: int) -> Iterator[Image]:
    """Yield frames without end: the person sways a little, the sensor makes noise."""
    random = np.random.default_rng(seed)
    last: Image | None = None
    number = 0
    while True:
        if scene.still and last is not None:
            yield last
            continue
        shown = scene.photograph
        if scene.swapped is not None and number >= SWAPPED_FROM:
            shown = scene.swapped
        frame = _place(hall(0), scene.person(shown, random), scene, number, 0.0)
        if scene.second is not None:
            frame = _place(frame, scene.second, scene, number, 430.0)
        frame = scene.camera(frame, random)
        noise = 2.5 * random.standard_normal(frame.shape, np.float32)
        last = np.clip(frame + noise, 0, 255).astype(np.uint8)
        number += 1
        yield last


def _place(room: Image, photograph: Image, scene: Scene, number: int, dx: float) -> Image:
    side = photograph.shape[0]
    factor = _SIDE / side * scene.scale * (1 + 0.01 * np.sin(number))
    matrix = cv2.getRotationMatrix2D((side / 2, side / 2), scene.roll_deg, factor)
    shift = -180.0 if scene.second is not None and dx == 0 else 0.0
    matrix[:, 2] += (
        _SIZE[0] / 2 - side / 2 + dx + shift + 6 * np.sin(number / 2),
        _SIZE[1] / 2 - side / 2 + 5 * np.cos(number / 2),
    )
    mask = np.zeros((side, side), np.float32)
    margin = side // 14
    mask[margin:-margin, margin:-margin] = 1
    mask = cv2.GaussianBlur(mask, (0, 0), margin / 3)
    person = cv2.warpAffine(photograph, matrix, _SIZE, flags=cv2.INTER_CUBIC).astype(np.float32)
    share = cv2.warpAffine(mask, matrix, _SIZE)[:, :, None]
    return np.clip(room * (1 - share) + person * share, 0, 255).astype(np.uint8)
