"""Limits of a usable live frame and of a capture, with the values to start from.

Source: measurements on LFW with the shipped engines. The criteria follow ISO/IEC 29794-5 in name
and intent; this is no certified implementation of it. Everything here may be set in config.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PortraitLimits:
    """Gates of a live frame, rules of a capture, gates of a reference picture."""

    # A live frame
    detector_score_min: float = 0.90
    eye_distance_min_px: float = 45.0
    face_width_max_ratio: float = 0.70  # of the frame's shorter side
    centre_offset_max_ratio: float = 0.38  # of the frame's width or height
    other_face_min_ratio: float = 1 / 3  # of the main face's area; smaller ones are far away
    child_face_max_ratio: float = 0.70  # of the main face's area, when it is lower: in arms
    yaw_max_deg: float = 16.0
    pitch_max_deg: float = 13.0
    roll_max_deg: float = 10.0
    face_grey_min: float = 60.0
    face_grey_max: float = 200.0
    overexposed_max_ratio: float = 0.05  # of the face's pixels above 240
    evenness_min: float = 0.45  # the darker cheek's grey, of the lighter one's
    sharpness_min: float = 40.0  # variance of the Laplacian on the 112 px crop
    eye_light_min: float = 0.35  # of the cheek's grey; behind dark glass 0.1 to 0.3
    eye_contrast_min: float = 0.065  # of the cheek's grey; covered eyes 0.00 to 0.04
    mouth_contrast_min: float = 0.055  # of the skin's grey; masks 0.02 to 0.05
    lower_face_colour_max: float = 24.0  # CIE Lab from the middle of the face; beards reach 22
    background_motion_max_ratio: float = 0.50  # of the background, within 0.2 s
    scene_grey_min: float = 30.0  # below it a missing face is the light's fault
    scene_grey_max: float = 240.0  # above it too: the picture is burnt out

    # A capture
    best_frames: int = 5
    frame_interval_s: float = 0.30  # the best frame of each interval is kept
    prepare_s: float = 1.0  # for taking off mask and glasses, before frames count
    capture_timeout_s: float = 7.0  # from then on
    left_s: float = 1.0  # with nobody there for so long, the frames before do not count
    fewest_frames: int = 3  # at the time-out fewer good frames than this decide nothing
    hint_stable_s: float = 0.8
    light_wait_s: float = 0.8  # of wrong light before the screen becomes a lamp
    light_frames_max_ratio: float = 0.5  # more dark or bright frames: it is the light

    # A reference picture
    reference_detector_score_min: float = 0.60
    reference_eye_distance_min_px: float = 30.0
    reference_sharpness_min: float = 60.0  # a clean portrait has 100 and more
    reference_grey_min: float = 55.0
    reference_grey_max: float = 205.0
    reference_contrast_min: float = 20.0  # deviation of the grey on the crop: a faded picture
