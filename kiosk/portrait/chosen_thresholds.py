"""Thresholds chosen elsewhere, for ``evaluate --thresholds``: whose they are is checked.

Scores of one network say nothing of another's. Reads JSON only.
"""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kiosk.portrait.pairs import EvaluationError
from kiosk.portrait.scores import RATE_KEYS

_WHOSE = ("engine", "network_sha256")
_WANTED = (
    'wanted is a report.json, {"thresholds": {"0.01": NUMBER, ...}} or {"0.01": NUMBER, ...} '
    f"with some of {', '.join(RATE_KEYS.values())}"
)


def read_thresholds(path: Path, engine: str, network_sha256: str) -> dict[str, dict[str, float]]:
    """Read thresholds as scores by the rate aimed at, those of "picture" and those of "visit".

    Without a name of engine or networks in the file, whoever gives it vouches for it. Raises
    EvaluationError for those of another engine or networks, and for what is no finite number.
    """
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise EvaluationError(f"{path}: not a file of thresholds: {error}") from error
    if not isinstance(told, dict):
        raise EvaluationError(f"{path}: not a file of thresholds: {_WANTED}")
    if told.get("engine", engine) != engine:
        raise EvaluationError(f"{path}: thresholds of {told['engine']!r}, measured is {engine!r}")
    if told.get("network_sha256", network_sha256) != network_sha256:
        raise EvaluationError(f"{path}: thresholds of other networks or settings than {engine} has")
    plain = {rate: value for rate, value in told.items() if rate not in _WHOSE}
    pictures = _read(path, told.get("thresholds", plain))
    if not pictures:
        raise EvaluationError(f"{path}: no threshold in it: {_WANTED}")
    visit = told.get("visit", {})
    return {
        "picture": pictures,
        "visit": _read(path, visit.get("thresholds", {}) if isinstance(visit, dict) else visit),
    }


def _read(path: Path, told: Any) -> dict[str, float]:
    """Return the numbers by rate; one that a report does not know is null there and left out."""
    if not isinstance(told, Mapping):
        raise EvaluationError(f"{path}: not a file of thresholds: {_WANTED}")
    found: dict[str, float] = {}
    for rate, value in told.items():
        if not _is_rate(rate):
            raise EvaluationError(f"{path}: {rate!r} is no false match rate: {_WANTED}")
        key = RATE_KEYS.get(float(rate))
        if value is None or key is None:
            continue
        if type(value) not in (int, float) or not math.isfinite(value):
            raise EvaluationError(f"{path}: the threshold at {rate} must be a finite number")
        found[key] = float(value)
    return found


def _is_rate(text: str) -> bool:
    try:
        return 0 < float(text) < 1
    except ValueError:
        return False
