"""A face's numbers: made of what a network says, joined over several looks, compared. Pure.

Numbers whose cosine is compared lie about a common centre; taken off, what is left differs more
between people. Where the slot says what the length of the numbers tells, of the whole face or of
bands of it, that goes along in deviations: of the two faces of a pair the one that the network is
less sure of says how alike they can be expected to look.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiosk.portrait.slots import Length, ModelSlot

Embedding = NDArray[np.float32]

_LENGTHS_MOST = 2.0
"""Deviations from the crowd that count: beyond, a worse picture gains no more."""


class Likeness:
    """What a slot makes of its network's numbers; raw numbers come in rows, whole face first."""

    def __init__(self, slot: ModelSlot) -> None:
        self._slot = slot
        self._centre = np.array(slot.centre or (0.0,), np.float32)
        every = [slot.length, *(band.length for band in slot.bands)]
        self._lengths = [(row, told) for row, told in enumerate(every) if told is not None]

    def of(self, rows: Embedding) -> Embedding:
        """Return one look's numbers: for cosine centred and of unit length, then the lengths."""
        if self._slot.metric != "cosine":
            return np.asarray(rows[0], np.float32)
        lengths = [_deviations(rows[row], told) for row, told in self._lengths]
        return _with_lengths(_unit(rows[0]) - self._centre, np.array(lengths, np.float32))

    def join(self, looks: Sequence[Embedding]) -> Embedding:
        """Make one picture's numbers of several looks at it."""
        mean = np.asarray(np.mean(np.stack(list(looks)), axis=0), np.float32)
        if self._slot.metric != "cosine":
            return mean
        size = self._slot.output_size
        return _with_lengths(mean[:size], np.clip(mean[size:], -_LENGTHS_MOST, _LENGTHS_MOST))


def compare(slot: ModelSlot, one: Embedding, other: Embedding) -> float:
    """Return the slot's metric between two faces."""
    if slot.metric == "euclidean":
        return float(np.linalg.norm(one - other))
    return float(compare_all(slot, one[np.newaxis], other[np.newaxis])[0, 0])


def compare_all(slot: ModelSlot, ones: NDArray[Any], others: NDArray[Any]) -> NDArray[Any]:
    """Return the slot's metric between each of ``ones`` (rows) and each of ``others``."""
    if slot.metric == "euclidean":
        squares = (ones**2).sum(1)[:, None] + (others**2).sum(1)[None, :] - 2 * ones @ others.T
        return np.asarray(np.sqrt(np.maximum(squares, 0.0)))
    end = ones.shape[1] - len(slot.lengths)
    scores = ones[:, :end] @ others[:, :end].T
    for at, length in enumerate(slot.lengths, start=end):
        scores = scores - length.weight * np.minimum(ones[:, at, None], others[None, :, at])
    return np.asarray(scores)


def _with_lengths(numbers: Embedding, lengths: Embedding) -> Embedding:
    return np.concatenate([_unit(numbers), lengths])


def _unit(vector: Embedding) -> Embedding:
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-12), np.float32)


def _deviations(numbers: Embedding, length: Length) -> np.float32:
    """Return by how many of the crowd's deviations the numbers are longer than its mean."""
    logarithm = np.log(max(float(np.linalg.norm(numbers)), 1e-12))
    return np.float32((logarithm - length.mean) / length.deviation)
