"""Whether a face whose points lie askew is turned or covered. Pure.

The detector puts the points that it cannot see anywhere, so a hand or a scarf looks like a turn, a
nod or a tilt. One measure alone does not tell: each lies within its limit. Together they do: what
covers a face makes the detector doubt and takes away a mouth, or an eye, or brings another colour.

A sign is 0 in 95 of 100 photographs (LFW, 2,320 faces) and grows outside. Of 414 of these that are
turned, raised or tilted, by up to three times the limit, about 10 have signs of 1.3 and more; of
frames with a made cover whose points lie askew so far 9 in 10 have.
"""

from collections.abc import Mapping

from kiosk.portrait.quality import (
    DETECTOR_SCORE,
    EYE_CONTRAST,
    EYE_LIGHT,
    LOWER_FACE_COLOUR,
    LOWER_FACE_DETAIL,
    MOUTH_CONTRAST,
)
from kiosk.values import Measure

COVERED = 1.3
"""From this sum on it is a cover that puts the points askew."""
_MOST = 2.0  # of one sign: none alone says everything

# From where on a measure is a sign, and how much further it counts as one.
_STARTS = {
    MOUTH_CONTRAST: (0.110, -0.05),
    LOWER_FACE_COLOUR: (11.0, 8.0),
    LOWER_FACE_DETAIL: (2.5, 2.5),
    EYE_CONTRAST: (0.118, -0.04),
    EYE_LIGHT: (0.50, -0.15),
    DETECTOR_SCORE: (0.925, -0.025),
}
_OF_EYES = (EYE_CONTRAST, EYE_LIGHT)


def signs(measures: Mapping[str, Measure]) -> dict[str, float]:
    """Return each sign of a cover among a frame's measures, 0 to 2."""
    return {
        name: min(max((measures[name].value - start) / step, 0.0), _MOST)
        for name, (start, step) in _STARTS.items()
        if name in measures
    }


def seen(found: Mapping[str, float]) -> float:
    """Return the sum of what is seen in the picture, without the detector's doubt."""
    return sum(found.values()) - found.get(DETECTOR_SCORE, 0.0)


def plainest(found: Mapping[str, float]) -> str:
    """Return the measure with the largest sign in the picture."""
    return max((name for name in found if name != DETECTOR_SCORE), key=lambda name: found[name])


def of_eyes(name: str) -> bool:
    """Say whether a sign is one of covered eyes."""
    return name in _OF_EYES
