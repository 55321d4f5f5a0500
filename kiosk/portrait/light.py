"""How light falls on a face, on aligned crops of 112 pixels, and into the room. Pure."""

import cv2
import numpy as np

from kiosk.portrait.faces import Image

_BRIGHT = 240
# The crop's corners show what is behind: a white wall there would make any face a burnt-out one.
_Y, _X = np.ogrid[:112, :112]
_FACE = ((_X - 55.5) / 32) ** 2 + ((_Y - 68) / 42) ** 2 <= 1
# Where a face would be, as shares of the frame: about as large as one, so that a dark head before
# a window fills it and the window behind stays outside.
_MIDDLE_Y, _MIDDLE_X = (0.36, 0.55), (0.42, 0.58)
_EVERY = 4  # pixel: light has no fine detail
_CHEEKS_Y = slice(58, 84)
_LEFT_CHEEK_X, _RIGHT_CHEEK_X = slice(26, 48), slice(64, 86)


def face_light(crop: Image) -> tuple[float, float]:
    """Return the face's mean grey and its share of pixels above 240, without what is behind."""
    grey = cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY)[_FACE]
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


def burnt_middle(image: Image) -> float:
    """Return the share of pixels above 240 in a picture's middle.

    The mean of a whole picture does not tell a burnt-out face: dark clothes hold it down, and a
    lamp may reach the face alone.
    """
    height, width = image.shape[:2]
    rows, columns = (
        slice(int(low * side), max(int(high * side), int(low * side) + 1), _EVERY)
        for (low, high), side in ((_MIDDLE_Y, height), (_MIDDLE_X, width))
    )
    middle = np.ascontiguousarray(image[rows, columns])
    return float((cv2.cvtColor(middle, cv2.COLOR_BGR2GRAY) > _BRIGHT).mean())
