"""What a set of scores says: thresholds, error rates with intervals, accuracy. Pure.

Scores are "higher is more alike". A pair in which a face was not found is a non-match.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
RATE_KEYS = {0.01: "0.01", 0.001: "0.001", 0.0001: "0.0001"}  # as reports name them
FEWEST_FALSE_MATCHES = 10  # fewer make a threshold a matter of luck


def threshold_at(impostor: Floats, fmr: float) -> float | None:
    """Return the lowest threshold that keeps these pairs at or under the false match rate.

    Whether they are enough to show the rate is another question: ``shows_rate``. Where every
    threshold would do, because the rest are pairs without a face, it is the lowest score there
    is. None where no pair has a score.
    """
    seen = np.isfinite(impostor)
    if not seen.any():
        return None
    at = impostor.size - false_matches(impostor.size, fmr) - 1
    above = np.partition(impostor, at)[at]
    if np.isfinite(above):
        return float(np.nextafter(above, np.inf))
    return float(impostor[seen].min())


def false_matches(pairs: int, fmr: float) -> int:
    """Return how many of so many impostor pairs may match at this rate."""
    return math.floor(pairs * fmr + 1e-9)


def shows_rate(impostor: Floats, fmr: float) -> bool:
    """Say whether the pairs are enough to show this rate.

    They are not with fewer than ten false matches, nor where the threshold rests on a pair
    without a face.
    """
    with_faces = int(np.isfinite(impostor).sum())
    return FEWEST_FALSE_MATCHES <= false_matches(impostor.size, fmr) < with_faces


def fnmr(genuine: Floats, threshold: float) -> float:
    """Return the share of genuine pairs below the threshold."""
    return float((genuine < threshold).mean()) if genuine.size else float("nan")


def fmr(impostor: Floats, threshold: float) -> float | None:
    """Return the share of impostor pairs at or above the threshold; None without pairs."""
    return float((impostor >= threshold).mean()) if impostor.size else None


def fnmr_interval(
    genuine: Floats, people: Sequence[str], threshold: float, rounds: int = 1000
) -> tuple[float, float]:
    """Return the 95 % bootstrap interval of the FNMR, drawing people, not pairs.

    Pairs of one person fail together, so drawing pairs would make the interval too narrow.
    """
    _, owner = np.unique(np.array(people), return_inverse=True)
    count = int(owner.max()) + 1
    misses = np.bincount(owner, weights=(genuine < threshold).astype(float), minlength=count)
    pairs = np.bincount(owner, minlength=count)
    random = np.random.default_rng(20240101)
    drawn = random.integers(0, count, (rounds, count))
    rates = misses[drawn].sum(axis=1) / pairs[drawn].sum(axis=1)
    low, high = np.quantile(rates, [0.025, 0.975])
    return float(low), float(high)


def error_rates(
    genuine: Floats,
    people: Sequence[str],
    thresholds: Mapping[str, float | None],
    false_match_rate: Callable[[float], float | None],
) -> dict[str, dict[str, Any]]:
    """Return fnmr, fnmr_ci, fmr and thresholds by the rate aimed at; None where not known."""
    table: dict[str, dict[str, Any]] = {"fnmr": {}, "fnmr_ci": {}, "fmr": {}}
    for key, threshold in thresholds.items():
        table["fmr"][key] = None if threshold is None else false_match_rate(threshold)
        if threshold is None or not genuine.size:
            table["fnmr"][key] = table["fnmr_ci"][key] = None
            continue
        table["fnmr"][key] = fnmr(genuine, threshold)
        table["fnmr_ci"][key] = list(fnmr_interval(genuine, people, threshold))
    return {**table, "thresholds": dict(thresholds)}


def ten_fold_accuracy(genuine: Floats, impostor: Floats) -> float | None:
    """Return the mean accuracy over ten folds, each at the best threshold of the other nine.

    Pairs keep their order, so LFW's lists fall into LFW's folds. None for too few pairs.
    """
    folds = min(10, genuine.size, impostor.size)
    if folds < 2:
        return None
    of_genuine = np.arange(genuine.size) * folds // genuine.size
    of_impostor = np.arange(impostor.size) * folds // impostor.size
    parts: list[float] = []
    for fold in range(folds):
        best = _best_threshold(genuine[of_genuine != fold], impostor[of_impostor != fold])
        same, other = genuine[of_genuine == fold], impostor[of_impostor == fold]
        right = int((same >= best).sum()) + int((other < best).sum())
        parts.append(right / (same.size + other.size))
    return float(np.mean(parts))


def _best_threshold(genuine: Floats, impostor: Floats) -> float:
    scores = np.concatenate([genuine, impostor])
    seen = np.unique(scores[np.isfinite(scores)])
    if seen.size < 2:
        return float(seen[0]) if seen.size else 0.0
    candidates = (seen[1:] + seen[:-1]) / 2  # between scores, so that it fits unseen ones too
    hits = genuine.size - np.searchsorted(np.sort(genuine), candidates, side="left")
    rejections = np.searchsorted(np.sort(impostor), candidates, side="left")
    return float(candidates[int(np.argmax(hits + rejections))])
