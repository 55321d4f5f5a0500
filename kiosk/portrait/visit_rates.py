"""Error rates of a whole visit: up to three captures, each the mean of several frames. Pure.

Labelled pictures stand in for frames: the mean of several pictures of one person is compared
with another picture. Frames of one capture are more alike than such pictures, so the mean
gains less there; in the worst case, frames that are all the same, it is a single picture.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kiosk.portrait import scores as measure
from kiosk.portrait.fusion import Matcher, Template
from kiosk.portrait.scores import RATE_KEYS, Floats

TRIES = 3
MOST_FRAMES = 5
FEWEST_FRAMES = 3


@dataclass(frozen=True, slots=True, eq=False)
class Means:
    """Scores of means against single pictures of the same and of other people."""

    genuine: Floats
    impostor: Floats
    people: tuple[str, ...]  # of the genuine scores, for the bootstrap


def score_means(
    matcher: Matcher, templates: Mapping[str, Template | None], who: Mapping[str, str]
) -> Means:
    """Compare means of three to five pictures with pictures that are not in them.

    Genuine: each picture against the mean of up to five others of its person. Impostor: the
    means of disjoint groups of each person's pictures against all pictures of other people.
    """
    albums: dict[str, list[Template]] = {}
    for name in sorted(templates):
        template = templates[name]
        if template is not None:
            albums.setdefault(who[name], []).append(template)
    everybody = [template for album in albums.values() for template in album]
    owner = np.repeat(np.arange(len(albums)), [len(album) for album in albums.values()])
    genuine: list[float] = []
    people: list[str] = []
    impostor: list[Floats] = []
    for number, (person, album) in enumerate(albums.items()):
        for at, reference in enumerate(album):
            others = (album[at + 1 :] + album[:at])[:MOST_FRAMES]
            if len(others) >= FEWEST_FRAMES:
                genuine.append(matcher.compare(matcher.mean(others), reference).score)
                people.append(person)
        groups = [album[at : at + MOST_FRAMES] for at in range(0, len(album), MOST_FRAMES)]
        means = [matcher.mean(group) for group in groups if len(group) >= FEWEST_FRAMES]
        if means:
            rows = matcher.fuse(matcher.compare_many(means, everybody))
            impostor.append(rows[:, owner != number].ravel())
    return Means(
        np.array(genuine), np.concatenate(impostor) if impostor else np.array([]), tuple(people)
    )


def visit_report(
    means: Means, singles: Floats, fixed: Mapping[str, float] | None = None
) -> dict[str, Any]:
    """Return the thresholds that hold a visit's false match rate, and what they cost.

    A stranger may try three times, so one capture is given a third of the rate; and it must
    hold for ``singles``, impostor pairs of single pictures, as well as for means. ``fnmr`` is
    of one capture whose frames are different pictures. ``fixed`` are thresholds chosen
    elsewhere; ``fmr`` is then three times the larger of the two rates that they gave here.
    """
    thresholds = {
        key: _threshold(means.impostor, singles, aim) if fixed is None else fixed.get(key)
        for aim, key in RATE_KEYS.items()
    }

    def false_match_rate(threshold: float) -> float | None:
        found = [measure.fmr(part, threshold) for part in (means.impostor, singles)]
        known = [rate for rate in found if rate is not None]
        return min(1.0, TRIES * max(known)) if known else None

    shown = {} if fixed is not None else {"shown": _shown(means.impostor, singles)}
    return {
        **measure.error_rates(means.genuine, means.people, thresholds, false_match_rate),
        **shown,
        "tries": TRIES,
        "frames": [FEWEST_FRAMES, MOST_FRAMES],
        "genuine": int(means.genuine.size),
        "impostor": int(means.impostor.size),
    }


def _shown(impostor_means: Floats, singles: Floats) -> dict[str, bool]:
    """Say of each rate whether means and single pictures are both enough to show it."""
    return {
        key: all(measure.shows_rate(part, aim / TRIES) for part in (impostor_means, singles))
        for aim, key in RATE_KEYS.items()
    }


def _threshold(impostor_means: Floats, singles: Floats, fmr: float) -> float | None:
    found = [measure.threshold_at(part, fmr / TRIES) for part in (impostor_means, singles)]
    known: Sequence[float] = [threshold for threshold in found if threshold is not None]
    return max(known) if len(known) == len(found) else None
