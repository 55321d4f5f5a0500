"""A covered face whose points lie askew is told as covered; a turned or raised head is not."""

import numpy as np
import pytest

from kiosk.portrait import covering
from kiosk.portrait.criteria import first_failing
from kiosk.portrait.faces import Face, Image
from kiosk.portrait.limits import PortraitLimits
from kiosk.portrait.quality import Assessment, assess_frame
from kiosk.portrait.results import ReasonKey
from kiosk.portrait.visibility import eye_sharpness
from kiosk.values import Measure
from tests.benchmarks import why_covers as covers
from tests.benchmarks.why_scene import Change, detector
from tests.portrait.damage import BLACK, WHITE
from tests.portrait.heads import turn_head
from tests.portrait.pictures import frame

LIMITS = PortraitLimits()
FACE = Face(0, 0, 100, 120, 0.95, np.zeros((5, 2), np.float32))
GATES = {
    "detector_score": (0.94, 0.90, None),
    "centre_offset": (0.1, None, 0.38),
    "yaw": (2.0, -16.0, 16.0),
    "eye_span": (1.0, 0.78, None),
    "pitch": (1.0, -13.0, 13.0),
    "roll": (1.0, -10.0, 10.0),
    "face_grey": (120.0, 65.0, 215.0),
    "evenness": (0.9, 0.45, None),
    "eye_light": (0.8, 0.35, None),
    "eye_contrast": (0.18, 0.065, None),
    "mouth_contrast": (0.28, 0.055, None),
    "lower_face_colour": (4.0, None, 24.0),
    "lower_face_detail": (1.0, None, 8.0),
}


def seen(**values: float) -> Assessment:
    """A frame in which all is as usual but what is given."""
    return Assessment(
        FACE,
        tuple(
            Measure(name, values.get(name, usual), "", low, high)
            for name, (usual, low, high) in GATES.items()
        ),
    )


@pytest.mark.parametrize(
    ("values", "key"),
    [
        # The detector doubts, and the mouth is hardly there, or an eye, or the colour is odd.
        ({"yaw": 18, "detector_score": 0.88, "mouth_contrast": 0.09}, ReasonKey.COVERED),
        ({"roll": 13, "detector_score": 0.91, "lower_face_colour": 20}, ReasonKey.COVERED),
        ({"pitch": 15, "detector_score": 0.89, "mouth_contrast": 0.08}, ReasonKey.COVERED),
        ({"yaw": 20, "detector_score": 0.90, "eye_contrast": 0.09}, ReasonKey.EYES_HIDDEN),
        ({"evenness": 0.3, "detector_score": 0.90, "eye_contrast": 0.08}, ReasonKey.EYES_HIDDEN),
        # Neither alone says so.
        ({"yaw": 18, "mouth_contrast": 0.06}, ReasonKey.TURNED),
        ({"yaw": 18, "detector_score": 0.86}, ReasonKey.TURNED),
        ({"roll": 13, "detector_score": 0.86}, ReasonKey.TILTED),
        # A nod and light from aside make the detector doubt by themselves.
        ({"pitch": 15, "detector_score": 0.86, "mouth_contrast": 0.095}, ReasonKey.NODDED),
        ({"evenness": 0.3, "detector_score": 0.86}, ReasonKey.UNEVEN_LIGHT),
        # A head turned far loses its mouth and an eye; a cover must be plain then.
        ({"yaw": 36, "detector_score": 0.88, "mouth_contrast": 0.08}, ReasonKey.TURNED),
        (
            {"yaw": 36, "detector_score": 0.88, "mouth_contrast": 0.06, "lower_face_colour": 18},
            ReasonKey.COVERED,
        ),
        (
            {"yaw": 50, "detector_score": 0.80, "mouth_contrast": 0.02, "eye_contrast": 0.02},
            ReasonKey.TURNED,
        ),
        ({"roll": 32, "detector_score": 0.80, "mouth_contrast": 0.02}, ReasonKey.TILTED),
        # In the dark, and outside the picture, nothing else means anything.
        (
            {"yaw": 18, "detector_score": 0.85, "mouth_contrast": 0.03, "face_grey": 40},
            ReasonKey.DARK,
        ),
        ({"yaw": 40, "centre_offset": 0.45}, ReasonKey.OFF_CENTRE),
    ],
)
def test_signs_of_a_cover_are_weighed_together(values: dict[str, float], key: ReasonKey) -> None:
    told = first_failing(seen(**values))
    assert told is not None
    assert told.reason is key


def signs_of(image: Image) -> float:
    found = assess_frame(image, detector(), LIMITS)
    return sum(covering.signs({measure.name: measure for measure in found.measures}).values())


def near(resident: str) -> Image:
    return frame(resident, scale={"a": 1.8, "b": 1.2}[resident])


@pytest.mark.parametrize("degrees", [-24, 0, 24])
@pytest.mark.parametrize("resident", ["a", "b"])
def test_a_face_without_a_cover_has_no_signs_of_one(resident: str, degrees: float) -> None:
    image = near(resident)
    (face, *_) = detector().find(image)
    assert signs_of(turn_head(image, face, degrees)) < covering.COVERED


@pytest.mark.parametrize(
    "cover",
    [
        covers.plain_mask(WHITE),
        covers.plain_mask(BLACK),
        covers.scarf((50, 40, 160)),
        covers.before(covers.paper),
        covers.before(covers.hand_at_eyes),
        covers.before(covers.low_cap),
    ],
    ids=["white mask", "black mask", "scarf", "paper", "hand", "cap"],
)
@pytest.mark.parametrize("resident", ["a", "b"])
def test_what_covers_a_face_has(resident: str, cover: Change) -> None:
    assert signs_of(cover(near(resident), np.random.default_rng(4))) >= covering.COVERED


def test_eyes_in_a_caps_shadow_are_as_sharp_as_in_the_light() -> None:
    crop = np.full((112, 112, 3), 100, np.uint8)
    crop[::4] = 180
    shadow = (crop * 0.25).astype(np.uint8)
    assert eye_sharpness(shadow) == pytest.approx(eye_sharpness(crop), rel=0.5)
    bright = np.clip(crop * 1.3, 0, 255).astype(np.uint8)
    assert eye_sharpness(bright) > eye_sharpness(crop)  # what is light enough is taken as it is
