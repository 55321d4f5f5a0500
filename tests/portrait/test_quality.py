"""Each gate trips on a picture made bad in the way it watches for, and passes the good one."""

import math

import numpy as np
import pytest

from kiosk.portrait.faces import Face, Image, align_arcface
from kiosk.portrait.fusion import Models, load_models
from kiosk.portrait.hint import choose_hint
from kiosk.portrait.limits import PortraitLimits
from kiosk.portrait.quality import (
    Assessment,
    assess_frame,
    face_light,
    nose_offset,
    rank,
    sharpness,
)
from kiosk.values import Hint
from tests.portrait.pictures import MODELS, crowd, frame, moment, turned

LIMITS = PortraitLimits()


@pytest.fixture(scope="module")
def models() -> Models:
    return load_models(MODELS, "sface")


def judge(models: Models, image: Image) -> Assessment:
    return assess_frame(image, models.detector, LIMITS)


@pytest.mark.parametrize("resident", ["a", "b"])
def test_somebody_before_the_camera_is_good(models: Models, resident: str) -> None:
    for index in range(0, 30, 5):
        assessment = judge(models, moment(resident, index))
        assert assessment.good, assessment.failed()
        assert choose_hint(assessment) is Hint.GOOD


@pytest.mark.parametrize(
    ("damage", "resident", "measure", "hint"),
    [
        ({"light": 0.3}, "a", "face_grey", Hint.MORE_LIGHT),
        ({"light": 0.3}, "b", "face_grey", Hint.MORE_LIGHT),
        ({"light": 0.03}, "a", "scene_grey", Hint.MORE_LIGHT),
        ({"light": 2.6}, "b", "overexposed", Hint.LESS_LIGHT),
        ({"blur": 7.0, "noise": 1.0}, "b", "sharpness", Hint.HOLD_STILL),
        ({"scale": 0.8}, "a", "eye_distance", Hint.COME_CLOSER),
        ({"scale": 0.4}, "b", "eye_distance", Hint.COME_CLOSER),
        ({"scale": 3.5}, "b", "face_width", Hint.STEP_BACK),
        ({"dx": 560.0}, "a", "centre_offset", Hint.CENTRE_FACE),
        ({"dx": -540.0}, "b", "centre_offset", Hint.CENTRE_FACE),
        ({"roll_deg": 20.0}, "a", "roll", Hint.HOLD_HEAD_STRAIGHT),
        ({"roll_deg": -22.0}, "b", "roll", Hint.HOLD_HEAD_STRAIGHT),
        ({"roll_deg": 20.0}, "b", "roll", Hint.HOLD_HEAD_STRAIGHT),
    ],
)
def test_damage_trips_its_own_gate(
    models: Models, damage: dict[str, float], resident: str, measure: str, hint: Hint
) -> None:
    assessment = judge(models, frame(resident, **damage))
    assert measure in assessment.failed()
    assert choose_hint(assessment) is hint


@pytest.mark.parametrize("amount", [0.6, -0.6])
@pytest.mark.parametrize("resident", ["a", "b"])
def test_turned_head_trips_the_yaw_gate(models: Models, resident: str, amount: float) -> None:
    image = frame(resident, scale=2.0 if resident == "a" else 1.2)
    face = models.detector.find(image)[0]
    assessment = judge(models, turned(image, float(face.landmarks[2, 0]), amount))
    assert "yaw" in assessment.failed()
    assert math.copysign(1, assessment.value("yaw")) == -math.copysign(1, amount)
    assert choose_hint(assessment) is Hint.FACE_FORWARD


def test_second_face_is_seen_and_a_far_one_is_not(models: Models) -> None:
    assessment = judge(models, crowd())
    assert assessment.value("faces") == 2
    assert choose_hint(assessment) is Hint.ONE_PERSON
    behind = frame("b")
    behind[:300, 1000:] = frame("a", scale=0.9)[150:450, 480:760]
    assert judge(models, behind).value("faces") == 1


def test_nobody_is_no_face(models: Models) -> None:
    wall = np.full((720, 1280, 3), 120, np.uint8)
    assessment = judge(models, wall)
    assert assessment.face is None
    assert not assessment.good


def face_with(nose_x: float, tilt_deg: float = 0.0) -> Face:
    points = np.array([[-50, 0], [50, 0], [nose_x, 60], [-30, 100], [30, 100]], np.float64)
    angle = math.radians(tilt_deg)
    turn = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    return Face(0, 0, 200, 200, 0.95, (points @ turn + 300).astype(np.float32))


def test_nose_offset_is_in_eye_distances_and_independent_of_roll() -> None:
    assert nose_offset(face_with(0)) == pytest.approx(0, abs=1e-6)
    assert nose_offset(face_with(20)) == pytest.approx(0.2, abs=1e-5)
    assert nose_offset(face_with(-20, 15)) == pytest.approx(-0.2, abs=1e-5)


def test_roll_is_the_tilt_of_the_eyes() -> None:
    assert face_with(0, 12).roll_deg == pytest.approx(12, abs=1e-3)
    assert face_with(0, -7).roll_deg == pytest.approx(-7, abs=1e-3)


def test_light_and_sharpness_on_plain_pictures() -> None:
    half = np.zeros((112, 112, 3), np.uint8)
    half[:, 56:] = 255
    assert face_light(half) == (pytest.approx(127.5), pytest.approx(0.5))
    assert sharpness(np.full((112, 112, 3), 90, np.uint8)) == 0.0


def test_face_of_one_point_is_not_aligned() -> None:
    image = np.zeros((100, 100, 3), np.uint8)
    assert align_arcface(image, Face(0, 0, 9, 9, 0.9, np.zeros((5, 2), np.float32))) is None


def test_frontal_sharp_frame_ranks_higher(models: Models) -> None:
    sharp = judge(models, frame("b"))
    soft = judge(models, frame("b", blur=3.5, roll_deg=6))
    assert rank(sharp, LIMITS) > rank(soft, LIMITS)
