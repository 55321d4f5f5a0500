"""Finding faces: the detector, and what a found face looks like.

Computation on pictures only; what a face is good for is judged in quality.
"""

import dataclasses
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.portrait.network_errors import in_a_line
from kiosk.portrait.slots import ModelSlot, SlotError

Image = NDArray[np.uint8]
Points = NDArray[np.float32]

_CLOSE_UP_PX = 240
_UPRIGHT_DEG = 4.0
_CLOSE_UP_SPAN = 1.6  # of the face's longer side


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """One face in pixels of the picture it was found in.

    ``landmarks`` are five points: the eye at the left of the picture, the eye at the right,
    nose, mouth corner at the left, mouth corner at the right. ``close_up`` are the same five as
    found again on a close-up, where one was made.
    """

    x: float
    y: float
    width: float
    height: float
    score: float
    landmarks: Points
    close_up: Points | None = None

    @property
    def area(self) -> float:
        """Return the area of the box in square pixels."""
        return self.width * self.height

    @property
    def eye_distance(self) -> float:
        """Return the distance between the eyes in pixels."""
        return float(np.linalg.norm(self.landmarks[1] - self.landmarks[0]))

    @property
    def roll_deg(self) -> float:
        """Return the tilt of the line between the eyes, clockwise positive."""
        along = self.landmarks[1] - self.landmarks[0]
        return float(np.degrees(np.arctan2(along[1], along[0])))

    def scaled(self, factor: float) -> "Face":
        """Return the same face in a picture ``factor`` times as large."""
        return Face(
            self.x * factor,
            self.y * factor,
            self.width * factor,
            self.height * factor,
            self.score,
            (self.landmarks * factor).astype(np.float32),
            None if self.close_up is None else (self.close_up * factor).astype(np.float32),
        )

    def landmarks_of(self, look: str) -> Points:
        """Return the landmarks of the "whole" picture or of the "close_up", if there was one."""
        return self.landmarks if look == "whole" or self.close_up is None else self.close_up


class FaceDetector:
    """YuNet: faces with five landmarks, largest first, in pixels of the given picture."""

    def __init__(self, slot: ModelSlot) -> None:
        if slot.detector is None:
            raise SlotError(f"{slot.source}: {slot.name} is no detector")
        self._settings = slot.detector
        try:
            self._network: Any = cv2.FaceDetectorYN.create(
                str(slot.file("network")),
                "",
                (320, 320),
                self._settings.score_threshold,
                self._settings.overlap_threshold,
                50,
            )
            self.find(np.zeros((_CLOSE_UP_PX, _CLOSE_UP_PX, 3), np.uint8))
        except cv2.error as error:
            raise SlotError(
                f"{slot.source}: OpenCV cannot find faces with it: {in_a_line(error)}"
            ) from error

    def find(self, image: Image) -> list[Face]:
        """Return the faces, found on a picture scaled down to the slot's long side."""
        height, width = image.shape[:2]
        factor = min(1.0, self._settings.long_side_px / max(height, width))
        small = image
        if factor < 1.0:
            size = (max(1, round(width * factor)), max(1, round(height * factor)))
            small = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
        self._network.setInputSize((small.shape[1], small.shape[0]))
        rows = self._network.detect(small)[1]
        if rows is None:
            return []
        faces = [_face(row).scaled(1.0 / factor) for row in rows if np.isfinite(row).all()]
        return sorted(faces, key=lambda face: face.area, reverse=True)

    def refine(self, image: Image, face: Face) -> Face:
        """Return the face with its landmarks found again on an upright close-up.

        On small or tilted faces the landmarks of the whole picture lie up to an eighth of
        the eye distance off, and a tilt of 20 degrees reads as 5. The first close-up finds
        the tilt, the second, where it matters, is turned upright by it.
        """
        near = self._close_up(image, face, face.roll_deg)
        if abs(near.roll_deg) >= _UPRIGHT_DEG:
            near = self._close_up(image, near, near.roll_deg)
        return dataclasses.replace(near, close_up=near.landmarks)

    def find_main(self, image: Image) -> Face | None:
        """Return the main face of a still picture with its close-up; None without a face."""
        faces = self.find(image)
        if not faces:
            return None
        face = main_face(image, faces)
        return dataclasses.replace(face, close_up=self.refine(image, face).close_up)

    def follow(self, image: Image, face: Face) -> Face | None:
        """Return the face seen a moment ago where it is now; None when it is not there."""
        return self._near(image, face, face.roll_deg)

    def _close_up(self, image: Image, face: Face, tilt_deg: float) -> Face:
        found = self._near(image, face, tilt_deg)
        return face if found is None else dataclasses.replace(face, landmarks=found.landmarks)

    def _near(self, image: Image, face: Face, tilt_deg: float) -> Face | None:
        """Find the face on a close-up turned upright by ``tilt_deg``."""
        centre = (face.x + face.width / 2, face.y + face.height / 2)
        factor = _CLOSE_UP_PX / (_CLOSE_UP_SPAN * max(face.width, face.height, 1.0))
        matrix = cv2.getRotationMatrix2D(centre, tilt_deg, factor)
        matrix[:, 2] += _CLOSE_UP_PX / 2 - np.array(centre)
        picture = cv2.warpAffine(image, matrix, (_CLOSE_UP_PX, _CLOSE_UP_PX))
        self._network.setInputSize((_CLOSE_UP_PX, _CLOSE_UP_PX))
        rows = self._network.detect(picture)[1]
        if rows is None or not np.isfinite(rows).all():
            return None
        seen = max((_face(row) for row in rows), key=lambda found: found.area)
        back = cv2.invertAffineTransform(matrix)
        landmarks = (seen.landmarks @ back[:, :2].T + back[:, 2]).astype(np.float32)
        middle = np.array((seen.x + seen.width / 2, seen.y + seen.height / 2))
        x, y = back[:, :2] @ middle + back[:, 2]
        width, height = seen.width / factor, seen.height / factor
        left, top = float(x) - width / 2, float(y) - height / 2
        return Face(left, top, width, height, seen.score, landmarks)


def _face(row: NDArray[np.float32]) -> Face:
    x, y, width, height = (float(value) for value in row[:4])
    landmarks = np.asarray(row[4:14], np.float32).reshape(5, 2)
    return Face(x, y, width, height, float(row[14]), landmarks)


def main_face(image: Image, faces: list[Face]) -> Face:
    """Return whom a still picture is of: a large face near the middle, not one at the edge.

    A face a quarter of the shorter side off the middle counts half its area.
    """
    height, width = image.shape[:2]
    quarter = min(height, width) / 4

    def weight(face: Face) -> float:
        off_x = face.x + face.width / 2 - width / 2
        off_y = face.y + face.height / 2 - height / 2
        return face.area / float(1 + (off_x**2 + off_y**2) / quarter**2)

    return max(faces, key=weight)


_ARCFACE_112 = np.array(
    [
        [38.2946, 51.6963],
        [73.5318, 51.5014],
        [56.0252, 71.7366],
        [41.5493, 92.3655],
        [70.7299, 92.2041],
    ],
    np.float32,
)


def _similarity(points: Points, template: Points) -> NDArray[np.float64] | None:
    """Return the least-squares similarity transform (2 x 3) from points to template.

    Turn, scale and shift only: in complex numbers, template = a * points + b.
    """
    one, other = (p[:, 0] + 1j * p[:, 1] for p in (points.astype(float), template.astype(float)))
    centred = one - one.mean()
    spread = float((abs(centred) ** 2).sum())
    if not np.isfinite(spread) or spread < 1e-6:
        return None
    a = (np.conj(centred) * (other - other.mean())).sum() / spread
    b = other.mean() - a * one.mean()
    return np.array([[a.real, -a.imag, b.real], [a.imag, a.real, b.imag]])


def align_arcface(
    image: Image, face: Face, side_px: int = 112, look: str = "whole"
) -> Image | None:
    """Crop the face to the ArcFace template by a similarity transform of its landmarks.

    None when the landmarks do not form a face (all in one place).
    """
    matrix = _similarity(face.landmarks_of(look), _ARCFACE_112 * (side_px / 112))
    if matrix is None:
        return None
    crop = cv2.warpAffine(image, matrix, (side_px, side_px), flags=cv2.INTER_LINEAR)
    return np.asarray(crop, np.uint8)


def portrait_box(image: Image, face: Face) -> tuple[int, int, int, int]:
    """Return (left, top, width, height) of head and shoulders at 3:4, kept inside the picture."""
    height, width = image.shape[:2]
    crop_h = min(face.height * 2.0, float(height), width * 4 / 3)
    crop_w = crop_h * 3 / 4
    centre_x, centre_y = face.x + face.width / 2, face.y + face.height / 2
    left = round(min(max(centre_x - crop_w / 2, 0.0), width - crop_w))
    top = round(min(max(centre_y - crop_h / 2, 0.0), height - crop_h))
    return left, top, max(1, round(crop_w)), max(1, round(crop_h))


def portrait_crop(image: Image, face: Face, height_px: int = 640) -> Image:
    """Crop head and shoulders at 3:4, for people to look at."""
    left, top, width, height = portrait_box(image, face)
    part = image[top : top + height, left : left + width]
    size = (height_px * 3 // 4, height_px)
    way = cv2.INTER_AREA if part.shape[0] > height_px else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(part, size, interpolation=way), np.uint8)
