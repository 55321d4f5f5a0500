"""What a camera or its line does to every part of a picture: noise, blocks, a wrong colour. Pure.

Each measure is of the whole picture, and a usual one has next to nothing of it whoever stands
there. All three spoil landmarks and scores, so that a face looks covered or turned.
"""

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.portrait.faces import Image

NOISE_MOST = 12.0
"""Grey levels. A usual sensor has 1 to 8; from 16 on faces begin to be misread."""
BLOCKS_MOST = 1.8
"""Of the usual step from pixel to pixel. A camera's JPEG has 1.2 and less."""
CAST_MOST = 25.0
"""Distance from grey in Lab a, b: 1 in 194 photographs has so much, a hall in warm light 17."""

_OFTEN = 0.75  # of a picture's places are free of edges
_OF_NORMAL = 1.15  # standard deviations: so large are three quarters of normal noise at most
_EVERY_ROW = 4
_FEWEST, _MOST_BLOCKS = 40, 320  # across: 32 to 4 pixels wide in a picture of 1280
_MOST_EDGES = 0.4  # of the blocks' edges may be invisible
_LEAST_STEP = 0.5
_COLOURS = (160, 90)
_LEAST_LIGHT = 40.0  # darker has no colour to speak of
_GREYEST = 0.05  # of the picture: there is something grey in every hall
_FEWEST_LIT = 200


def noise(image: Image) -> float:
    """Return the standard deviation of the noise in grey levels.

    Of two by two pixels the difference between the diagonals: an edge along rows or columns has
    none, and noise has it everywhere.
    """
    height, width = (side // 2 * 2 for side in image.shape[:2])
    if not height or not width:
        return 0.0
    grey = cv2.cvtColor(image[:height, :width], cv2.COLOR_BGR2GRAY).astype(np.float32)
    down, up = grey[0::2, 0::2] + grey[1::2, 1::2], grey[1::2, 0::2] + grey[0::2, 1::2]
    return float(np.quantile(np.abs(down - up)[::2], _OFTEN)) / 2 / _OF_NORMAL


def blocks(image: Image) -> float:
    """Return how much larger the steps are where blocks of one size meet than elsewhere.

    1 where there are none; of compression that is too strong, or of few and large pixels.
    """
    grey = cv2.cvtColor(np.ascontiguousarray(image), cv2.COLOR_BGR2GRAY).astype(np.float32)
    return max(_comb(grey[::_EVERY_ROW]), _comb(grey[:, ::_EVERY_ROW].T))


def _comb(grey: NDArray[np.float32]) -> float:
    edges = _edges(grey.shape[1])
    if not edges:
        return 0.0
    steps = np.abs(np.diff(grey, axis=1)).mean(axis=0)
    usual = max(float(np.median(steps)), _LEAST_STEP)
    return max(float(np.quantile(steps[at], _MOST_EDGES)) for at in edges) / usual


@lru_cache(4)
def _edges(width: int) -> tuple[NDArray[np.intp], ...]:
    """Return where blocks of one size after the other meet."""
    most = min(_MOST_BLOCKS, width // 4)
    return tuple(
        np.ceil(np.arange(1, count) * width / count - 1e-9).astype(np.intp) - 1
        for count in range(_FEWEST, most + 1)
    )


def compression(image: Image) -> float:
    """Return how much larger the steps are between JPEG's blocks of eight pixels than within.

    Of a still picture as it was encoded: one that was scaled has other blocks.
    """
    grey = cv2.cvtColor(np.ascontiguousarray(image), cv2.COLOR_BGR2GRAY).astype(np.float32)
    return max(_eighths(grey), _eighths(grey.T))


def _eighths(grey: NDArray[np.float32]) -> float:
    steps = np.abs(np.diff(grey, axis=1)).mean(axis=0)
    between = steps[7::8]
    within = np.delete(steps, np.s_[7::8])
    if not len(between) or not len(within):
        return 0.0
    return float(np.median(between)) / max(float(np.median(within)), _LEAST_STEP)


def colour_cast(image: Image) -> float:
    """Return how far from grey the greyest part of a picture is, in a and b of CIE Lab."""
    small = cv2.resize(image, _COLOURS, interpolation=cv2.INTER_AREA)
    lab = cv2.cvtColor(small, cv2.COLOR_BGR2LAB).reshape(-1, 3).astype(np.float32)
    lit = lab[lab[:, 0] > _LEAST_LIGHT]
    if len(lit) < _FEWEST_LIT:
        return 0.0
    return float(np.quantile(np.hypot(lit[:, 1] - 128, lit[:, 2] - 128), _GREYEST))
