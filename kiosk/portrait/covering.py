"""Whether a face whose points lie askew is turned or covered. Pure.

The detector puts the points that it cannot see anywhere, so a hand or a scarf looks like a turn, a
nod or a tilt. One measure alone does not tell: each lies within its limit. Together they do: what
covers a face makes the detector doubt and takes away a mouth, or an eye, or brings another colour.

A sign is 0 in 95 of 100 photographs (LFW, 2,320 faces) and grows outside. Of 431 of these that are
turned, raised, tilted or lit from aside, by up to three times the limit, 7 are told as covered
because of their signs, six of them truly; of frames with a made cover whose points lie so far
askew about 8 in 10.
"""

from collections.abc import Mapping

from kiosk.portrait.quality import (
    DETECTOR_SCORE,
    EVENNESS,
    EYE_CONTRAST,
    EYE_LIGHT,
    EYE_SPAN,
    LOWER_FACE_COLOUR,
    LOWER_FACE_DETAIL,
    MOUTH_CONTRAST,
    PITCH,
    ROLL,
    YAW,
)
from kiosk.values import Measure

COVERED = 1.3
"""From this sum on it is a cover that puts the points askew."""
ASKEW = (YAW, EYE_SPAN, PITCH, ROLL, EVENNESS)
"""What a cover spoils."""
PLAIN = 0.5
"""Of the signs in the picture: so much is needed where a head makes the detector doubt by itself.

Half of it is needed in any case, and twice of it where the head is turned far.
"""
_DOUBTED = (PITCH, EVENNESS)  # a nod, light from aside
_FURTHEST = 2.0  # of its limit beyond it: so far a cover puts the points, and hardly further
_NARROWEST = 0.4  # of its limit below it: the same of the eyes' distance
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


def cover(
    measures: Mapping[str, Measure], beyond: Mapping[str, float], *, turned_far: bool
) -> str | None:
    """Return the plainest sign of a cover that puts points askew; None where there is none.

    ``beyond`` says how far what is askew lies beyond its limit, in shares of it.
    """
    if not beyond or max(beyond.values()) >= _FURTHEST or beyond.get(EYE_SPAN, 0.0) >= _NARROWEST:
        return None
    found = signs(measures)
    doubt = found.pop(DETECTOR_SCORE, 0.0)  # there is some where points were guessed
    seen = sum(found.values())
    if not doubt or doubt + seen < COVERED or seen < _least(beyond, turned_far=turned_far):
        return None
    return max(found, key=lambda name: found[name])


def _least(beyond: Mapping[str, float], *, turned_far: bool) -> float:
    """Return how much of a cover must be seen."""
    if turned_far:
        return 2 * PLAIN
    return PLAIN if max(beyond, key=lambda name: beyond[name]) in _DOUBTED else PLAIN / 2


def signs(measures: Mapping[str, Measure]) -> dict[str, float]:
    """Return each sign of a cover among a frame's measures, 0 to 2."""
    return {
        name: min(max((measures[name].value - start) / step, 0.0), _MOST)
        for name, (start, step) in _STARTS.items()
        if name in measures
    }
