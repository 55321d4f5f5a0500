"""Each gate trips on a picture made bad in the way it watches for, and passes the good one."""

import math
from collections.abc import Callable

import numpy as np
import pytest

from kiosk.portrait.background import BackgroundWatch
from kiosk.portrait.company import rivals
from kiosk.portrait.criteria import first_failing
from kiosk.portrait.faces import Face, Image, align_arcface, portrait_crop
from kiosk.portrait.fusion import Models, load_models
from kiosk.portrait.hint import choose_hint
from kiosk.portrait.light import evenness, face_light
from kiosk.portrait.limits import PortraitLimits
from kiosk.portrait.pose import eye_span, nose_offset, pitch_deg, yaw_deg
from kiosk.portrait.quality import (
    FRAME_MEASURES,
    Assessment,
    assess,
    assess_frame,
    rank,
    sharpness,
)
from kiosk.portrait.results import ReasonKey
from kiosk.portrait.tracking import FaceTracker, Sighting
from kiosk.values import Hint
from tests.portrait.damage import (
    BLACK,
    SURGICAL,
    eyes_covered,
    face_mask,
    half_hidden,
    patterned,
    side_light,
    sunglasses,
    tinted,
    veil,
)
from tests.portrait.heads import turn_head
from tests.portrait.pictures import MODELS, child_in_arms, crowd, frame, moment, turned

LIMITS = PortraitLimits()
Damage = Callable[[Image, Face], Image]


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
        assert tuple(measure.name for measure in assessment.measures) == FRAME_MEASURES
        assert all(measure.unit for measure in assessment.measures)
        assert choose_hint(assessment) is Hint.GOOD


@pytest.mark.parametrize(
    ("damage", "resident", "measure", "hint"),
    [
        ({"light": 0.3}, "a", "face_grey", Hint.MORE_LIGHT),
        ({"light": 0.3}, "b", "face_grey", Hint.MORE_LIGHT),
        ({"light": 0.03}, "a", "scene_grey", Hint.MORE_LIGHT),
        ({"light": 2.6}, "b", "overexposed", Hint.LESS_LIGHT),
        ({"light": 8.0}, "a", "burnt_middle", Hint.LESS_LIGHT),
        ({"light": 60.0}, "a", "scene_grey", Hint.LESS_LIGHT),
        ({"light": 60.0}, "b", "scene_grey", Hint.LESS_LIGHT),
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


@pytest.mark.parametrize(
    ("damage", "measure", "hint"),
    [
        (sunglasses, "eye_contrast", Hint.SHOW_EYES),
        (eyes_covered, "eye_contrast", Hint.SHOW_EYES),
        (lambda image, face: face_mask(image, face, SURGICAL), "mouth_contrast", Hint.UNCOVER_FACE),
        (lambda image, face: face_mask(image, face, BLACK), "mouth_contrast", Hint.UNCOVER_FACE),
        (tinted, "lower_face_colour", Hint.UNCOVER_FACE),
        (side_light, "evenness", Hint.EVEN_LIGHT),
        (veil, "face_grey", Hint.LESS_LIGHT),
    ],
    ids=["sunglasses", "eyes covered", "mask", "black mask", "tinted", "side light", "veil"],
)
@pytest.mark.parametrize("resident", ["a", "b"])
def test_covered_face_and_one_sided_light_trip_their_gates(
    models: Models, resident: str, damage: Damage, measure: str, hint: Hint
) -> None:
    image = frame(resident, scale=1.8 if resident == "a" else 1.2)
    assert judge(models, image).good
    assessment = judge(models, damage(image, models.detector.find(image)[0]))
    assert measure in assessment.failed(), assessment.measures
    assert choose_hint(assessment) is hint


def test_a_pattern_before_the_mouth_trips_its_gate(models: Models) -> None:
    image = frame("a", scale=1.8)
    assert judge(models, image).value("lower_face_detail") < 2
    assessment = judge(models, patterned(image, models.detector.find(image)[0]))
    assert "lower_face_detail" in assessment.failed()
    assert choose_hint(assessment) is Hint.UNCOVER_FACE


def test_dark_glass_trips_the_gate_of_the_eyes_light(models: Models) -> None:
    image = frame("a", scale=1.8)
    assessment = judge(models, sunglasses(image, models.detector.find(image)[0], (8, 8, 8)))
    assert "eye_light" in assessment.failed()
    assert choose_hint(assessment) is Hint.SHOW_EYES


@pytest.mark.parametrize(("resident", "left"), [("a", False), ("b", True)])
def test_half_a_face_trips_the_gate_of_the_detectors_score(
    models: Models, resident: str, left: bool
) -> None:
    image = frame(resident, scale=1.8 if resident == "a" else 1.2)
    hidden = half_hidden(image, models.detector.find(image)[0], left=left)
    assessment = judge(models, hidden)
    assert assessment.failed() == ("detector_score",)
    assert choose_hint(assessment) is Hint.LOOK_AT_CAMERA


@pytest.mark.parametrize("resident", ["a", "b"])
def test_a_child_in_arms_is_seen_and_is_no_second_person(models: Models, resident: str) -> None:
    image = child_in_arms(resident)
    alone = models.detector.find(frame(resident, scale=2.0 if resident == "a" else 1.2, dx=-60))[0]
    found = models.detector.find(image)
    assert len(found) == 2
    assert found[0].x == pytest.approx(alone.x, abs=10)
    assert found[1].area > found[0].area * LIMITS.other_face_min_ratio  # near: only its place tells
    assessment = judge(models, image)
    assert assessment.value("faces") == 1
    assert choose_hint(assessment) is Hint.GOOD


@pytest.mark.parametrize(
    ("resident", "dy"), [("a", 180.0), ("a", -60.0), ("b", 60.0), ("b", -60.0)]
)
def test_the_crop_follows_a_face_that_is_low_or_high(
    models: Models, resident: str, dy: float
) -> None:
    """Somebody in a wheelchair, or tall: head and shoulders as of anybody else."""
    scale = 1.8 if resident == "a" else 1.2
    seen = []
    for image in (frame(resident, scale=scale), frame(resident, scale=scale, dy=dy)):
        assessment = judge(models, image)
        assert assessment.good, assessment.failed()
        assert assessment.face is not None
        crop = portrait_crop(image, assessment.face)
        (face,) = models.detector.find(crop)
        seen.append(np.array([face.x, face.y, face.width, face.height]) / crop.shape[0])
    np.testing.assert_allclose(seen[0], seen[1], atol=0.03)


def test_second_face_is_seen_and_a_far_one_is_not(models: Models) -> None:
    assessment = judge(models, crowd())
    assert assessment.value("faces") == 2
    assert choose_hint(assessment) is Hint.ONE_PERSON
    behind = frame("b").copy()
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


@pytest.mark.parametrize(("nose_y", "hint"), [(40, Hint.CHIN_DOWN), (80, Hint.CHIN_UP)])
def test_nose_near_eyes_or_mouth_trips_the_pitch_gate(nose_y: float, hint: Hint) -> None:
    points = [[-50, 0], [50, 0], [0, nose_y], [-30, 100], [30, 100]]
    face = Face(220, 240, 160, 200, 0.95, np.array(points, np.float32) + 300)
    grain = np.random.default_rng(0).normal(120, 30, (600, 600, 3)).clip(0, 255).astype(np.uint8)
    assessment = assess(grain, Sighting([face], face, True), LIMITS)
    assert "pitch" in assessment.failed()
    assert choose_hint(assessment) is hint


def test_yaw_and_pitch_are_in_degrees_and_nought_for_a_neutral_head() -> None:
    assert yaw_deg(face_with(0)) == pytest.approx(0, abs=1e-5)
    assert yaw_deg(face_with(20)) == pytest.approx(15.9, abs=0.1)
    assert pitch_deg(face_with(0)) == pytest.approx(3.8, abs=0.1)  # 60 of 100 down; 56 is neutral
    assert pitch_deg(face_with(0, 20)) == pytest.approx(3.8, abs=0.1)


def test_eyes_come_together_when_a_head_turns_and_not_when_it_leans() -> None:
    assert eye_span(face_with(0)) == pytest.approx(1.0)
    assert eye_span(face_with(0, 25)) == pytest.approx(1.0)
    narrow = np.array([[-35, 0], [35, 0], [3, 60], [-20, 100], [20, 100]], np.float32)
    assert eye_span(Face(0, 0, 90, 200, 0.95, narrow)) == pytest.approx(0.7)


@pytest.mark.parametrize("resident", ["a", "b"])
def test_a_head_turned_far_trips_the_gate_of_the_eyes_span(models: Models, resident: str) -> None:
    image = frame(resident, scale=2.0 if resident == "a" else 1.2)
    assert judge(models, image).value("eye_span") > 0.9
    assessment = judge(models, turn_head(image, models.detector.find(image)[0], -45))
    assert "eye_span" in assessment.failed()
    told = first_failing(assessment)
    assert told is not None
    assert (told.hint, told.reason) == (Hint.FACE_FORWARD, ReasonKey.TURNED)


def test_roll_is_the_tilt_of_the_eyes() -> None:
    assert face_with(0, 12).roll_deg == pytest.approx(12, abs=1e-3)
    assert face_with(0, -7).roll_deg == pytest.approx(-7, abs=1e-3)


def test_light_and_sharpness_on_plain_pictures() -> None:
    half = np.zeros((112, 112, 3), np.uint8)
    half[:, 56:] = 255
    assert face_light(half) == (pytest.approx(127.5), pytest.approx(0.5))
    assert evenness(half) == 0.0
    assert evenness(np.full((112, 112, 3), 90, np.uint8)) == 1.0
    assert sharpness(np.full((112, 112, 3), 90, np.uint8)) == 0.0


def test_face_of_one_point_is_not_aligned() -> None:
    image = np.zeros((100, 100, 3), np.uint8)
    assert align_arcface(image, Face(0, 0, 9, 9, 0.9, np.zeros((5, 2), np.float32))) is None


def test_frontal_sharp_frame_ranks_higher(models: Models) -> None:
    sharp = judge(models, frame("b"))
    soft = judge(models, frame("b", blur=3.5, roll_deg=6))
    assert rank(sharp, LIMITS) > rank(soft, LIMITS)


def box(x: float, y: float, width: float) -> Face:
    points = np.array([[0.3, 0.4], [0.7, 0.4], [0.5, 0.6], [0.35, 0.8], [0.65, 0.8]])
    landmarks = (points * width + (x, y)).astype(np.float32)
    return Face(x, y, width, width, 0.95, landmarks)


@pytest.mark.parametrize(
    ("other", "count"),
    [
        (box(700, 200, 190), 1),  # beside, as near
        (box(700, 200, 100), 0),  # far behind
        (box(420, 420, 150), 0),  # a child in arms
        (box(420, 420, 190), 1),  # as large, and lower: somebody short, or seated
        (box(620, 180, 150), 1),  # smaller, at the same height
    ],
)
def test_child_in_arms_is_no_rival_and_others_as_near_are(other: Face, count: int) -> None:
    assert rivals([box(400, 200, 200), other], LIMITS) == count


def test_background_that_moves_is_seen_and_the_resident_who_moves_is_not() -> None:
    rng = np.random.default_rng(3)
    wall = np.kron(rng.integers(20, 235, (18, 32, 1)), np.ones((40, 40, 3))).astype(np.uint8)
    face, watch = box(560, 200, 160), BackgroundWatch()
    assert watch.motion(wall, face, 0.0) == 0.0
    moved = wall.copy()
    moved[200:, 560:720] = 255 - moved[200:, 560:720]
    assert watch.motion(moved, face, 0.1) < 0.02
    assert watch.motion(np.clip(wall * 0.8, 0, 255).astype(np.uint8), face, 0.15) < 0.3
    assert watch.motion(np.roll(wall, 100, axis=1), face, 0.3) > LIMITS.background_motion_max_ratio


def test_tracker_searches_now_and_then_and_follows_between(models: Models) -> None:
    tracker = FaceTracker(models.detector)
    seen = [tracker.look(moment("b", index)) for index in range(6)]
    assert [sighting.searched for sighting in seen] == [True, False, False, True, False, False]
    whole = models.detector.find(moment("b", 2))[0]
    assert np.abs(seen[2].faces[0].landmarks - whole.landmarks).max() < 0.2 * whole.eye_distance
    assert seen[2].faces[0].width == pytest.approx(whole.width, rel=0.15)
    wall = np.full((720, 1280, 3), 120, np.uint8)
    assert tracker.look(wall).faces == []
