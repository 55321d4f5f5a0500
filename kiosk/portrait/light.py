"""How light falls on a face and into the room, on aligned crops of 112 pixels. Pure."""

import cv2

from kiosk.portrait.faces import Image

_BRIGHT = 240
_CHEEKS_Y = slice(58, 84)
_LEFT_CHEEK_X, _RIGHT_CHEEK_X = slice(26, 48), slice(64, 86)


def face_light(crop: Image) -> tuple[float, float]:
    """Return mean grey and the share of pixels above 240."""
    grey = cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY)
    return float(grey.mean()), float((grey > _BRIGHT).mean())


def evenness(crop: Image) -> float:
    """Return the darker cheek's grey as a share of the lighter cheek's, 0..1."""
    grey = cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY)
    one = float(grey[_CHEEKS_Y, _LEFT_CHEEK_X].mean())
    other = float(grey[_CHEEKS_Y, _RIGHT_CHEEK_X].mean())
    return min(one, other) / max(one, other, 1.0)


def scene_grey(image: Image) -> float:
    """Return the mean grey of a whole picture, from every eighth pixel."""
    return float(image[::8, ::8].mean())
