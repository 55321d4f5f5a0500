"""Heads turned in depth, made from a photograph: an ellipsoid with a nose, seen from aside.

Unlike a photograph held at a slant, this moves the nose against the eyes, as a head does.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.portrait.faces import Face, Image

_NOSE = 0.7  # of the eye distance, before the ellipsoid


def turn_head(image: Image, face: Face, yaw_deg: float) -> Image:
    """Turn the head about its upright axis; positive brings the nose to the picture's right."""
    height, width = image.shape[:2]
    eyes = face.eye_distance
    centre_x = float(face.landmarks[:2, 0].mean())
    nose = face.landmarks[2]
    half_w, half_h = face.width * 0.68, face.height * 0.95
    centre_y = face.y + face.height * 0.45
    x = np.arange(width, dtype=np.float64)
    angle = np.radians(yaw_deg)
    map_x = np.tile(x.astype(np.float32), (height, 1))
    for row in range(max(0, int(centre_y - half_h)), min(height, int(centre_y + half_h))):
        depth = _depth(x, row, centre_x, centre_y, half_w, half_h)
        depth += (
            _NOSE
            * eyes
            * np.exp(
                -(((x - nose[0]) / (0.22 * eyes)) ** 2) - ((row - nose[1]) / (0.35 * eyes)) ** 2
            )
        )
        inside = depth > 0
        if inside.sum() < 4:
            continue
        seen = centre_x + (x - centre_x) * np.cos(angle) + depth * np.sin(angle)
        map_x[row] = _visible(x, seen, inside)
    rows = np.tile(np.arange(height, dtype=np.float32)[:, None], (1, width))
    return np.asarray(cv2.remap(image, map_x, rows, cv2.INTER_LINEAR), np.uint8)


def _depth(
    x: NDArray[np.float64], row: int, cx: float, cy: float, half_w: float, half_h: float
) -> NDArray[np.float64]:
    inner = 1 - ((x - cx) / half_w) ** 2 - ((row - cy) / half_h) ** 2
    return half_w * np.sqrt(np.maximum(inner, 0.0))


def _visible(
    x: NDArray[np.float64], seen: NDArray[np.float64], inside: NDArray[np.bool_]
) -> NDArray[np.float32]:
    """Return for each place of a row where in the source its colour lies; the nearest wins."""
    source, place = x[inside], seen[inside]
    front = np.maximum.accumulate(place) == place  # what lies behind the edge is hidden
    source, place = source[front], place[front]
    taken = np.interp(x, place, source)
    # Beyond the head the room is where it was.
    outside = (x < place[0]) | (x > place[-1])
    return np.where(outside, x, taken).astype(np.float32)


def slant_photograph(image: Image, face: Face, degrees: float) -> Image:
    """Turn a flat photograph about an upright axis through the nose, before a grey wall."""
    height, width = image.shape[:2]
    angle, far = np.radians(degrees), 1200.0
    nose = face.landmarks[2]
    lens = np.array([[far, 0, nose[0]], [0, far, nose[1]], [0, 0, 1]])
    plane = np.array([[np.cos(angle), 0, 0], [0, 1, 0], [-np.sin(angle), 0, far]])
    centred = np.array([[1, 0, -nose[0]], [0, 1, -nose[1]], [0, 0, 1]], np.float64)
    flat = cv2.warpPerspective(
        image, lens @ plane @ centred, (width, height), borderValue=(90, 90, 90)
    )
    return np.asarray(flat, np.uint8)


def step_closer(image: Image, face: Face, factor: float) -> Image:
    """Enlarge the frame about the face, as somebody who comes closer does."""
    centre = (face.x + face.width / 2, face.y + face.height / 2)
    matrix = cv2.getRotationMatrix2D(centre, 0.0, factor)
    height, width = image.shape[:2]
    near = cv2.warpAffine(image, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(near, np.uint8)
