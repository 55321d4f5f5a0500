"""Staff read every measure in three languages: its name, its unit, and what is wrong with it."""

import pytest

from backend.console.texts import LANGUAGES, words_of
from kiosk.portrait.capture import Capture
from kiosk.portrait.exposure import Exposure
from kiosk.portrait.limits import PortraitLimits
from kiosk.portrait.quality import (
    CAPTURE_MEASURES,
    FRAME_MEASURES,
    SAME_FACE,
    Assessment,
    assess,
    assess_frame,
)
from kiosk.portrait.tracking import Sighting
from kiosk.values import Measure
from tests.benchmarks.why_scene import detector
from tests.portrait.pictures import frame

LIMITS = PortraitLimits()


def nobody() -> Assessment:
    return assess(frame("a"), Sighting([], None, True), LIMITS)


def all_measures() -> list[Measure]:
    """Every measure of a frame, with a face and without, and of a capture."""
    return [
        *assess_frame(frame("a"), detector(), LIMITS).measures,
        *nobody().measures,
        *Capture(LIMITS, 0.0).measures(),
        *Exposure(LIMITS).measures(),
        Measure(SAME_FACE, 1.0, "score", 0.4, None),
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_measure_has_its_words(language: str) -> None:
    measures = all_measures()
    assert {measure.name for measure in measures} == {*FRAME_MEASURES, *CAPTURE_MEASURES}
    needed = set()
    for measure in measures:
        needed |= {f"measure.{measure.name}", f"unit.{measure.unit}"}
        needed |= {f"why_measure.{measure.name}_low"} if measure.low is not None else set()
        needed |= {f"why_measure.{measure.name}_high"} if measure.high is not None else set()
    assert needed - words_of(language).keys() == set()


def test_a_scene_without_a_face_is_held_to_limits_and_one_with_a_face_is_not() -> None:
    seen = {m.name: m for m in assess_frame(frame("a"), detector(), LIMITS).measures}
    lost = {m.name: m for m in nobody().measures}
    for name in ("burnt_middle", "scene_grey"):
        assert (seen[name].low, seen[name].high) == (None, None)
        assert lost[name].high is not None
        assert lost[name].value == seen[name].value
