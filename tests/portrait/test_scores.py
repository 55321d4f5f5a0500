"""Thresholds of scores: shown by none that would rest on pictures in which no face was found."""

import numpy as np
import pytest

from kiosk.portrait.scores import false_matches, fmr, shows_rate, threshold_at


def test_no_rate_is_shown_by_pairs_without_a_face() -> None:
    none = np.full(100_000, -np.inf)
    assert threshold_at(none, 0.001) is None
    assert not shows_rate(none, 0.001)
    few_faces = np.concatenate([np.full(99_990, -np.inf), np.linspace(0.0, 0.1, 10)])
    threshold = threshold_at(few_faces, 0.0001)
    assert threshold == 0.0
    assert fmr(few_faces, threshold) == 0.0001
    assert not shows_rate(few_faces, 0.0001)
    enough = np.concatenate([np.full(99_989, -np.inf), np.linspace(0.0, 0.1, 11)])
    assert threshold_at(enough, 0.0001) == pytest.approx(0.0, abs=1e-9)
    assert shows_rate(enough, 0.0001)


def test_equal_scores_are_all_kept_out() -> None:
    impostor = np.array([0.1] * 950 + [0.5] * 50)
    threshold = threshold_at(impostor, 0.01)
    assert threshold is not None
    assert threshold > 0.5
    assert fmr(impostor, threshold) == 0.0


@pytest.mark.parametrize(
    ("pairs", "rate", "allowed"), [(2900, 0.01, 29), (3000, 0.01 / 3, 10), (60, 0.01, 0)]
)
def test_allowed_false_matches_are_whole_and_not_lost_in_rounding(
    pairs: int, rate: float, allowed: int
) -> None:
    assert false_matches(pairs, rate) == allowed
