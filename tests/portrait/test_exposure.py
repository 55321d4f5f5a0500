"""What the light has been like for a while, and the lamp, which is lit once and stays."""

import numpy as np
import pytest

from kiosk.portrait.exposure import Exposure
from kiosk.portrait.faces import Face
from kiosk.portrait.limits import PortraitLimits
from kiosk.portrait.quality import Assessment
from kiosk.values import Light, Measure

LIMITS = PortraitLimits(light_wait_s=0.8)
FACE = Face(0, 0, 100, 120, 0.95, np.zeros((5, 2), np.float32))


def face_of(grey: float) -> Assessment:
    return Assessment(FACE, (Measure("face_grey", grey, "grey level", 60, 200),))


DARK, FINE, BRIGHT = (face_of(grey) for grey in (20, 120, 240))


def told(exposure: Exposure) -> dict[str, Measure]:
    return {measure.name: measure for measure in exposure.measures()}


@pytest.mark.parametrize(
    ("measure", "light"),
    [
        (Measure("face_grey", 20, "grey level", 60, 200), Light.DARK),
        (Measure("scene_grey", 5, "grey level", 30, None), Light.DARK),
        (Measure("overexposed", 0.3, "of face", None, 0.05), Light.BRIGHT),
    ],
)
def test_light_that_stays_wrong_asks_for_help_and_is_told_to_staff(
    measure: Measure, light: Light
) -> None:
    exposure = Exposure(LIMITS)
    wrong = Assessment(FACE, (measure,))
    assert exposure.add(wrong, 0.0) is Light.FINE
    assert exposure.add(FINE, 0.5) is Light.FINE
    assert exposure.add(wrong, 1.0) is Light.FINE
    assert exposure.add(wrong, 1.7) is Light.FINE
    assert not exposure.lamp
    assert exposure.add(wrong, 1.8) is light
    assert exposure.lamp is (light is Light.DARK)
    assert exposure.add(FINE, 2.8) is Light.FINE
    frames = told(exposure)["dark_frames" if light is Light.DARK else "bright_frames"]
    assert frames.value > 0.5
    assert not frames.ok


def test_the_light_is_told_as_it_is_after_dark_and_bright() -> None:
    exposure = Exposure(LIMITS)
    for now, seen, light in (
        (0.0, DARK, Light.FINE),
        (0.8, DARK, Light.DARK),
        (1.0, BRIGHT, Light.DARK),
        (1.8, BRIGHT, Light.BRIGHT),
        (2.0, FINE, Light.FINE),
        (4.0, FINE, Light.FINE),
    ):
        assert exposure.add(seen, now) is light, now


def test_the_lamp_never_goes_off_and_its_time_is_counted_from_when_it_was_lit() -> None:
    exposure = Exposure(LIMITS)
    lamp = []
    for tick in range(60):  # dark and bright in turn, a second and a half each
        exposure.add((DARK, BRIGHT)[tick // 15 % 2], tick * 0.1)
        lamp.append(exposure.lamp)
    assert lamp == [False] * 8 + [True] * 52
    assert told(exposure)["lamp"].value == pytest.approx(5.1)


def test_bright_light_lights_no_lamp() -> None:
    exposure = Exposure(LIMITS)
    for tick in range(60):
        exposure.add(BRIGHT, tick * 0.1)
    assert not exposure.lamp
    assert told(exposure)["lamp"].value == 0.0
