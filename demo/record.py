"""What a demo leaves: the story of each visit as pictures, texts, times and one summary."""

import json
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from threading import Lock

from kiosk.session.phases import Confirm, Leaving, ReadCard, TakeCard
from kiosk.session.visit import Visit

MACHINE_PHASES = ("read_card", "compare", "issue", "receipt")
"""Phases in which nobody but the machine is waited for."""


@dataclass
class VisitRecord:
    """One visit as ``summary.json`` tells it."""

    name: str
    outcome: str = ""
    phases: list[str] = field(default_factory=list)
    score: float | None = None
    card_back: str = ""
    receipt: str = ""
    machine_s: float = 0.0
    audit_ok: bool = False


class Recorder:
    """Follows the visits of one kiosk; ``on_visit`` is called on the runtime's thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._record: VisitRecord | None = None
        self._before: Visit | None = None
        self._since = 0.0

    def begin(self, name: str) -> VisitRecord:
        """Begin the record of a visit with the phase that is now."""
        with self._lock:
            phases: list[str] = [self._before.phase.name] if self._before is not None else []
            self._record = VisitRecord(name, phases=phases)
            return self._record

    def on_visit(self, visit: Visit) -> None:
        """Take note of a change."""
        now = time.monotonic()
        with self._lock:
            record, before = self._record, self._before
            self._before, elapsed, self._since = visit, now - self._since, now
            if record is None:
                return
            if before is not None and is_machine_time(before):
                record.machine_s += elapsed
            name = visit.phase.name
            if not record.phases or record.phases[-1] != name:
                record.phases.append(name)
            if visit.comparison is not None and visit.comparison.scores:
                record.score = min(score.score for score in visit.comparison.scores)
            if isinstance(visit.phase, TakeCard | Leaving):
                record.outcome = visit.phase.outcome.value


def is_machine_time(visit: Visit) -> bool:
    """Say whether only the machine is waited for: not the resident, nor staff, nor the bank."""
    match visit.phase:
        case Confirm(sending=sending):
            return sending
        case TakeCard(presented=presented):
            return not presented
        case Leaving(printed=printed):
            return printed is None
        case ReadCard():
            return True
        case phase:
            return phase.name in MACHINE_PHASES


def write_summary(path: Path, records: list[VisitRecord]) -> None:
    """Write ``summary.json``."""
    visits = [asdict(record) for record in records]
    for visit in visits:
        visit["machine_s"] = round(visit["machine_s"], 3)
    path.write_text(json.dumps({"visits": visits}, ensure_ascii=False, indent=2) + "\n", "utf-8")
