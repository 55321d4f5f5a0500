"""Writing measured thresholds into a model slot: what ``python -m kiosk thresholds`` calls."""

import json
import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kiosk.portrait.fusion import Models, load_models
from kiosk.portrait.pairs import EvaluationError
from kiosk.portrait.scores import FEWEST_FALSE_MATCHES, false_matches
from kiosk.portrait.self_test import (
    Portraits,
    check_people,
    known_portraits,
    measure_known_pairs,
    self_test,
)
from kiosk.portrait.slot_file import load_slot
from kiosk.portrait.slots import KnownPair, ModelSlot
from kiosk.portrait.visit_rates import TRIES

_BLOCK = re.compile(r"\n*^\[\[(?:threshold|known_pair)\]\]\n(?:(?!\[).*(?:\n|\Z))*", re.MULTILINE)
_LARGEST_FMR_IN_USE = 0.001  # a kiosk's configuration allows no more


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


def write_thresholds(
    slot_file: Path, report_file: Path, *, data_set: str, date: str, known: Path | None = None
) -> Written:
    """Replace the slot's thresholds by those of a report, of pictures and of whole visits.

    A rate that the report's pairs are too few to show is left out.

    With ``known``, a folder of known portraits, a single network's scores of them are written
    too, and the self-test must hold at every threshold that a kiosk may use. Raises
    EvaluationError for a report of another engine, of other networks or settings than the slot
    has now, without thresholds or without those of visits that the slot has; SlotError when the
    slot would not load or not pass afterwards. The slot is then left as it was.
    """
    slot = load_slot(slot_file, measured=False)
    engine, network, measured = _read_report(report_file)
    if engine != slot.name:
        raise EvaluationError(f"{report_file}: measured {engine}, the slot is {slot.name}")
    if not measured:
        raise EvaluationError(f"{report_file}: too few pairs for any threshold")
    _check_visits(slot, report_file, measured)
    folder, name = slot_file.parents[1], slot_file.parent.name
    models = load_models(folder, name, None)
    if network != models.matcher.network_sha256:
        raise EvaluationError(f"{report_file}: measured before {slot_file} or its files changed")
    sign = -1.0 if slot.metric == "euclidean" else 1.0  # reports read "higher is more alike"
    blocks = [_threshold_block(entry, sign, data_set, date) for entry in measured]
    portraits = None if known is None else known_portraits(models, known)
    pairs = [_pair_block(pair) for pair in _known_pairs(models, portraits)]
    before = slot_file.read_text(encoding="utf-8")
    rest = _BLOCK.sub("\n", before).rstrip("\n") + "\n"
    try:
        slot_file.write_text(rest + "".join(blocks + pairs), encoding="utf-8")
        rates = sorted({entry.fmr for entry in load_slot(slot_file).deciding}, reverse=True)
        written = load_models(folder, name, rates[-1])
        used = {f"{fmr:g}": written.matcher.slot.score_threshold(fmr) for fmr in rates}
        if known is not None and portraits is not None:
            self_test(written, known)
            for fmr in rates[:-1]:
                if fmr <= _LARGEST_FMR_IN_USE:
                    check_people(written, portraits, written.matcher.slot.score_threshold(fmr))
    except BaseException:
        slot_file.write_text(before, encoding="utf-8")
        raise
    return Written(len(blocks), written.matcher.sha256, used)


def _threshold_block(entry: _Measured, sign: float, data_set: str, date: str) -> str:
    return (
        f'\n[[threshold]]\nof = "{entry.of}"\n'
        + f"fmr = {entry.fmr:.10f}".rstrip("0")
        + f"\nvalue = {sign * entry.score:.6f}\n"
        f"data_set = {json.dumps(data_set)}\n"
        f"date = {json.dumps(date)}\n"
        f"genuine_pairs = {entry.genuine}\n"
        f"impostor_pairs = {entry.impostor}\n"
    )


def _pair_block(pair: KnownPair) -> str:
    return (
        f"\n[[known_pair]]\none = {json.dumps(pair.one)}\nother = {json.dumps(pair.other)}\n"
        f"value = {pair.value:.6f}\ntolerance = {pair.tolerance:.6f}\n"
    )


def _known_pairs(models: Models, portraits: Portraits | None) -> tuple[KnownPair, ...]:
    """Return what a single network says of the known portraits, or else what its slot has.

    A fusion has none: each of its members is checked by its own.
    """
    slot = models.matcher.slot
    if slot.runtime == "fusion":
        return ()
    if portraits is None:
        return slot.known_pairs
    (engine,) = models.matcher.engines.values()
    return measure_known_pairs(engine, portraits)


def _check_visits(slot: ModelSlot, report_file: Path, measured: list[_Measured]) -> None:
    """Refuse a report that lacks a threshold of visits which the slot has now."""
    found = {entry.fmr for entry in measured if entry.of == "visit"}
    had = {entry.fmr for entry in slot.thresholds if entry.of == "visit"}
    if had and not found:
        raise EvaluationError(
            f"{report_file}: has no thresholds of visits, which {slot.source} has: "
            "measure with --all-impostors"
        )
    if had - found:
        rates = ", ".join(f"{fmr:g}" for fmr in sorted(had - found))
        raise EvaluationError(
            f"{report_file}: too few pairs for the visit's threshold at FMR {rates}, "
            f"which {slot.source} has: measure more pictures with --all-impostors"
        )


def _read_report(path: Path) -> tuple[str, str, list[_Measured]]:
    try:
        report = json.loads(path.read_text(encoding="utf-8"))
        measured = _measured("picture", report, 1, [report["impostor"]])
        visit = report.get("visit")
        if visit is not None:
            measured += _measured("visit", visit, TRIES, [report["impostor"], visit["impostor"]])
        return str(report["engine"]), str(report["network_sha256"]), measured
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise EvaluationError(f"{path}: not a report with thresholds: {error}") from error


def _measured(of: str, part: dict[str, Any], tries: int, impostors: list[int]) -> list[_Measured]:
    """Return the thresholds whose rate, shared by so many tries, the pairs can show."""
    shown = part.get("shown", {})
    known = {
        float(fmr): value
        for fmr, value in part["thresholds"].items()
        if value is not None
        and shown.get(fmr, True)
        and false_matches(min(impostors), float(fmr) / tries) >= FEWEST_FALSE_MATCHES
    }
    found = [
        _Measured(of, fmr, float(value), int(part["genuine"]), int(part["impostor"]))
        for fmr, value in sorted(known.items(), reverse=True)
    ]
    for entry in found:
        if not 0 < entry.fmr < 1 or not math.isfinite(entry.score):
            raise ValueError(f"the {of}'s threshold at FMR {entry.fmr:g} is {entry.score:g}")
    return found
