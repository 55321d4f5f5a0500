"""What the closer of a day typed, checked; the form's fields come from outside."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from backend.cases.models import Case
from backend.console.numbers import read_number
from backend.reports.handovers import NOTE_MAX
from backend.reports.services import REMARK_MAX, ClosingInput

YUAN = re.compile(r"([0-9]{1,9})(?:\.([0-9]{1,2}))?")


@dataclass(frozen=True, slots=True)
class BadForm:
    """The form cannot be read; ``key`` names the text that says why."""

    key: str


@dataclass(frozen=True, slots=True)
class HandedCase:
    """An open case in the form, with what was typed for it before a fault."""

    case: Case
    to: str
    note: str


def handed_case(case: Case, typed: Mapping[str, str]) -> HandedCase:
    """Return a case's line of the form."""
    return HandedCase(case, typed.get(f"to-{case.id}", ""), typed.get(f"note-{case.id}", ""))


def read_closing(typed: Mapping[str, str]) -> ClosingInput | BadForm:
    """Read the form: counted (yuan), remark, all_to, and to-CASE, note-CASE where filled in."""
    counted = parse_yuan(typed.get("counted", "").strip())
    if isinstance(counted, BadForm):
        return counted
    remark = typed.get("remark", "").strip()
    if len(remark) > REMARK_MAX:
        return BadForm("dayend.remark_long")
    handed_to = {
        name.removeprefix("to-"): read_number(value) or 0
        for name, value in typed.items()
        if name.startswith("to-") and value
    }
    notes = {
        name.removeprefix("note-"): value.strip()
        for name, value in typed.items()
        if name.startswith("note-")
    }
    if any(len(note) > NOTE_MAX for note in notes.values()):
        return BadForm("dayend.note_long")
    everybody = read_number(typed.get("all_to", "")) or 0
    return ClosingInput(counted, handed_to, remark, notes, everybody)


def parse_yuan(text: str) -> int | BadForm | None:
    """Return an amount in fen; None where nothing was typed."""
    if not text:
        return None
    match = YUAN.fullmatch(text.replace(",", "").replace("，", ""))
    if match is None:
        return BadForm("dayend.amount_unread")
    return int(match[1]) * 100 + int((match[2] or "0").ljust(2, "0"))
