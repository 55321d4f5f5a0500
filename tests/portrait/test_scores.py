"""Thresholds of scores: none where it would rest on pictures in which no face was found."""

import numpy as np
import pytest

from kiosk.portrait.scores import threshold_at


def test_a_threshold_never_rests_on_a_pair_without_a_face() -> None:
    assert threshold_at(np.full(100_000, -np.inf), 0.001) is None
    few_faces = np.concatenate([np.full(99_990, -np.inf), np.linspace(0.0, 0.1, 10)])
    assert threshold_at(few_faces, 0.0001) is None
    enough = np.concatenate([np.full(99_989, -np.inf), np.linspace(0.0, 0.1, 11)])
    assert threshold_at(enough, 0.0001) == pytest.approx(0.0, abs=1e-9)
