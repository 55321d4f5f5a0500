"""A burnt-out face becomes usable: the camera is asked for less exposure, and gets it back."""

import time
from itertools import pairwise

import pytest

from devices.camera import open_camera
from devices.rig.rig_camera import RigCamera
from kiosk.app.exposure_control import (
    LAMP_FIRST_S,
    LEFT_S,
    SETTLE_S,
    ExposureControl,
    ExposureRule,
)
from kiosk.portrait.exposure import Exposure
from kiosk.portrait.fusion import load_models
from kiosk.portrait.limits import PortraitLimits
from kiosk.portrait.quality import FACE_GREY, assess_frame
from kiosk.portrait.results import GuidanceUpdate
from kiosk.values import Hint, Light, Measure
from tests.portrait.pictures import MODELS, frame

GREYS = {Light.DARK: 20.0, Light.FINE: 120.0, Light.BRIGHT: 240.0}


def guidance(light: Light, now: Light | None = None) -> GuidanceUpdate:
    """What the worker says: the light of a while, and this frame's own."""
    grey = Measure(FACE_GREY, GREYS[now or light], "grey level", 60.0, 200.0)
    return GuidanceUpdate(1, Hint.GOOD, None, 0.0, (grey,), 1, True, light)


@pytest.mark.parametrize("more_light", [2.5, 3.0, 7.0])
def test_a_burnt_out_face_becomes_usable(more_light: float) -> None:
    limits, detector = PortraitLimits(), load_models(MODELS, "sface").detector
    rig = RigCamera(fps=100)
    rig.show([frame("a", scale=1.8)])
    rig.light(more_light)
    camera = open_camera(rig)
    rule, exposure, now_s, number = ExposureRule(), Exposure(limits), 0.0, 0
    lights: list[Light] = []
    good = False
    try:
        while not good and now_s < 8:
            seen = camera.wait_newer(number + 3, 3.0)  # frames on their way show the old exposure
            assert seen is not None
            number, now_s = seen.number, now_s + 0.2
            assessment = assess_frame(seen.image, detector, limits)
            light = exposure.add(assessment, now_s)
            lights.append(light)
            good = assessment.good
            update = GuidanceUpdate(
                1, Hint.GOOD, None, 0.0, assessment.measures, number, good, light
            )
            camera.expose(rule.follow(update, now_s))
    finally:
        camera.close()
    assert Light.BRIGHT in lights
    assert good
    assert rule.steps < 0


def test_steps_wait_for_the_picture_that_shows_them_and_stop_at_the_end() -> None:
    rule, steps = ExposureRule(), []
    for tick in range(100):
        steps.append(rule.follow(guidance(Light.BRIGHT), tick * 0.1))
    changes = [at for at, (one, next_) in enumerate(pairwise(steps)) if one != next_]
    assert steps[-1] == -6
    assert min(b - a for a, b in pairwise(changes)) * 0.1 >= SETTLE_S - 0.01


def test_the_lamp_goes_before_more_exposure() -> None:
    rule = ExposureRule()
    for tick in range(40):
        steps = rule.follow(guidance(Light.DARK), tick * 0.1)
        assert (steps > 0) == (tick * 0.1 >= LAMP_FIRST_S)
        if steps:
            return
    pytest.fail("never asked for more")


def test_each_turn_back_waits_twice_as_long_until_the_exposure_is_given_back() -> None:
    rule, turned, now_s = ExposureRule(), [], 0.0
    steps = rule.follow(guidance(Light.BRIGHT), now_s)
    while now_s < 60:
        now_s += 0.1
        # One step down is too dark, none is too bright.
        light = Light.DARK if steps < 0 else Light.BRIGHT
        after = rule.follow(guidance(light), now_s)
        if after != steps:
            turned.append(now_s)
        steps = after
    waits = [later - earlier for earlier, later in pairwise(turned)]
    assert waits == pytest.approx(
        [SETTLE_S * 2**turn for turn in range(1, 1 + len(waits))], abs=0.11
    )
    assert len(turned) == 6
    rule.follow(None, now_s + LEFT_S)
    assert rule.follow(guidance(Light.BRIGHT), now_s + LEFT_S + 1) == -1
    assert rule.follow(guidance(Light.DARK), now_s + LEFT_S + 1.6) == 0


def test_a_lit_lamp_that_helps_asks_for_no_exposure() -> None:
    rule = ExposureRule()
    assert {rule.follow(guidance(Light.DARK, Light.FINE), t * 0.1) for t in range(60)} == {0}


def test_exposure_is_given_back_when_the_resident_has_left_not_between_tries() -> None:
    rule = ExposureRule()
    assert rule.follow(guidance(Light.BRIGHT), 0.0) == -1
    assert rule.follow(None, LEFT_S - 0.1) == -1
    assert rule.follow(guidance(Light.FINE), LEFT_S) == -1
    assert rule.follow(None, 2 * LEFT_S - 0.1) == -1
    assert rule.follow(None, 2 * LEFT_S) == 0


def test_control_asks_the_camera_and_gives_it_back_at_the_end() -> None:
    asked: list[int] = []
    control = ExposureControl(lambda: guidance(Light.BRIGHT), asked.append).start()
    until = time.monotonic() + 5
    while not asked and time.monotonic() < until:
        time.sleep(0.01)
    control.close()
    assert asked[0] == -1
    assert asked[-1] == 0
