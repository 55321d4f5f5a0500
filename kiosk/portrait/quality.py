"""Judging a live frame: named measures with units and limits, none of them a decision.

The names follow the components of ISO/IEC 29794-5. Every measure here needs its line in
criteria, which says what failing it means; those of a whole capture need none.
"""

from dataclasses import dataclass, replace

import cv2

from kiosk.portrait.company import rivals
from kiosk.portrait.disturbance import compression
from kiosk.portrait.faces import Face, FaceDetector, Image, align_arcface
from kiosk.portrait.light import burnt_middle, evenness, face_light, scene_grey
from kiosk.portrait.limits import PortraitLimits
from kiosk.portrait.pose import eye_span, pitch_deg, yaw_deg
from kiosk.portrait.tracking import Sighting, search
from kiosk.portrait.visibility import (
    eyes,
    lower_face_colour,
    lower_face_detail,
    mouth_contrast,
)
from kiosk.values import Measure

# Names of the measures of a frame; also the keys of evidence and of the console's words.
FACES = "faces"
DETECTOR_SCORE = "detector_score"
EYE_DISTANCE = "eye_distance"
FACE_WIDTH = "face_width"
CENTRE_OFFSET = "centre_offset"
YAW = "yaw"
EYE_SPAN = "eye_span"
PITCH = "pitch"
ROLL = "roll"
FACE_GREY = "face_grey"
OVEREXPOSED = "overexposed"
EVENNESS = "evenness"
SHARPNESS = "sharpness"
EYE_LIGHT = "eye_light"
EYE_CONTRAST = "eye_contrast"
MOUTH_CONTRAST = "mouth_contrast"
LOWER_FACE_COLOUR = "lower_face_colour"
LOWER_FACE_DETAIL = "lower_face_detail"
BACKGROUND_MOTION = "background_motion"
BURNT_MIDDLE = "burnt_middle"
SCENE_GREY = "scene_grey"
FRAME_MEASURES = (
    FACES,
    BURNT_MIDDLE,
    SCENE_GREY,
    DETECTOR_SCORE,
    EYE_DISTANCE,
    FACE_WIDTH,
    CENTRE_OFFSET,
    YAW,
    EYE_SPAN,
    PITCH,
    ROLL,
    FACE_GREY,
    OVEREXPOSED,
    EVENNESS,
    SHARPNESS,
    EYE_LIGHT,
    EYE_CONTRAST,
    MOUTH_CONTRAST,
    LOWER_FACE_COLOUR,
    LOWER_FACE_DETAIL,
    BACKGROUND_MOTION,
)

_SHARP = PortraitLimits().sharpness_min  # what sharpness is ranked by when its gate is off

# Names of the measures of a whole capture.
GOOD_FRAMES = "good_frames"
DARK_FRAMES = "dark_frames"
BRIGHT_FRAMES = "bright_frames"
LAMP = "lamp"
SAME_FACE = "same_face"
CAPTURE_MEASURES = (GOOD_FRAMES, DARK_FRAMES, BRIGHT_FRAMES, LAMP, SAME_FACE)

# Names of the measures that only a reference picture has.
CONTRAST = "contrast"
BLOCKS = "blocks"


@dataclass(frozen=True, slots=True, eq=False)
class Assessment:
    """One frame judged: its main face, if any, and the measures in the order of judging.

    ``comparable`` says whether the whole picture was searched: the face's landmarks are then
    those that recognition was measured with.
    """

    face: Face | None
    measures: tuple[Measure, ...]
    comparable: bool = True

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


def assess_frame(image: Image, detector: FaceDetector, limits: PortraitLimits) -> Assessment:
    """Find the faces of a single frame and judge it."""
    return assess(image, search(image, detector), limits)


def assess(
    image: Image, sighting: Sighting, limits: PortraitLimits, background_motion: float = 0.0
) -> Assessment:
    """Judge a live frame by what was seen on it.

    Pose is read from the close-up's landmarks.
    """
    faces = sighting.faces
    if not faces:
        nobody = (Measure(FACES, 0, "faces", 1, 1), *_scene(image, limits))
        return Assessment(None, nobody, sighting.searched)
    face = faces[0]
    pose = face if sighting.close_up is None else sighting.close_up
    face = replace(face, close_up=pose.close_up)
    moved = limits.background_motion_max_ratio
    measures = (
        Measure(FACES, 1 + rivals(faces, limits), "faces", 1, 1),
        *(replace(measure, low=None, high=None) for measure in _scene(image, limits)),
        Measure(DETECTOR_SCORE, face.score, "score", limits.detector_score_min, None),
        Measure(EYE_DISTANCE, face.eye_distance, "px", limits.eye_distance_min_px, None),
        *_place(image, face, limits),
        _angle(YAW, yaw_deg(pose), limits.yaw_max_deg),
        Measure(EYE_SPAN, eye_span(pose), "of eyes to mouth", limits.eye_span_min, None),
        _angle(PITCH, pitch_deg(pose), limits.pitch_max_deg),
        _angle(ROLL, pose.roll_deg, limits.roll_max_deg),
        *_picture(align_arcface(image, face), limits),
        Measure(BACKGROUND_MOTION, background_motion, "of background", None, moved),
    )
    return Assessment(face, measures, sighting.searched)


def _scene(image: Image, limits: PortraitLimits) -> tuple[Measure, ...]:
    """Measure the scene's light. Where a face is found, its own light decides instead."""
    low, high = limits.scene_grey_min, limits.scene_grey_max
    burnt = limits.burnt_middle_max_ratio
    return (
        Measure(BURNT_MIDDLE, burnt_middle(image), "of middle", None, burnt),
        Measure(SCENE_GREY, scene_grey(image), "grey level", low, high),
    )


def _angle(name: str, value: float, most: float) -> Measure:
    return Measure(name, value, "degrees", -most, most)


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


def _picture(crop: Image | None, limits: PortraitLimits) -> tuple[Measure, ...]:
    if crop is None:
        return (Measure(SHARPNESS, 0.0, "variance", limits.sharpness_min, None),)
    grey, bright = face_light(crop)
    eye_light, eye_contrast = eyes(crop)
    mouth, colour = mouth_contrast(crop), lower_face_colour(crop)
    detail = lower_face_detail(crop)
    return (
        Measure(FACE_GREY, grey, "grey level", limits.face_grey_min, limits.face_grey_max),
        Measure(OVEREXPOSED, bright, "of face", None, limits.overexposed_max_ratio),
        Measure(EVENNESS, evenness(crop), "of lighter side", limits.evenness_min, None),
        Measure(SHARPNESS, sharpness(crop), "variance", limits.sharpness_min, None),
        Measure(EYE_LIGHT, eye_light, "of skin", limits.eye_light_min, None),
        Measure(EYE_CONTRAST, eye_contrast, "of skin", limits.eye_contrast_min, None),
        Measure(MOUTH_CONTRAST, mouth, "of skin", limits.mouth_contrast_min, None),
        Measure(LOWER_FACE_COLOUR, colour, "Lab", None, limits.lower_face_colour_max),
        Measure(LOWER_FACE_DETAIL, detail, "of eyes", None, limits.lower_face_detail_max),
    )


def sharpness(crop: Image) -> float:
    """Return the variance of the Laplacian on an aligned face of 112 pixels."""
    grey = cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY)
    return float(cv2.Laplacian(grey, cv2.CV_64F).var())


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
        Measure(BLOCKS, compression(image), "of steps within", None, limits.reference_blocks_max),
    )


def rank(assessment: Assessment, limits: PortraitLimits) -> float:
    """Return how good a good frame is, higher is better: frontal, upright, sharp, sure."""
    return (
        assessment.value(DETECTOR_SCORE) * 2
        - abs(assessment.value(YAW)) / limits.yaw_max_deg * 0.5
        - abs(assessment.value(PITCH)) / limits.pitch_max_deg * 0.25
        - abs(assessment.value(ROLL)) / limits.roll_max_deg * 0.25
        + min(assessment.value(SHARPNESS) / (limits.sharpness_min or _SHARP), 8.0) / 8.0
    )
