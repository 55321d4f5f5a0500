"""Whether what is behind a person stands still. Time comes in."""

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.portrait.faces import Face, Image

_STEP = 8
_COMPARED_S = 0.2  # with a picture so old: slow movement shows, drifting light does not
_CHANGED = 24.0  # grey levels; the sensor's noise stays below after smoothing
_LEAST_SHARE = 0.15  # of the picture; with less background in view nothing is said
_BESIDE, _ABOVE = 1.1, 0.6  # of the face's width and height: hair and shoulders are the person


class BackgroundWatch:
    """Compares each picture's background with that of a moment ago."""

    def __init__(self) -> None:
        self._before: NDArray[np.float32] | None = None
        self._before_s = 0.0
        self._free: NDArray[np.bool_] | None = None

    def motion(self, image: Image, face: Face | None, now_s: float) -> float:
        """Return the share of the background that changed, 0 while that cannot be said.

        A change of light that is the same everywhere is no movement.
        """
        grey = cv2.cvtColor(np.ascontiguousarray(image[::_STEP, ::_STEP]), cv2.COLOR_BGR2GRAY)
        now = np.asarray(cv2.blur(grey, (3, 3)), np.float32)
        free = _background(now.shape[0], now.shape[1], face)
        before, free_before = self._before, self._free
        if before is None or now_s - self._before_s >= _COMPARED_S:
            self._before, self._free, self._before_s = now, free, now_s
        if before is None or free_before is None or before.shape != now.shape:
            return 0.0
        both = free & free_before
        if both.mean() < _LEAST_SHARE:
            return 0.0
        change = (now - before)[both]
        return float((np.abs(change - np.median(change)) > _CHANGED).mean())


def _background(height: int, width: int, face: Face | None) -> NDArray[np.bool_]:
    free = np.ones((height, width), np.bool_)
    if face is not None:
        left = max(0, round((face.x - _BESIDE * face.width) / _STEP))
        right = max(0, round((face.x + (1 + _BESIDE) * face.width) / _STEP))
        top = max(0, round((face.y - _ABOVE * face.height) / _STEP))
        free[top:, left:right] = False
    return free
