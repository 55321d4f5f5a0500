"""Every limit that may be set: what is accepted works on real pictures, the rest is one line."""

import math
from dataclasses import fields, replace
from random import Random
from typing import Any

import pytest

from kiosk.portrait.capture import Capture, CaptureState
from kiosk.portrait.criteria import first_failing
from kiosk.portrait.exposure import Exposure
from kiosk.portrait.fusion import load_models
from kiosk.portrait.hint import SteadyHint, choose_hint
from kiosk.portrait.limits import PortraitLimits
from kiosk.portrait.liveness.challenge import Challenge, ChallengeState, draw_moves, sight_of
from kiosk.portrait.liveness.limits import LivenessLimits
from kiosk.portrait.quality import assess, assess_reference, rank
from kiosk.portrait.ranges import LimitError, check_limits, ranges_of
from kiosk.portrait.tracking import Sighting, search
from tests.portrait.pictures import MODELS, crowd, frame

NAMES = [(kind, name) for kind in (PortraitLimits, LivenessLimits) for name in ranges_of(kind)]
WRONG = (math.nan, math.inf, -math.inf, -1.0, 1e308)
IMAGES = {"one": frame("a"), "two": crowd(), "dark": frame("b", light=0.1)}


@pytest.fixture(scope="module")
def sightings() -> dict[str, Sighting]:
    detector = load_models(MODELS, "sface").detector
    return {name: search(image, detector) for name, image in IMAGES.items()}


def accepted(kind: type[Any], name: str, value: float) -> Any | None:
    """The limits with this value; None when it was refused in one line that names it."""
    try:
        return replace(kind(), **check_limits(kind, {name: value}))
    except LimitError as error:
        said = str(error)
    assert said.startswith(f"{name}: ")
    assert "must be" in said
    assert "\n" not in said
    return None


def capture_with(limits: PortraitLimits, sightings: dict[str, Sighting]) -> None:
    """Judge frames for longer than any capture may last; it must come to an end."""
    capture, exposure, hint = Capture(limits, 0.0), Exposure(limits), SteadyHint(1.0)
    state, now_s = CaptureState.RUNNING, 0.0
    while state is CaptureState.RUNNING:
        assert now_s < 80
        for name, image in IMAGES.items():
            now_s += 0.2
            assessment = assess(image, sightings[name], limits)
            assert all(math.isfinite(m.value) for m in assessment.measures)
            first_failing(assessment)
            if assessment.face is not None:
                assert math.isfinite(rank(assessment, limits))
                assess_reference(image, assessment.face, limits)
                capture.add(image, 1, assessment, now_s)
            hint.show(choose_hint(assessment), now_s)
            exposure.add(assessment, now_s)
        state = capture.tick(now_s)
    assert 0 <= capture.progress <= 1
    capture.measures(), capture.failure(), capture.decides, exposure.measures()


def challenge_with(limits: LivenessLimits, sightings: dict[str, Sighting]) -> None:
    """Let somebody look straight ahead until the challenge ends."""
    moves = draw_moves(Random(1), limits.moves, 0.3, limits.closer_min)
    assert moves
    challenge, sight, now_s = (
        Challenge(moves, limits, 0.0),
        sight_of(sightings["one"].faces[0]),
        0.0,
    )
    while challenge.state is ChallengeState.RUNNING:
        assert now_s < 200
        now_s += 0.3
        challenge.see(sight, now_s)
        if challenge.wants_comparison:
            challenge.compared(1.0, now_s)


def values_of(kind: type[Any], name: str) -> list[float]:
    _, allowed = ranges_of(kind)[name]
    edges = [allowed.low, allowed.high, (allowed.low + allowed.high) / 2]
    return [*WRONG, 0.0, 1.0, 1.9, *edges, *([] if allowed.off is None else [allowed.off])]


@pytest.mark.parametrize(("kind", "name"), NAMES)
def test_what_is_accepted_works(kind: type[Any], name: str, sightings: dict[str, Sighting]) -> None:
    for value in values_of(kind, name):
        limits = accepted(kind, name, value)
        if value in WRONG or math.isnan(value):
            assert limits is None, f"{name} = {value}"
        elif isinstance(limits, PortraitLimits):
            capture_with(limits, sightings)
        elif limits is not None:
            challenge_with(limits, sightings)


@pytest.mark.parametrize(("kind", "name"), NAMES)
def test_a_default_lies_in_its_range_and_what_switches_a_gate_off_is_accepted(
    kind: type[Any], name: str
) -> None:
    _, allowed = ranges_of(kind)[name]
    default = getattr(kind(), name)
    assert accepted(kind, name, default) == kind()
    if allowed.off is not None:
        assert accepted(kind, name, allowed.off) is not None


def test_every_number_has_a_range() -> None:
    free = {f.name for kind in (PortraitLimits, LivenessLimits) for f in fields(kind)}
    assert free - {name for _, name in NAMES} == {"mode", "model"}


@pytest.mark.parametrize(
    ("kind", "given", "says"),
    [
        (LivenessLimits, {"moves": 0}, "moves: must be a whole number from 1 to 3, is 0"),
        (LivenessLimits, {"moves": -1}, "moves: must be a whole number"),
        (LivenessLimits, {"move_within_s": math.nan}, "move_within_s: must be from 1 to 60"),
        (LivenessLimits, {"same_face_min": -1}, "above 0 and at most 1"),
        (LivenessLimits, {"frontal_max": 0.4}, "frontal_max must be below turned_min: 0.4, 0.3"),
        (PortraitLimits, {"best_frames": 0}, "best_frames: must be a whole number"),
        (PortraitLimits, {"best_frames": 1.9}, "must be a whole number from 1 to 20, is 1.9"),
        (PortraitLimits, {"yaw_max_deg": math.inf}, "90 switches this gate off, is inf"),
        (PortraitLimits, {"yaw_max_deg": 0}, "90 switches this gate off, is 0"),
        (PortraitLimits, {"capture_timeout_s": math.nan}, "must be from 1 to 60, is nan"),
        (PortraitLimits, {"face_grey_max": 50}, "face_grey_min must be below face_grey_max"),
        (PortraitLimits, {"sharpnes_min": 50}, "is not a limit; allowed are"),
    ],
)
def test_the_line_says_what_to_write(kind: type[Any], given: dict[str, float], says: str) -> None:
    with pytest.raises(LimitError) as caught:
        check_limits(kind, given)
    assert says in str(caught.value)


def test_a_gate_of_sharpness_that_is_off_lets_blurred_frames_pass_and_still_ranks_them(
    sightings: dict[str, Sighting],
) -> None:
    limits = replace(PortraitLimits(), **check_limits(PortraitLimits, {"sharpness_min": 0}))
    sharp = assess(IMAGES["one"], sightings["one"], limits)
    blurred = assess(frame("a", blur=4.0), sightings["one"], limits)
    assert "sharpness" not in blurred.failed()
    assert rank(sharp, limits) > rank(blurred, limits)
