"""Somebody in the shade: a face too dark to be found is looked for on a brightened copy.

Before a bright window, or in a dark hall, a face may be all but black, and nobody is found where
somebody stands. Time comes in.
"""

from collections.abc import Callable

import cv2
import numpy as np

from kiosk.portrait.faces import Face, Image, align_arcface
from kiosk.portrait.light import face_light
from kiosk.portrait.limits import PortraitLimits
from kiosk.portrait.tracking import Sighting

EVERY_S = 0.5
"""A look costs half a frame's time: no more of them, and the first when nobody was seen so long."""
_LONG_SIDE_PX = 640
_GRAIN = 1.8  # pixels of the small copy: brightened noise hides a face
_SHADE = 60.0  # grey level: what is darker is brightened
_LEAST_SHADE = 0.05  # of the picture
_DARKEST, _LIGHTEST = 0.02, 0.95  # of the shade, which become black and light
_LIGHT = 200.0
_SURE = 0.70  # of 36 dark halls with nobody there none shows a face, be it doubted
_IN_SHADE = 0.5  # of the least grey of a face; a lighter one is found without help

Find = Callable[[Image], list[Face]]


class ShadeWatch:
    """Looks at each picture in which no face is sure."""

    def __init__(self, find: Find, limits: PortraitLimits) -> None:
        self._find, self._limits = find, limits
        self._since_s: float | None = None
        self._looked_s = float("-inf")
        self._face: Face | None = None

    def look(self, image: Image, sighting: Sighting, now_s: float) -> Sighting:
        """Return what was seen, or the face in the shade where no face was sure.

        It stays until the next look, where the picture is still dark. It is never fit for
        comparison.
        """
        if sighting.faces and sighting.faces[0].score >= self._limits.detector_score_min:
            self._since_s = self._face = None
            return sighting
        if self._since_s is None:
            self._since_s = now_s
        if now_s - max(self._since_s, self._looked_s) >= EVERY_S:
            self._looked_s = now_s
            self._face = self._find_in_shade(image)
        if self._face is None or not self._is_dark(image, self._face):
            return sighting
        return Sighting([self._face], None, searched=False)

    def _find_in_shade(self, image: Image) -> Face | None:
        factor = min(1.0, _LONG_SIDE_PX / max(image.shape[:2]))
        bright = brighten(image, factor)
        faces = [] if bright is None else self._find(bright)
        sure = [face for face in faces if face.score >= _SURE]
        return sure[0].scaled(1.0 / factor) if sure else None

    def _is_dark(self, image: Image, face: Face) -> bool:
        crop = align_arcface(image, face)
        return crop is not None and face_light(crop)[0] < _IN_SHADE * self._limits.face_grey_min


def brighten(image: Image, factor: float) -> Image | None:
    """Return a smaller copy whose shade is spread over all greys; None where there is none.

    It is made smaller and smooth before it becomes grey levels again: one level of the shade
    becomes ten or more, and what noise leaves of a face lies between two levels.
    """
    size = (max(1, round(image.shape[1] * factor)), max(1, round(image.shape[0] * factor)))
    small = cv2.resize(image.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), _GRAIN)
    grey = small.mean(axis=2)
    shade = grey[grey < _SHADE]
    if shade.size < _LEAST_SHADE * grey.size:
        return None
    dark, light = np.quantile(shade, (_DARKEST, _LIGHTEST))
    spread = (small - dark) * (_LIGHT / max(float(light - dark), 1.0))
    return np.asarray(np.clip(spread, 0, 255), np.uint8)
