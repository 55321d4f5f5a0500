"""An all but black face is told as the light's fault; nobody is told where nobody is."""

from collections.abc import Callable
from itertools import count, product

import numpy as np
import pytest

from backend.console.sentences import CaseFacts
from backend.console.sentences import explain as say_why
from kiosk.portrait.exposure import frame_light
from kiosk.portrait.faces import Face, Image
from kiosk.portrait.hint import choose_hint
from kiosk.portrait.light import scene_grey
from kiosk.portrait.limits import PortraitLimits
from kiosk.portrait.quality import FACE_GREY, assess
from kiosk.portrait.results import ReasonKey
from kiosk.portrait.shade import EVERY_S, ShadeWatch
from kiosk.portrait.tracking import Sighting, search
from kiosk.portrait.why import explain
from kiosk.values import Hint, Light
from tests.benchmarks.why import Bench
from tests.benchmarks.why_scene import detector, hall
from tests.portrait.damage import before_window, eyes_covered, face_mask
from tests.portrait.pictures import document, frame

LIMITS = PortraitLimits()
SCALES = {"a": 1.8, "b": 1.2}
FRAME_S = 0.1


def lit(resident: str, seed: int = 0) -> tuple[Image, Face]:
    """A frame of a resident, and where the face is."""
    image = frame(resident, scale=SCALES[resident], seed=seed)
    return image, detector().find(image)[0]


def silhouette(resident: str, shade: float, seed: int = 0) -> Image:
    """All but black before a bright window."""
    return before_window(*lit(resident, seed), shade)


def empty_halls() -> list[Image]:
    """Nobody: the hall at night, with a window, and burnt out."""
    halls = []
    for seed, (light, window) in enumerate(product((0.0, 0.03, 0.08, 4.0), (0, 250))):
        room = hall(seed) * light
        if window:
            room[:, 800:] = window
        noise = np.random.default_rng(seed).normal(0.0, 3.0, room.shape)
        halls.append(np.clip(room + noise, 0, 255).astype(np.uint8))
    return halls


def watch(image: Image, seconds: float = 3.0) -> tuple[list[Sighting], int]:
    """Look at a picture that stays; return what was seen each time, and how often was looked."""
    looks: list[Image] = []

    def find(bright: Image) -> list[Face]:
        looks.append(bright)
        return detector().find(bright)

    shade = ShadeWatch(find, LIMITS)
    seen = [
        shade.look(image, search(image, detector()), number * FRAME_S)
        for number in range(round(seconds / FRAME_S))
    ]
    return seen, len(looks)


@pytest.mark.parametrize("dark", [0.04, 0.025])
@pytest.mark.parametrize("resident", ["a", "b"])
def test_a_black_face_before_a_window_asks_for_more_light(resident: str, dark: float) -> None:
    image = silhouette(resident, dark)
    assert not detector().find(image)
    seen, looks = watch(image)
    assert looks == len(seen) * FRAME_S / EVERY_S - 1  # nobody was missed before the first
    assert all(len(each.faces) == 1 for each in seen[-20:])
    (face,) = seen[-1].faces
    there = lit(resident)[1]
    assert np.abs(face.landmarks - there.landmarks).max() < 0.3 * there.eye_distance
    assessment = assess(image, seen[-1], LIMITS)
    assert choose_hint(assessment) is Hint.MORE_LIGHT
    assert frame_light(assessment) is Light.DARK
    assert not assessment.comparable


@pytest.fixture(scope="module")
def bench() -> Bench:
    return Bench("sface")


@pytest.mark.parametrize("resident", ["a", "b"])
def test_staff_read_that_it_is_the_light_and_how_dark_the_face_was(
    bench: Bench, resident: str
) -> None:
    images = (silhouette(resident, 0.03, n % 2) for n in count())
    reason = explain(bench.capture(images, None, document(resident)), ())
    assert reason is not None
    assert reason.key is ReasonKey.DARK
    figures = dict(reason.figures)
    assert figures[FACE_GREY] < 10
    facts = CaseFacts("portrait_not_matched", why=reason.key.value, figures=figures)
    assert "It is the light: face or hall too dark" in say_why(facts, "en").lead


def test_where_nobody_is_nobody_is_seen() -> None:
    for image in empty_halls():
        seen, _ = watch(image)
        assert not any(each.faces for each in seen), scene_grey(image)


def test_a_good_face_is_not_looked_at_again() -> None:
    assert watch(lit("b")[0])[1] == 0


@pytest.mark.parametrize("cover", [face_mask, eyes_covered])
def test_who_is_hidden_in_good_light_is_not_in_the_dark(
    cover: Callable[[Image, Face], Image],
) -> None:
    image = cover(*lit("b"))
    for sighting in (search(image, detector()), Sighting([], None, searched=True)):
        shade = ShadeWatch(detector().find, LIMITS)
        assert all(shade.look(image, sighting, n * FRAME_S) is sighting for n in range(20))


def test_who_leaves_is_gone_with_the_next_look() -> None:
    shade = ShadeWatch(detector().find, LIMITS)
    nobody = Sighting([], None, searched=True)
    black, empty = silhouette("b", 0.05), empty_halls()[3]
    seen = [shade.look(black, nobody, n * FRAME_S) for n in range(10)]
    assert seen[-1].faces
    seen = [shade.look(empty, nobody, 1.0 + n * FRAME_S) for n in range(10)]
    assert not seen[-1].faces
