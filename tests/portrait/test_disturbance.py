"""Noise, blocks and a wrong colour are the camera's fault, whatever the face looks like in them."""

from itertools import count

import numpy as np
import pytest

from backend.console.sentences import CaseFacts
from backend.console.sentences import explain as say_why
from kiosk.portrait.disturbance import (
    BLOCKS_MOST,
    CAST_MOST,
    NOISE_MOST,
    blocks,
    colour_cast,
    compression,
    noise,
)
from kiosk.portrait.faces import Image
from kiosk.portrait.limits import PortraitLimits
from kiosk.portrait.quality import assess_reference
from kiosk.portrait.results import CAUSES, ReasonKey
from kiosk.portrait.why import explain
from kiosk.values import FailureCause
from tests.benchmarks.why import Bench
from tests.benchmarks.why_machine import compressed, few_pixels, noisy, speckled, tinted_all
from tests.benchmarks.why_scene import Change, detector, hall
from tests.portrait.pictures import document, frame, photograph

RANDOM = np.random.default_rng(1)
USUAL = [frame("a", scale=1.8), frame("b"), frame("b", light=0.3), frame("a", blur=6.0), hall(3)]


@pytest.mark.parametrize("image", USUAL, ids=["a", "b", "dark", "blurred", "hall"])
def test_a_usual_picture_has_next_to_nothing_of_it(image: Image) -> None:
    assert noise(image) < NOISE_MOST / 2
    assert blocks(image) < BLOCKS_MOST / 1.4
    assert colour_cast(image) < CAST_MOST / 1.5


@pytest.mark.parametrize("image", USUAL[:2], ids=["a", "b"])
def test_each_measure_sees_its_own_fault(image: Image) -> None:
    for change in (noisy(40), noisy(110), speckled(0.1), speckled(0.3)):
        assert noise(change(image, RANDOM)) > NOISE_MOST
    for change in (compressed(1), compressed(2), few_pixels(96, smooth=False)):
        assert blocks(change(image, RANDOM)) > BLOCKS_MOST
    for colours in ((0.3, 1.4, 0.3), (0.1, 0.3, 1.8)):
        assert colour_cast(tinted_all(*colours)(image, RANDOM)) > CAST_MOST


def test_a_camera_that_compresses_as_usual_or_is_soft_shows_no_blocks() -> None:
    for change in (compressed(50), compressed(80), few_pixels(160, smooth=True)):
        assert blocks(change(hall(1), RANDOM)) < BLOCKS_MOST


@pytest.mark.parametrize("side", [1, 2, 7, 30])
def test_a_picture_of_any_size_is_measured(side: int) -> None:
    tiny = np.full((side, side + 1, 3), 90, np.uint8)
    assert noise(tiny) == 0.0
    assert (blocks(tiny), compression(tiny), colour_cast(tiny)) == (0.0, 0.0, 0.0)


@pytest.fixture(scope="module")
def bench() -> Bench:
    return Bench("sface")


@pytest.mark.parametrize(
    ("change", "figure"),
    [(noisy(110), "noise"), (compressed(1), "blocks"), (tinted_all(0.05, 0.2, 2.2), "colour_cast")],
    ids=["noise", "blocks", "colour"],
)
def test_staff_read_that_it_is_the_camera(bench: Bench, change: Change, figure: str) -> None:
    random = np.random.default_rng(2)
    images = (change(frame("b", seed=n % 3), random) for n in count())
    stranger = document("a")  # so that it fails, however well it is seen
    reason = explain(bench.capture(images, None, stranger), ())
    assert reason is not None
    assert reason.key is ReasonKey.DISTURBED
    assert CAUSES[reason.key] is FailureCause.MACHINE
    figures = dict(reason.figures)
    assert figures[figure] > figures[f"{figure}_limit"]
    for language, words in (
        ("en", "the camera or its cable"),
        ("zh-hans", "相机"),
        ("zh-hant", "相機"),
    ):
        facts = CaseFacts("portrait_not_matched", why=reason.key.value, figures=figures)
        assert words in say_why(facts, language).lead


def test_the_light_is_told_before_the_noise_that_comes_with_it(bench: Bench) -> None:
    random = np.random.default_rng(3)
    dark = (noisy(25)(frame("b", light=0.15), random) for _ in count())
    reason = explain(bench.capture(dark, None, document("b")), ())
    assert reason is not None
    assert reason.key is ReasonKey.DARK


@pytest.mark.parametrize("resident", ["a", "b"])
def test_a_reference_that_lies_on_its_side_is_no_good_one(resident: str) -> None:
    image = np.ascontiguousarray(np.rot90(photograph(resident)))
    face = detector().find_main(image)
    if face is not None:
        lacking = [m.name for m in assess_reference(image, face, PortraitLimits()) if not m.ok]
        assert "detector_score" in lacking


@pytest.mark.parametrize(("quality", "poor"), [(92, False), (60, False), (3, True), (1, True)])
def test_a_reference_of_blocks_is_a_poor_one(quality: int, poor: bool) -> None:
    image = compressed(quality)(photograph("b"), RANDOM)
    face = detector().find_main(image)
    assert face is not None
    lacking = [m.name for m in assess_reference(image, face, PortraitLimits()) if not m.ok]
    assert ("blocks" in lacking) is poor
