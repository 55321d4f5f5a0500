"""Writing measured thresholds into a model slot: what ``python -m kiosk thresholds`` calls."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kiosk.portrait.fusion import Matcher, Models, load_models, open_models
from kiosk.portrait.pairs import EvaluationError
from kiosk.portrait.scores import FEWEST_FALSE_MATCHES, false_matches
from kiosk.portrait.self_test import (
    Portraits,
    check_people,
    known_portraits,
    measure_known_pairs,
    self_test,
)
from kiosk.portrait.slot_file import load_slot, read_slot
from kiosk.portrait.slot_text import without_tables
from kiosk.portrait.slots import KnownPair, ModelSlot, SlotError, Threshold
from kiosk.portrait.visit_rates import TRIES
from kiosk.portrait.whole_file import replace_file

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
    slot would not load or not pass afterwards. The slot is then left as it was: what is to be
    written is read and tested before it takes the old file's place.
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
    thresholds = tuple(_threshold(slot, entry, data_set, date) for entry in measured)
    portraits = None if known is None else known_portraits(models, known)
    pairs = _known_pairs(models, portraits)
    text = without_tables(_read_text(slot_file), ("threshold", "known_pair"))
    text += "".join([*map(_threshold_block, thresholds), *map(_pair_block, pairs)])
    new = _read_back(slot, text, thresholds, pairs)
    rates = sorted({entry.fmr for entry in new.deciding}, reverse=True)
    matcher = _tested(new, folder, rates, known, portraits)
    try:
        replace_file(slot_file, text.encode())
    except OSError as error:
        raise SlotError(f"{slot_file}: cannot be written: {error.strerror}") from error
    used = {f"{fmr:g}": new.score_threshold(fmr) for fmr in rates}
    return Written(len(thresholds), matcher.sha256, used)


def _read_text(slot_file: Path) -> str:
    try:
        return slot_file.read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        raise SlotError(f"{slot_file}: {error}") from error


def _read_back(
    old: ModelSlot, text: str, thresholds: tuple[Threshold, ...], pairs: tuple[KnownPair, ...]
) -> ModelSlot:
    """Read the slot with its new text; SlotError unless just what was to be written is new."""
    try:
        new = read_slot(old.source, text.encode())
    except SlotError as error:
        raise SlotError(f"{error} (with the new thresholds; the file is as it was)") from error
    found = new.thresholds, new.known_pairs, new.network_sha256
    if found != (thresholds, pairs, old.network_sha256):
        raise SlotError(
            f"{old.source}: its old thresholds cannot be taken out, write each as a [[threshold]] "
            "table of lines of its own (the file is as it was)"
        )
    return new


def _tested(
    slot: ModelSlot,
    folder: Path,
    rates: Sequence[float],
    known: Path | None,
    portraits: Portraits | None,
) -> Matcher:
    """Return the slot's matcher; SlotError when it fails the self-test at a rate in use."""
    models = open_models(slot, folder, rates[-1])
    if known is not None and portraits is not None:
        self_test(models, known)
        for fmr in rates[:-1]:
            if fmr <= _LARGEST_FMR_IN_USE:
                check_people(models, portraits, slot.score_threshold(fmr))
    return models.matcher


def _threshold(slot: ModelSlot, entry: _Measured, data_set: str, date: str) -> Threshold:
    """Turn a score, of which more is more alike, into the slot's metric, as exact as written."""
    value = -entry.score if slot.metric == "euclidean" else entry.score
    return Threshold(
        entry.of, entry.fmr, round(value, 6), data_set, date, entry.genuine, entry.impostor
    )


def _threshold_block(threshold: Threshold) -> str:
    return (
        f'\n[[threshold]]\nof = "{threshold.of}"\n'
        + f"fmr = {threshold.fmr:.10f}".rstrip("0")
        + f"\nvalue = {threshold.value:.6f}\n"
        f"data_set = {_quoted(threshold.data_set)}\n"
        f"date = {_quoted(threshold.date)}\n"
        f"genuine_pairs = {threshold.genuine_pairs}\n"
        f"impostor_pairs = {threshold.impostor_pairs}\n"
    )


def _quoted(text: str) -> str:
    """Write a TOML string: JSON's, but for what JSON leaves or splits."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _pair_block(pair: KnownPair) -> str:
    return (
        f"\n[[known_pair]]\none = {_quoted(pair.one)}\nother = {_quoted(pair.other)}\n"
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
    return tuple(
        KnownPair(pair.one, pair.other, round(pair.value, 6), round(pair.tolerance, 6))
        for pair in measure_known_pairs(engine, portraits)
    )


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
