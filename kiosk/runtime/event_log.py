"""A line for every event: its type and the phases around it. Nothing about the person."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

from kiosk.session.events import Event
from kiosk.session.visit import Visit


@dataclass(frozen=True, slots=True)
class EventLine:
    """One event as it may be kept: to protect the resident, only what kind it was."""

    at: datetime
    visit_id: str
    event: str
    phase_before: str
    phase: str
    effects: tuple[str, ...] = ()
    trouble: str = ""

    def as_json(self) -> str:
        """Return one line of JSON."""
        return json.dumps(
            {
                "at": self.at.isoformat(timespec="milliseconds"),
                "visit": self.visit_id,
                "event": self.event,
                "before": self.phase_before,
                "phase": self.phase,
                "effects": list(self.effects),
                **({"trouble": self.trouble} if self.trouble else {}),
            }
        )


Sink = Callable[[EventLine], None]


class EventLog:
    """Appends event lines to a file."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("a", encoding="utf-8", buffering=1)
        self._lock = Lock()

    def __call__(self, line: EventLine) -> None:
        """Append one line."""
        with self._lock:
            if not self._file.closed:
                self._file.write(line.as_json() + "\n")

    def close(self) -> None:
        """Close the file; closing twice is fine."""
        with self._lock:
            self._file.close()


def line_of(
    before: Visit, event: Event, after: Visit, effects: tuple[str, ...] = (), trouble: str = ""
) -> EventLine:
    """Describe one event without anything it says."""
    return EventLine(
        at=datetime.now(UTC),
        visit_id=before.id,
        event=type(event).__name__,
        phase_before=before.phase.name,
        phase=after.phase.name,
        effects=effects,
        trouble=trouble,
    )
