"""Two pictures of an evaluation: the DET curve and the score histograms."""

import cv2
import numpy as np

from kiosk.portrait.faces import Image
from kiosk.portrait.scores import Floats

_WIDTH, _HEIGHT, _MARGIN = 900, 600, 70
_INK, _GRID = (40, 40, 40), (215, 215, 215)
_GENUINE, _IMPOSTOR = (60, 140, 40), (50, 50, 200)


def _canvas(title: str) -> Image:
    image = np.full((_HEIGHT, _WIDTH, 3), 255, np.uint8)
    _text(image, title, _MARGIN, 30, 0.6)
    return image


def _text(image: Image, text: str, x: float, y: float, size: float = 0.45) -> None:
    place = (round(x), round(y))
    cv2.putText(image, text, place, cv2.FONT_HERSHEY_SIMPLEX, size, _INK, 1, cv2.LINE_AA)


def _place(x: float, y: float) -> tuple[int, int]:
    """Turn 0..1 from the lower left corner into a pixel."""
    return (
        round(_MARGIN + x * (_WIDTH - 2 * _MARGIN)),
        round(_HEIGHT - _MARGIN - y * (_HEIGHT - 2 * _MARGIN)),
    )


def draw_det(genuine: Floats, impostor: Floats) -> Image:
    """Draw FNMR over FMR, both logarithmic from 0.001 % to 100 %."""
    image = _canvas("FNMR over FMR")
    decades = 5
    for step in range(decades + 1):
        at = step / decades
        cv2.line(image, _place(at, 0), _place(at, 1), _GRID, 1)
        cv2.line(image, _place(0, at), _place(1, at), _GRID, 1)
        label = f"{100 * 10.0 ** (step - decades):g}%"
        x, y = _place(at, 0)
        _text(image, label, x - 20, y + 22)
        x, y = _place(0, at)
        _text(image, label, 8, y + 5)
    scores = np.sort(impostor)
    steps = np.unique(
        np.concatenate([genuine, scores[:: max(1, scores.size // 4000)], scores[-2000:]])
    )
    steps = steps[np.isfinite(steps)]
    false_match = 1 - np.searchsorted(scores, steps, side="left") / max(1, scores.size)
    missed = np.searchsorted(np.sort(genuine), steps, side="left") / max(1, genuine.size)
    floor = 10.0**-decades
    points = [
        _place(1 + np.log10(max(x, floor)) / decades, 1 + np.log10(max(y, floor)) / decades)
        for x, y in zip(false_match, missed, strict=True)
    ]
    cv2.polylines(image, [np.array(points, np.int32)], False, _GENUINE, 2, cv2.LINE_AA)
    return image


def draw_histogram(genuine: Floats, impostor: Floats) -> Image:
    """Draw the scores of genuine (green) and impostor (red) pairs, each to its own height."""
    image = _canvas("Scores: impostor pairs left, genuine pairs right")
    everything = np.concatenate([genuine, impostor])
    finite = everything[np.isfinite(everything)]
    if not finite.size:
        return image
    low, high = float(finite.min()), float(finite.max()) + 1e-9
    for values, colour in ((impostor, _IMPOSTOR), (genuine, _GENUINE)):
        counts, edges = np.histogram(values[np.isfinite(values)], bins=120, range=(low, high))
        heights = counts / max(1, counts.max())
        points = [
            _place((edge - low) / (high - low), height)
            for edge, height in zip(edges[:-1], heights, strict=True)
        ]
        cv2.polylines(image, [np.array(points, np.int32)], False, colour, 2, cv2.LINE_AA)
    for step in range(6):
        x, y = _place(step / 5, 0)
        _text(image, f"{low + (high - low) * step / 5:.2f}", x - 20, y + 22)
    return image
