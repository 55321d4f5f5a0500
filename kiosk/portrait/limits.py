"""Limits of a usable live frame and of a capture, with the values to start from.

Source: measurements on LFW with the shipped engines; ICAO-like criteria, not a certified
implementation of ISO/IEC 29794-5. Everything here may be set in config.
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
    yaw_max: float = 0.20  # nose offset / eye distance; about 80 degrees per unit
    roll_max_deg: float = 10.0
    face_grey_min: float = 60.0
    face_grey_max: float = 200.0
    overexposed_max_ratio: float = 0.05  # of the face's pixels above 240
    sharpness_min: float = 40.0  # variance of the Laplacian on the 112 px crop
    scene_grey_min: float = 30.0  # below it a missing face is the light's fault

    # A capture
    best_frames: int = 5
    frame_interval_s: float = 0.30  # the best frame of each interval is kept
    capture_timeout_s: float = 7.0
    fewest_frames: int = 3  # at the time-out fewer good frames than this decide nothing
    hint_stable_s: float = 0.8

    # A reference picture
    reference_detector_score_min: float = 0.60
    reference_eye_distance_min_px: float = 30.0
    reference_sharpness_min: float = 60.0  # a clean portrait has 100 and more
    reference_grey_min: float = 55.0
    reference_grey_max: float = 205.0
    reference_contrast_min: float = 20.0  # deviation of the grey on the crop: a faded picture
