"""Writing measured thresholds into a model slot: what ``python -m kiosk thresholds`` calls."""

import json
import re
from pathlib import Path

from kiosk.portrait.evaluate import EvaluationError
from kiosk.portrait.slots import SlotError, load_slot

_BLOCK = re.compile(r"\n*^\[\[threshold\]\]\n(?:(?!\[).*(?:\n|\Z))*", re.MULTILINE)


def write_thresholds(slot_file: Path, report_file: Path, *, data_set: str, date: str) -> int:
    """Replace the slot's thresholds by those of a report; return how many were written.

    Raises EvaluationError for a report of another engine or without thresholds, SlotError when
    the slot would not load afterwards; the slot is then left as it was.
    """
    slot = load_slot(slot_file)
    try:
        report = json.loads(report_file.read_text(encoding="utf-8"))
        measured = {float(fmr): value for fmr, value in report["thresholds"].items()}
        engine, genuine, impostor = report["engine"], report["genuine"], report["impostor"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise EvaluationError(f"{report_file}: not a report with thresholds: {error}") from error
    if engine != slot.name:
        raise EvaluationError(f"{report_file}: measured {engine}, the slot is {slot.name}")
    known = {fmr: float(value) for fmr, value in measured.items() if value is not None}
    if not known:
        raise EvaluationError(f"{report_file}: too few pairs for any threshold")
    sign = -1.0 if slot.metric == "euclidean" else 1.0  # reports read "higher is more alike"
    before = slot_file.read_text(encoding="utf-8")
    blocks = [
        f"\n[[threshold]]\nfmr = {fmr:.10f}".rstrip("0") + "\n"
        f"value = {sign * value:.6f}\n"
        f"data_set = {json.dumps(data_set)}\n"
        f"date = {json.dumps(date)}\n"
        f"genuine_pairs = {int(genuine)}\n"
        f"impostor_pairs = {int(impostor)}\n"
        for fmr, value in sorted(known.items(), reverse=True)
    ]
    rest = _BLOCK.sub("\n", before).rstrip("\n") + "\n"
    slot_file.write_text(rest + "".join(blocks), encoding="utf-8")
    try:
        load_slot(slot_file)
    except SlotError:
        slot_file.write_text(before, encoding="utf-8")
        raise
    return len(blocks)
