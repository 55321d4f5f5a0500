"""A capture: which frames are kept, when it ends, what it says when too few were good."""

from dataclasses import replace

import numpy as np
import pytest

from kiosk.portrait.capture import Capture, CaptureState
from kiosk.portrait.criteria import GROUPS, first_failing
from kiosk.portrait.faces import Face
from kiosk.portrait.hint import SteadyHint, choose_hint
from kiosk.portrait.limits import PortraitLimits
from kiosk.portrait.quality import FRAME_MEASURES, Assessment
from kiosk.portrait.results import ReasonKey
from kiosk.values import Hint, Measure

LIMITS = PortraitLimits(
    best_frames=3, frame_interval_s=0.2, capture_timeout_s=5, fewest_frames=2, prepare_s=0
)
PICTURE = np.zeros((4, 4, 3), np.uint8)
FACE = Face(0, 0, 100, 120, 0.95, np.zeros((5, 2), np.float32))


def judged(*, yaw: float = 0.0, sharp: float = 100.0, score: float = 0.95) -> Assessment:
    return Assessment(
        FACE,
        (
            Measure("detector_score", score, "score", 0.9, None),
            Measure("yaw", yaw * 80, "degrees", -16, 16),
            Measure("pitch", 0.0, "degrees", -15, 15),
            Measure("roll", 0.0, "degrees", -10, 10),
            Measure("sharpness", sharp, "variance", 40, None),
        ),
    )


NOBODY = Assessment(None, (Measure("faces", 0, "faces", 1, 1),))


def test_best_frame_of_each_interval_is_kept() -> None:
    capture = Capture(LIMITS, 0.0)
    for number, (now, yaw) in enumerate([(0.0, 0.1), (0.1, 0.0), (0.15, 0.15), (0.25, 0.1)]):
        capture.add(PICTURE, number, judged(yaw=yaw), now)
    assert [candidate.number for candidate in capture.kept] == [1]
    assert capture.progress == pytest.approx(1 / 3)


def test_ends_when_enough_good_frames_are_there_and_takes_no_more() -> None:
    capture = Capture(LIMITS, 0.0)
    number = 0
    while capture.tick(number * 0.05) is CaptureState.RUNNING:
        capture.add(PICTURE, number, judged(), number * 0.05)
        number += 1
    assert capture.tick(99) is CaptureState.ENOUGH
    assert len(capture.kept) == 3
    assert capture.progress == 1.0
    assert capture.decides
    assert number * 0.05 < 1.0
    capture.add(PICTURE, 500, judged(), 2.0)
    assert len(capture.kept) == 3


def test_bad_frames_are_never_kept() -> None:
    capture = Capture(LIMITS, 0.0)
    for number in range(40):
        capture.add(PICTURE, number, judged(sharp=10), number * 0.1)
    assert capture.kept == []
    assert capture.tick(4.99) is CaptureState.RUNNING
    assert capture.tick(5.0) is CaptureState.TIMED_OUT
    assert not capture.decides
    assert capture.failure().key is ReasonKey.BLURRED
    figures = dict(capture.failure().figures)
    assert (figures["frames"], figures["failed"]) == (40, 40)
    assert figures["sharpness"] < figures["limit"] == LIMITS.sharpness_min


def test_time_out_keeps_the_good_frame_that_waits() -> None:
    capture = Capture(LIMITS, 0.0)
    capture.add(PICTURE, 1, judged(), 0.0)
    capture.add(PICTURE, 2, judged(), 4.9)
    capture.add(PICTURE, 3, judged(), 4.95)
    assert capture.tick(5.0) is CaptureState.TIMED_OUT
    assert [candidate.number for candidate in capture.kept] == [1, 2]
    assert capture.decides


def test_no_frames_at_all_is_the_machines_fault() -> None:
    capture = Capture(LIMITS, 10.0)
    assert capture.tick(15.0) is CaptureState.TIMED_OUT
    assert capture.failure().key is ReasonKey.NO_FRAMES


def test_most_common_failure_is_the_one_told() -> None:
    capture = Capture(LIMITS, 0.0)
    for number in range(10):
        capture.add(PICTURE, number, NOBODY if number < 3 else judged(yaw=0.5), number * 0.1)
    assert capture.failure().key is ReasonKey.TURNED


def test_best_is_the_highest_ranked_frame() -> None:
    capture = Capture(LIMITS, 0.0)
    for number, yaw in enumerate([0.15, 0.01, 0.18]):
        capture.add(PICTURE, number, judged(yaw=yaw), number * 0.5)
    capture.tick(1.5)
    best = capture.best()
    assert best is not None
    assert best.number == 1


def failing(name: str, value: float, low: float | None, high: float | None) -> Assessment:
    return Assessment(FACE, (Measure(name, value, "", low, high),))


@pytest.mark.parametrize(
    ("assessment", "hint", "key"),
    [
        (NOBODY, Hint.LOOK_AT_CAMERA, ReasonKey.NO_FACE),
        (failing("faces", 2, 1, 1), Hint.ONE_PERSON, ReasonKey.SEVERAL_FACES),
        (failing("scene_grey", 5, 30, None), Hint.MORE_LIGHT, ReasonKey.DARK),
        (failing("scene_grey", 252, 30, 240), Hint.LESS_LIGHT, ReasonKey.OVEREXPOSED),
        (failing("eye_distance", 20, 45, None), Hint.COME_CLOSER, ReasonKey.TOO_FAR),
        (failing("face_width", 0.9, None, 0.7), Hint.STEP_BACK, ReasonKey.TOO_CLOSE),
        (failing("centre_offset", 0.45, None, 0.4), Hint.CENTRE_FACE, ReasonKey.OFF_CENTRE),
        (failing("face_grey", 20, 60, 200), Hint.MORE_LIGHT, ReasonKey.DARK),
        (failing("face_grey", 220, 60, 200), Hint.LESS_LIGHT, ReasonKey.OVEREXPOSED),
        (failing("overexposed", 0.2, None, 0.05), Hint.LESS_LIGHT, ReasonKey.OVEREXPOSED),
        (failing("yaw", -0.4, -0.2, 0.2), Hint.FACE_FORWARD, ReasonKey.TURNED),
        (failing("eye_span", 0.7, 0.78, None), Hint.FACE_FORWARD, ReasonKey.TURNED),
        (failing("pitch", 20, -13, 13), Hint.CHIN_UP, ReasonKey.NODDED),
        (failing("pitch", -20, -13, 13), Hint.CHIN_DOWN, ReasonKey.NODDED),
        (failing("evenness", 0.3, 0.45, None), Hint.EVEN_LIGHT, ReasonKey.UNEVEN_LIGHT),
        (failing("eye_light", 0.2, 0.35, None), Hint.SHOW_EYES, ReasonKey.EYES_HIDDEN),
        (failing("eye_contrast", 0.01, 0.065, None), Hint.SHOW_EYES, ReasonKey.EYES_HIDDEN),
        (failing("mouth_contrast", 0.02, 0.055, None), Hint.UNCOVER_FACE, ReasonKey.COVERED),
        (failing("lower_face_colour", 31, None, 24), Hint.UNCOVER_FACE, ReasonKey.COVERED),
        (failing("lower_face_detail", 12, None, 8), Hint.UNCOVER_FACE, ReasonKey.COVERED),
        (
            failing("background_motion", 0.7, None, 0.5),
            Hint.WAIT_A_MOMENT,
            ReasonKey.BACKGROUND_MOVES,
        ),
        (failing("roll", 20, -10, 10), Hint.HOLD_HEAD_STRAIGHT, ReasonKey.TILTED),
        (failing("sharpness", 5, 40, None), Hint.HOLD_STILL, ReasonKey.BLURRED),
        (failing("detector_score", 0.7, 0.9, None), Hint.LOOK_AT_CAMERA, ReasonKey.COVERED),
    ],
)
def test_each_failing_measure_has_its_hint_and_its_reason(
    assessment: Assessment, hint: Hint, key: ReasonKey
) -> None:
    assert choose_hint(assessment) is hint
    told = first_failing(assessment)
    assert told is not None
    assert (told.hint, told.reason) == (hint, key)
    assert told.measure == next(iter(assessment.measures), None)


def test_every_measure_of_a_frame_has_a_meaning() -> None:
    assert {c.measure for group in GROUPS for c in group} == set(FRAME_MEASURES)


def test_within_a_group_the_worst_is_told_first() -> None:
    pose = (Measure("yaw", 17, "degrees", -16, 16), Measure("roll", 25, "degrees", -10, 10))
    assert choose_hint(Assessment(FACE, pose)) is Hint.HOLD_HEAD_STRAIGHT


YAW_FAR = Measure("yaw", 40, "degrees", -16, 16)
ROLL = Measure("roll", 25, "degrees", -10, 10)
EYES_NEAR = Measure("eye_distance", 40, "px", 45, None)
EYES_FAR_OFF = Measure("eye_distance", 15, "px", 45, None)
NO_MOUTH = Measure("mouth_contrast", 0.01, "of skin", 0.055, None)
EYES_TOGETHER = Measure("eye_span", 0.65, "of eyes to mouth", 0.78, None)
SLIGHT_YAW = Measure("yaw", 18, "degrees", -16, 16)
NO_EYES = Measure("eye_contrast", 0.01, "of skin", 0.065, None)
PATTERN = Measure("lower_face_detail", 12, "of eyes", None, 8)
WHITE_MASK = Measure("overexposed", 0.07, "of face", None, 0.05)
BURNT = Measure("overexposed", 0.4, "of face", None, 0.05)
DARK_FACE = Measure("face_grey", 20, "grey level", 60, 200)


@pytest.mark.parametrize(
    ("measures", "key"),
    [
        # A head turned far has its eyes close together and slanted, and half a mouth.
        ((YAW_FAR, ROLL, EYES_NEAR, NO_MOUTH), ReasonKey.TURNED),
        ((EYES_TOGETHER, ROLL, EYES_NEAR, NO_MOUTH), ReasonKey.TURNED),
        ((YAW_FAR, EYES_FAR_OFF), ReasonKey.TOO_FAR),
        ((EYES_TOGETHER, EYES_FAR_OFF), ReasonKey.TOO_FAR),
        # The points of a covered face lie anywhere, and a mask may be white.
        ((NO_MOUTH, SLIGHT_YAW), ReasonKey.COVERED),
        ((NO_MOUTH, WHITE_MASK), ReasonKey.COVERED),
        ((NO_MOUTH, BURNT), ReasonKey.OVEREXPOSED),
        # A pattern is cloth or print, whatever else its points and its light say.
        ((PATTERN, YAW_FAR, ROLL), ReasonKey.COVERED),
        ((PATTERN, BURNT), ReasonKey.COVERED),
        ((PATTERN, EYES_FAR_OFF), ReasonKey.TOO_FAR),
        ((PATTERN, NO_EYES), ReasonKey.EYES_HIDDEN),
        ((PATTERN, DARK_FACE), ReasonKey.DARK),
        ((NO_MOUTH, ROLL), ReasonKey.TILTED),
        ((NO_MOUTH, EYES_FAR_OFF), ReasonKey.TOO_FAR),
        # In the dark nothing else means anything.
        ((DARK_FACE, NO_MOUTH, YAW_FAR), ReasonKey.DARK),
    ],
)
def test_what_spoils_other_measures_is_told_before_them(
    measures: tuple[Measure, ...], key: ReasonKey
) -> None:
    told = first_failing(Assessment(FACE, measures))
    assert told is not None
    assert told.reason is key


def test_a_face_that_is_lost_now_and_then_is_told_as_it_looked_when_it_was_seen() -> None:
    turned = judged(yaw=0.6)
    for seen, key in ((1, ReasonKey.NO_FACE), (2, ReasonKey.TURNED)):
        capture = Capture(LIMITS, 0.0)
        for number in range(6):
            capture.add(PICTURE, number, turned if number < seen else NOBODY, number * 0.1)
        assert capture.failure().key is key


def test_a_face_that_is_only_doubted_is_told_as_it_looked_when_more_was_seen() -> None:
    doubted = failing("detector_score", 0.88, 0.9, None)
    covered = failing("mouth_contrast", 0.01, 0.055, None)
    turned = failing("eye_span", 0.74, 0.78, None)
    for frames, key in (
        ((doubted, doubted, doubted, doubted, turned, turned), ReasonKey.TURNED),
        ((doubted, doubted, doubted, doubted, doubted, turned), ReasonKey.COVERED),
        ((covered, covered, covered, doubted, turned, turned), ReasonKey.COVERED),
    ):
        capture = Capture(LIMITS, 0.0)
        for number, assessment in enumerate(frames):
            capture.add(PICTURE, number, assessment, number * 0.1)
        assert capture.failure().key is key


def test_whoever_leaves_takes_the_frames_along() -> None:
    capture = Capture(LIMITS, 0.0)
    capture.add(PICTURE, 1, judged(), 0.0)
    capture.add(PICTURE, 2, judged(), 0.3)
    capture.tick(0.6)
    assert len(capture.kept) == 2
    capture.add(PICTURE, 3, NOBODY, 1.0)
    capture.add(PICTURE, 4, NOBODY, 1.9)
    assert len(capture.kept) == 2  # turned away for a moment
    capture.add(PICTURE, 5, NOBODY, 2.1)
    assert capture.kept == []
    assert capture.departures == 1
    assert capture.tick(5.0) is CaptureState.TIMED_OUT
    assert capture.failure().key is ReasonKey.LEFT
    assert not capture.measures()[0].ok


def test_frames_count_only_after_time_to_take_off_mask_and_glasses() -> None:
    capture = Capture(replace(LIMITS, prepare_s=1.0), 0.0)
    capture.add(PICTURE, 1, judged(), 0.5)
    capture.tick(0.99)
    assert capture.prepares(0.99)
    assert capture.frames == 0
    capture.add(PICTURE, 2, judged(), 1.0)
    assert capture.tick(5.5) is CaptureState.RUNNING
    assert [candidate.number for candidate in capture.kept] == [2]


def test_frame_that_was_not_searched_guides_and_is_not_compared() -> None:
    capture = Capture(LIMITS, 0.0)
    capture.add(PICTURE, 1, replace(judged(), comparable=False), 0.0)
    capture.tick(1.0)
    assert capture.frames == 1
    assert capture.kept == []


def test_light_is_told_before_sharpness() -> None:
    dark_and_noisy = Assessment(
        FACE,
        (
            Measure("sharpness", 5, "variance", 40, None),
            Measure("face_grey", 20, "grey level", 60, 200),
        ),
    )
    assert choose_hint(dark_and_noisy) is Hint.MORE_LIGHT


def test_one_odd_frame_does_not_put_its_hint_up() -> None:
    shown = SteadyHint(0.8)
    for step in range(9):
        shown.show(Hint.GOOD, step * 0.1)
    assert shown.show(Hint.HOLD_STILL, 0.9) is Hint.GOOD


def test_hint_stays_long_enough_to_be_read() -> None:
    shown = SteadyHint(0.8)
    assert shown.show(Hint.COME_CLOSER, 0.0) is Hint.COME_CLOSER
    assert shown.show(Hint.HOLD_STILL, 0.5) is Hint.COME_CLOSER
    assert shown.show(Hint.FACE_FORWARD, 0.79) is Hint.COME_CLOSER
    assert shown.show(Hint.FACE_FORWARD, 0.8) is Hint.FACE_FORWARD
    assert shown.show(Hint.GOOD, 1.5) is Hint.FACE_FORWARD
    assert shown.show(Hint.FACE_FORWARD, 2.0) is Hint.FACE_FORWARD
    assert shown.show(Hint.GOOD, 2.1) is Hint.GOOD
