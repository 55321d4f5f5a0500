"""A burnt-out face is told as the light's fault also where no face is found in it any more."""

from functools import cache
from itertools import count, pairwise

import cv2
import numpy as np
import pytest

from backend.console.sentences import CaseFacts
from backend.console.sentences import explain as say_why
from kiosk.app.exposure_control import ExposureRule
from kiosk.portrait.exposure import Exposure
from kiosk.portrait.faces import Image
from kiosk.portrait.hint import choose_hint
from kiosk.portrait.light import burnt_middle
from kiosk.portrait.limits import PortraitLimits
from kiosk.portrait.quality import Assessment, assess, assess_frame
from kiosk.portrait.results import GuidanceUpdate, ReasonKey
from kiosk.portrait.tracking import Sighting
from kiosk.portrait.why import explain
from kiosk.values import FailureCause, Hint, Light
from tests.benchmarks.why import Bench
from tests.benchmarks.why_scene import detector, hall
from tests.portrait.damage import before_window, spot_light
from tests.portrait.pictures import document, frame

LIMITS = PortraitLimits()
SCALES = {"a": 1.8, "b": 1.2}
STEP_S = 0.2


@cache
def spot(resident: str, light: float, around: float, seed: int) -> Image:
    image = frame(resident, scale=SCALES[resident], seed=seed)
    (face, *_) = detector().find(frame(resident, scale=SCALES[resident]))
    return spot_light(image, face, light, around)


@cache
def window(resident: str, shade: float, seed: int) -> Image:
    image = frame(resident, scale=SCALES[resident], seed=seed)
    (face, *_) = detector().find(frame(resident, scale=SCALES[resident]))
    return before_window(image, face, shade)


def burnt(resident: str, kind: str, light: float, seed: int) -> Image:
    if kind == "all":
        return frame(resident, scale=SCALES[resident], light=light, seed=seed)
    return spot(resident, light, {"spot": 1.0, "spot in the dark": 0.12}[kind], seed)


BURNT = [
    (resident, kind, light)
    for resident in ("a", "b")
    for kind, light in (
        ("all", 2.2),
        ("all", 3.0),
        ("all", 8.0),
        ("all", 12.0),
        ("spot", 8.0),
        ("spot", 12.0),
        ("spot in the dark", 8.0),
    )
]


def follow(image: Image, frames: int = 30) -> tuple[list[Hint], list[Light], list[int]]:
    """Judge a picture that stays; return hints, the light, and the steps asked for."""
    exposure, rule = Exposure(LIMITS), ExposureRule()
    hints, lights, steps = [], [], []
    assessment = assess_frame(image, detector(), LIMITS)
    for number in range(frames):
        hints.append(choose_hint(assessment))
        lights.append(exposure.add(assessment, number * STEP_S))
        update = GuidanceUpdate(
            1, hints[-1], None, 0.0, assessment.measures, number, assessment.good, lights[-1]
        )
        steps.append(rule.follow(update, number * STEP_S))
    return hints, lights, steps


@pytest.mark.parametrize(("resident", "kind", "light"), BURNT)
def test_a_burnt_out_face_asks_for_less_light(resident: str, kind: str, light: float) -> None:
    hints, lights, steps = follow(burnt(resident, kind, light, 0))
    assert set(hints) == {Hint.LESS_LIGHT}
    assert lights[-1] is Light.BRIGHT
    assert steps[-1] == -6


@pytest.fixture(scope="module")
def bench() -> Bench:
    return Bench("sface")


@pytest.mark.parametrize(("resident", "kind", "light"), BURNT)
def test_a_capture_of_a_burnt_out_face_is_put_down_to_the_light(
    bench: Bench, resident: str, kind: str, light: float
) -> None:
    images = (burnt(resident, kind, light, n % 2) for n in count())
    reason = explain(bench.capture(images, None, document(resident)), ())
    assert reason is not None
    assert reason.key is ReasonKey.OVEREXPOSED
    assert reason.cause is FailureCause.MACHINE
    facts = CaseFacts("portrait_not_matched", why=reason.key.value, figures=dict(reason.figures))
    assert "It is the light" in say_why(facts, "en").lead


@pytest.mark.parametrize("resident", ["a", "b"])
def test_a_white_wall_behind_an_ordinary_face_is_no_fault(resident: str) -> None:
    assessment = assess_frame(window(resident, 1.0, 0), detector(), LIMITS)
    assert assessment.good, assessment.failed()


@pytest.mark.parametrize("shade", [0.3, 0.15])
@pytest.mark.parametrize("resident", ["a", "b"])
def test_a_face_in_the_shade_before_a_bright_window_is_dark(
    bench: Bench, resident: str, shade: float
) -> None:
    hints, lights, steps = follow(window(resident, shade, 0))
    assert set(hints) == {Hint.MORE_LIGHT}
    assert lights[-1] is Light.DARK
    assert steps[-1] > 0
    images = (window(resident, shade, n % 2) for n in count())
    reason = explain(bench.capture(images, None, document(resident)), ())
    assert reason is not None
    assert reason.key is ReasonKey.DARK


@pytest.mark.parametrize("resident", ["a", "b"])
def test_a_face_lost_in_the_shade_before_a_window_asks_for_no_less_light(resident: str) -> None:
    black = window(resident, 0.02, 0)
    assert assess_frame(black, detector(), LIMITS).face is None
    assert burnt_middle(black) < LIMITS.burnt_middle_max_ratio
    assert follow(black)[2][-1] >= 0


def test_a_lit_face_in_a_dark_hall_is_judged_by_the_face() -> None:
    assessment = assess_frame(spot("b", 1.0, 0.05, 0), detector(), LIMITS)
    assert assessment.value("scene_grey") < LIMITS.scene_grey_min
    assert choose_hint(assessment) is Hint.GOOD


def empty() -> np.ndarray:
    """A hall with nobody before the camera."""
    return np.asarray(hall(0), np.float64)


def lamp_in_the_dark() -> np.ndarray:
    """Nobody, and a lamp in the middle of a dark hall: no step is right for both."""
    room = np.full((720, 1280, 3), 14.0)
    cv2.circle(room, (640, 330), 100, (250.0, 250.0, 250.0), -1)
    return room


@pytest.mark.parametrize("light", [1.0, 1.3, 2.0, 3.0, 6.0])
@pytest.mark.parametrize("room", [empty(), lamp_in_the_dark()], ids=["hall", "lamp"])
def test_a_hall_with_nobody_in_it_does_not_flap_the_exposure(
    room: np.ndarray, light: float
) -> None:
    @cache
    def seen(steps: int) -> Assessment:
        """Nobody, as the camera shows it after so many steps."""
        exposed = np.clip(room * (light * 2.0 ** (steps / 2)), 0, 255).astype(np.uint8)
        return assess(exposed, Sighting([], None, True), LIMITS)

    exposure, rule, asked = Exposure(LIMITS), ExposureRule(), [0]
    for number in range(600):
        state = exposure.add(seen(asked[-1]), number * STEP_S)
        measures = seen(asked[-1]).measures
        update = GuidanceUpdate(1, Hint.GOOD, None, 0.0, measures, number, False, state)
        asked.append(rule.follow(update, number * STEP_S))
    assert sum(one != other for one, other in pairwise(asked[-300:])) <= 2, asked
