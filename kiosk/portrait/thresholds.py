"""Writing measured thresholds into a model slot: what ``python -m kiosk thresholds`` calls."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kiosk.portrait.fusion import load_models
from kiosk.portrait.pairs import EvaluationError
from kiosk.portrait.slot_file import load_slot
from kiosk.portrait.slots import SlotError

_BLOCK = re.compile(r"\n*^\[\[threshold\]\]\n(?:(?!\[).*(?:\n|\Z))*", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Written:
    """What was written, and what the hall's policy must be told of the model."""

    count: int
    model_sha256: str
    thresholds: dict[str, float]  # as scores, by the false match rate, as the kiosk will use them


@dataclass(frozen=True, slots=True)
class _Measured:
    of: str
    fmr: float
    score: float
    genuine: int
    impostor: int


def write_thresholds(slot_file: Path, report_file: Path, *, data_set: str, date: str) -> Written:
    """Replace the slot's thresholds by those of a report, of pictures and of whole visits.

    Raises EvaluationError for a report of another engine, of other networks or settings than
    the slot has now, or without thresholds; SlotError when the slot would not load
    afterwards. The slot is then left as it was.
    """
    slot = load_slot(slot_file, measured=False)
    engine, network, measured = _read_report(report_file)
    if engine != slot.name:
        raise EvaluationError(f"{report_file}: measured {engine}, the slot is {slot.name}")
    if not measured:
        raise EvaluationError(f"{report_file}: too few pairs for any threshold")
    folder, name = slot_file.parents[1], slot_file.parent.name
    if network != load_models(folder, name, None).matcher.network_sha256:
        raise EvaluationError(f"{report_file}: measured before {slot_file} or its files changed")
    sign = -1.0 if slot.metric == "euclidean" else 1.0  # reports read "higher is more alike"
    blocks = [
        f'\n[[threshold]]\nof = "{entry.of}"\n'
        + f"fmr = {entry.fmr:.10f}".rstrip("0")
        + f"\nvalue = {sign * entry.score:.6f}\n"
        f"data_set = {json.dumps(data_set)}\n"
        f"date = {json.dumps(date)}\n"
        f"genuine_pairs = {entry.genuine}\n"
        f"impostor_pairs = {entry.impostor}\n"
        for entry in measured
    ]
    before = slot_file.read_text(encoding="utf-8")
    rest = _BLOCK.sub("\n", before).rstrip("\n") + "\n"
    try:
        slot_file.write_text(rest + "".join(blocks), encoding="utf-8")
        matcher = load_models(folder, name, measured[0].fmr).matcher
        rates = sorted({entry.fmr for entry in measured}, reverse=True)
        used = {f"{fmr:g}": matcher.slot.score_threshold(fmr) for fmr in rates}
    except SlotError:
        slot_file.write_text(before, encoding="utf-8")
        raise
    return Written(len(blocks), matcher.sha256, used)


def _read_report(path: Path) -> tuple[str, str, list[_Measured]]:
    try:
        report = json.loads(path.read_text(encoding="utf-8"))
        measured = [*_measured("picture", report), *_measured("visit", report.get("visit"))]
        return str(report["engine"]), str(report["network_sha256"]), measured
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise EvaluationError(f"{path}: not a report with thresholds: {error}") from error


def _measured(of: str, part: dict[str, Any] | None) -> list[_Measured]:
    if part is None:
        return []
    known = {float(fmr): value for fmr, value in part["thresholds"].items() if value is not None}
    return [
        _Measured(of, fmr, float(value), int(part["genuine"]), int(part["impostor"]))
        for fmr, value in sorted(known.items(), reverse=True)
    ]
