"""Whether eyes and mouth can be seen, on aligned crops of 112 pixels. Pure.

No network: an eye has a lid or a white about as light as the cheek below it and an iris that is
much darker; a mouth is a dark line. Sunglasses, hair, hands and masks have neither. On 1,160
faces of LFW the shipped limits stop every pair of dark sunglasses and 7 faces without any.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.portrait.faces import Image

_EYES = ((38, 52), (74, 52))
_EYE_REACH = (9, 5)
_CHEEK_X, _CHEEK_Y = 10, (10, 20)  # beside and below the eye
_MOUTH = (slice(84, 101), slice(44, 69))
_CENTRE = (slice(58, 74), slice(34, 78))  # nose and inner cheeks
_LOWER = (slice(80, 108), slice(40, 72))
_EYE_BAND = (slice(36, 68), slice(18, 94))
_CHIN = (slice(80, 110), slice(30, 82))
_EYES_SHARP = 90.0  # 2 of 100 clear faces have less; covered eyes have none to compare with
_LIGHT_QUANTILE = 0.8
_USUAL_GREY, _LEAST_GREY = 90.0, 20.0  # of the band of the eyes
_Grey = NDArray[np.float32]


def eyes(crop: Image) -> tuple[float, float]:
    """Return light and contrast of the less visible eye, both as shares of its cheek's grey.

    Light is the grey of the eye's lighter fifth, low behind dark glass. Contrast is the
    standard deviation, low where something plain covers the eye.
    """
    grey = np.asarray(cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY), np.float32)
    light, contrast = zip(*(_eye(grey, x, y) for x, y in _EYES), strict=True)
    return min(light), min(contrast)


def _eye(grey: _Grey, x: int, y: int) -> tuple[float, float]:
    across, up = _EYE_REACH
    patch = grey[y - up : y + up + 1, x - across : x + across + 1]
    below = grey[y + _CHEEK_Y[0] : y + _CHEEK_Y[1], x - _CHEEK_X : x + _CHEEK_X + 1]
    cheek = max(float(np.median(below)), 1.0)
    return float(np.quantile(patch, _LIGHT_QUANTILE)) / cheek, float(patch.std()) / cheek


def mouth_contrast(crop: Image) -> float:
    """Return how much darker the mouth's line is than what surrounds it, as a share of skin."""
    grey = np.asarray(cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY), np.float32)
    rows = grey[_MOUTH].mean(axis=1)
    skin = max(float(np.median(grey[_CENTRE])), 1.0)
    return float(np.median(rows) - rows.min()) / skin


def lower_face_colour(crop: Image) -> float:
    """Return how far the lower face's colour lies from the middle's, in a and b of CIE Lab."""
    lab = np.asarray(cv2.cvtColor(crop, cv2.COLOR_BGR2LAB), np.float32)
    middle, lower = (np.median(lab[part].reshape(-1, 3), axis=0) for part in (_CENTRE, _LOWER))
    return float(np.hypot(*(lower[1:] - middle[1:])))


def eye_sharpness(crop: Image) -> float:
    """Return the variance of the Laplacian on the band of the eyes, in a cap's shadow as in light.

    Edges of half the light have a quarter of the variance.
    """
    band = crop[_EYE_BAND]
    shade = max(_USUAL_GREY / max(float(band.mean()), _LEAST_GREY), 1.0)
    return _variance(band) * shade**2


def lower_face_detail(crop: Image) -> float:
    """Return how much finer the lower face is than the eyes, as a share of their sharpness.

    Nothing in a face is finer than its eyes by much; cloth and print are.
    """
    return _variance(crop[_CHIN]) / max(_variance(crop[_EYE_BAND]), _EYES_SHARP)


def _variance(part: Image) -> float:
    grey = cv2.cvtColor(np.ascontiguousarray(part), cv2.COLOR_BGR2GRAY)
    return float(cv2.Laplacian(grey, cv2.CV_64F).var())
