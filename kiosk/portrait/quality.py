"""Judging a live frame: named measures with units and limits, none of them a decision.

Every measure here needs its line in criteria, which says what failing it means.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from kiosk.portrait.faces import Face, FaceDetector, Image, align_arcface, other_faces
from kiosk.portrait.limits import PortraitLimits
from kiosk.values import Measure

# Names of the measures; also the keys of evidence and of config's sentences.
FACES = "faces"
DETECTOR_SCORE = "detector_score"
EYE_DISTANCE = "eye_distance"
FACE_WIDTH = "face_width"
CENTRE_OFFSET = "centre_offset"
YAW = "yaw"
ROLL = "roll"
FACE_GREY = "face_grey"
OVEREXPOSED = "overexposed"
SHARPNESS = "sharpness"
SCENE_GREY = "scene_grey"
CONTRAST = "contrast"


@dataclass(frozen=True, slots=True, eq=False)
class Assessment:
    """One frame judged: its main face, if any, and the measures in the order of judging."""

    face: Face | None
    measures: tuple[Measure, ...]

    @property
    def good(self) -> bool:
        """Say whether a face is there and every measure lies within its limits."""
        return self.face is not None and all(measure.ok for measure in self.measures)

    def value(self, name: str) -> float:
        """Return a measure's value; KeyError when it was not taken."""
        for measure in self.measures:
            if measure.name == name:
                return measure.value
        raise KeyError(name)

    def failed(self) -> tuple[str, ...]:
        """Return the names of the measures outside their limits."""
        return tuple(measure.name for measure in self.measures if not measure.ok)


def nose_offset(face: Face) -> float:
    """Return how far the nose lies beside the middle of the eyes, in eye distances.

    Positive when the nose is to the right of the picture. About 80 degrees of yaw per unit.
    """
    left, right, nose = face.landmarks[:3]
    along = right - left
    length = max(float(np.linalg.norm(along)), 1e-6)
    return float(np.dot(nose - (left + right) / 2, along) / length**2)


def face_light(crop: Image) -> tuple[float, float]:
    """Return mean grey and the share of pixels above 240 of an aligned face."""
    grey = cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY)
    return float(grey.mean()), float((grey > 240).mean())


def sharpness(crop: Image) -> float:
    """Return the variance of the Laplacian on an aligned face of 112 pixels."""
    grey = cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY)
    return float(cv2.Laplacian(grey, cv2.CV_64F).var())


def scene_grey(image: Image) -> float:
    """Return the mean grey of the whole picture, from every eighth pixel."""
    return float(image[::8, ::8].mean())


def assess_frame(image: Image, detector: FaceDetector, limits: PortraitLimits) -> Assessment:
    """Find the faces of a live frame and judge it."""
    faces = detector.find(image)
    return assess(image, faces, detector.refine(image, faces[0]) if faces else None, limits)


def assess(
    image: Image, faces: list[Face], close_up: Face | None, limits: PortraitLimits
) -> Assessment:
    """Judge a live frame by its faces, largest first, and by the close-up of the largest.

    Pose is read from the close-up's landmarks. Light comes before sharpness: noise in the
    dark looks sharp.
    """
    scene = Measure(SCENE_GREY, scene_grey(image), "grey level", limits.scene_grey_min, None)
    if not faces:
        return Assessment(None, (Measure(FACES, 0, "faces", 1, 1), scene))
    face = faces[0]
    pose = face if close_up is None else close_up
    measures = [
        Measure(FACES, 1 + other_faces(faces), "faces", 1, 1),
        scene,
        Measure(DETECTOR_SCORE, face.score, "score", limits.detector_score_min, None),
        Measure(EYE_DISTANCE, face.eye_distance, "px", limits.eye_distance_min_px, None),
        *_place(image, face, limits),
        Measure(YAW, nose_offset(pose), "eye distances", -limits.yaw_max, limits.yaw_max),
        Measure(ROLL, pose.roll_deg, "degrees", -limits.roll_max_deg, limits.roll_max_deg),
    ]
    crop = align_arcface(image, face)
    if crop is None:
        measures.append(Measure(SHARPNESS, 0.0, "variance", limits.sharpness_min, None))
    else:
        measures.extend(_picture(crop, limits))
    return Assessment(face, tuple(measures))


def _place(image: Image, face: Face, limits: PortraitLimits) -> tuple[Measure, ...]:
    height, width = image.shape[:2]
    offset = max(
        abs((face.x + face.width / 2) / width - 0.5),
        abs((face.y + face.height / 2) / height - 0.5),
    )
    share = face.width / min(height, width)
    return (
        Measure(FACE_WIDTH, share, "of short side", None, limits.face_width_max_ratio),
        Measure(CENTRE_OFFSET, offset, "of frame", None, limits.centre_offset_max_ratio),
    )


def _picture(crop: Image, limits: PortraitLimits) -> tuple[Measure, ...]:
    grey, bright = face_light(crop)
    return (
        Measure(FACE_GREY, grey, "grey level", limits.face_grey_min, limits.face_grey_max),
        Measure(OVEREXPOSED, bright, "of face", None, limits.overexposed_max_ratio),
        Measure(SHARPNESS, sharpness(crop), "variance", limits.sharpness_min, None),
    )


def assess_reference(image: Image, face: Face, limits: PortraitLimits) -> tuple[Measure, ...]:
    """Judge the face of a reference picture. A poor one is compared with all the same."""
    crop = align_arcface(image, face)
    picture: tuple[Measure, ...] = ()
    if crop is not None:
        grey, _ = face_light(crop)
        low, high = limits.reference_grey_min, limits.reference_grey_max
        contrast = float(cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY).std())
        sharp = limits.reference_sharpness_min
        picture = (
            Measure(FACE_GREY, grey, "grey level", low, high),
            Measure(CONTRAST, contrast, "grey level", limits.reference_contrast_min, None),
            Measure(SHARPNESS, sharpness(crop), "variance", sharp, None),
        )
    return (
        *picture,
        Measure(DETECTOR_SCORE, face.score, "score", limits.reference_detector_score_min, None),
        Measure(EYE_DISTANCE, face.eye_distance, "px", limits.reference_eye_distance_min_px, None),
    )


def rank(assessment: Assessment, limits: PortraitLimits) -> float:
    """Return how good a good frame is, higher is better: frontal, upright, sharp, sure."""
    return (
        assessment.value(DETECTOR_SCORE) * 2
        - abs(assessment.value(YAW)) / limits.yaw_max * 0.5
        - abs(assessment.value(ROLL)) / limits.roll_max_deg * 0.25
        + min(assessment.value(SHARPNESS) / limits.sharpness_min, 8.0) / 8.0
    )
