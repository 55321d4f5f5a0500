"""Which part of the camera picture the mirror shows: it follows the face. Pure."""

import numpy as np
from numpy.typing import NDArray

_GLIDE = 0.15  # of the way to the face with each picture: half of it in a fifth of a second


def followed(
    before: tuple[float, float] | None,
    face: tuple[int, int, int, int] | None,
    size: tuple[int, int],
    face_at: float,
) -> tuple[float, float]:
    """Return the middle of the part to show, 0..1 of the frame's width and height.

    It glides to where the face lies in the oval, for a child and in a wheelchair too; ``face_at``
    is the oval's height in the view. Without a face it glides back to the frame's middle.
    """
    height, width = size
    wanted = (0.5, 0.5)
    if face is not None:
        x, y, w, h = face
        wanted = ((x + w / 2) / width, (y + h / 2) / height + 0.5 - face_at)
    if before is None:
        return 0.5, 0.5
    return (
        before[0] + _GLIDE * (wanted[0] - before[0]),
        before[1] + _GLIDE * (wanted[1] - before[1]),
    )


def mirrored(
    image: NDArray[np.uint8], aspect: float, middle: tuple[float, float] = (0.5, 0.5)
) -> NDArray[np.uint8]:
    """Return the part of a BGR picture around ``middle`` with this width to height, mirrored, RGB.

    The part is as large as fits the picture; beyond the picture's edge the edge goes on.
    """
    height, width = image.shape[:2]
    wide = min(width, round(height * aspect))
    high = min(height, round(wide / aspect))
    left, top = round(middle[0] * width - wide / 2), round(middle[1] * height - high / 2)
    # What of the part lies in the picture: a face near its edge is common, so this is quick too.
    left, top = min(max(left, 1 - wide), width - 1), min(max(top, 1 - high), height - 1)
    x0, x1 = max(left, 0), min(left + wide, width)
    y0, y1 = max(top, 0), min(top + high, height)
    shown = np.empty((high, wide, 3), np.uint8)
    part = shown[:, ::-1, ::-1]
    within = slice(y0 - top, y1 - top), slice(x0 - left, x1 - left)
    part[within] = image[y0:y1, x0:x1]
    rows, columns = within
    part[rows, : columns.start] = part[rows, columns.start, None]
    part[rows, columns.stop :] = part[rows, columns.stop - 1, None]
    part[: rows.start] = part[rows.start]
    part[rows.stop :] = part[rows.stop - 1]
    return shown
