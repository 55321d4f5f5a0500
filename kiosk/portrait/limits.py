"""Limits of a usable live frame and of a capture, with the values to start from.

Source: measurements on LFW with the shipped engines. The criteria follow ISO/IEC 29794-5 in name
and intent; this is no certified implementation of it. Everything here may be set in config, in
the range that stands with it.
"""

from dataclasses import dataclass
from typing import Annotated

from kiosk.portrait.ranges import Range

_Share = Annotated[float, Range(0, 1, off=0)]  # at least so much
_MostShare = Annotated[float, Range(0, 1, low_too=False, off=1)]  # at most so much
_Pixels = Annotated[float, Range(0, 400, off=0)]
_Degrees = Annotated[float, Range(0, 90, low_too=False, off=90)]
_Variance = Annotated[float, Range(0, 10_000, off=0)]
_Frames = Annotated[int, Range(1, 20)]
_Wait = Annotated[float, Range(0, 10)]


@dataclass(frozen=True, slots=True)
class PortraitLimits:
    """Gates of a live frame, rules of a capture, gates of a reference picture."""

    # A live frame
    detector_score_min: _Share = 0.90
    eye_distance_min_px: _Pixels = 45.0
    # of the frame's shorter side
    face_width_max_ratio: Annotated[float, Range(0, 2, low_too=False, off=2)] = 0.70
    # of the frame's width or height
    centre_offset_max_ratio: _MostShare = 0.38
    other_face_min_ratio: _MostShare = 1 / 3  # of the main face's area; smaller ones are far away
    # of the main face's area, when it is lower: in arms
    child_face_max_ratio: Annotated[float, Range(0, 1)] = 0.70
    yaw_max_deg: _Degrees = 16.0
    # of the way from eyes to mouth: 1 in a usual face, 0.81 and more in all that pass the yaw
    eye_span_min: Annotated[float, Range(0, 0.9, off=0)] = 0.78
    pitch_max_deg: _Degrees = 13.0
    roll_max_deg: Annotated[float, Range(0, 180, low_too=False, off=180)] = 10.0
    face_grey_min: Annotated[float, Range(0, 255, off=0, below="face_grey_max")] = 65.0
    face_grey_max: Annotated[float, Range(0, 255, low_too=False, off=255)] = 215.0
    overexposed_max_ratio: _MostShare = 0.05  # of the face's pixels above 240
    evenness_min: _Share = 0.45  # the darker cheek's grey, of the lighter one's
    sharpness_min: _Variance = 40.0  # variance of the Laplacian on the 112 px crop
    eye_light_min: _Share = 0.35  # of the cheek's grey; behind dark glass 0.1 to 0.3
    eye_contrast_min: _Share = 0.065  # of the cheek's grey; covered eyes 0.00 to 0.04
    mouth_contrast_min: _Share = 0.055  # of the skin's grey; masks 0.02 to 0.05
    # CIE Lab from the middle of the face; beards reach 22
    lower_face_colour_max: Annotated[float, Range(0, 500, low_too=False, off=500)] = 24.0
    # of the eyes' sharpness; faces reach 6.6, cloth with a pattern and print have 10 and more
    lower_face_detail_max: Annotated[float, Range(0, 500, low_too=False, off=500)] = 8.0
    background_motion_max_ratio: _MostShare = 0.50  # of the background, within 0.2 s
    # of the frame's middle, above 240: so large a part is a face that is burnt out and not found
    burnt_middle_max_ratio: _MostShare = 0.40
    # below it a missing face is the light's fault
    scene_grey_min: Annotated[float, Range(0, 254, off=0, below="scene_grey_max")] = 30.0
    # above it too: the picture is burnt out
    scene_grey_max: Annotated[float, Range(0, 255, low_too=False, off=255)] = 240.0

    # A capture
    best_frames: _Frames = 5
    frame_interval_s: _Wait = 0.30  # the best frame of each interval is kept
    # for taking off mask and glasses, before frames count
    prepare_s: _Wait = 1.0
    capture_timeout_s: Annotated[float, Range(1, 60)] = 7.0  # from then on
    left_s: _Wait = 1.0  # with nobody there for so long, the frames before do not count
    fewest_frames: _Frames = 3  # at the time-out fewer good frames than this decide nothing
    hint_stable_s: _Wait = 0.8
    light_wait_s: _Wait = 0.8  # of wrong light before the screen becomes a lamp
    light_frames_max_ratio: _MostShare = 0.5  # more dark or bright frames: it is the light

    # A reference picture
    # of 2,320 photographs 1 in 200 has less than 0.88; one that lies on its side 0.72 to 0.77
    reference_detector_score_min: _Share = 0.85
    reference_eye_distance_min_px: _Pixels = 30.0
    reference_sharpness_min: _Variance = 60.0  # a clean portrait has 100 and more
    reference_grey_min: Annotated[float, Range(0, 255, off=0, below="reference_grey_max")] = 60.0
    reference_grey_max: Annotated[float, Range(0, 255, low_too=False, off=255)] = 205.0
    # steps between JPEG's blocks, of those within; at quality 20 below 3.2, at 5 above 3.4
    reference_blocks_max: Annotated[float, Range(1, 500, low_too=False, off=500)] = 5.0
    # deviation of the grey on the crop: a faded picture
    reference_contrast_min: Annotated[float, Range(0, 127, off=0)] = 20.0
