"""A line for every event: its type and the phases around it. Nothing about the person."""

import errno
import json
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path
from threading import Lock

from kiosk.session.events import Event
from kiosk.session.visit import Visit

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class EventLine:
    """One event as it may be kept: to protect the resident, only what kind it was.

    ``missing``: how many lines before this one the disk did not take.
    """

    at: datetime
    visit_id: str
    event: str
    phase_before: str
    phase: str
    effects: tuple[str, ...] = ()
    trouble: str = ""
    missing: int = 0

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
                **({"missing": self.missing} if self.missing else {}),
            }
        )


Sink = Callable[[EventLine], None]


class EventLog:
    """Appends event lines to a file, and never raises because a disk is full or broken.

    A log must not break a visit: lines that the disk does not take are counted, and the next
    one that it takes says how many are missing.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: FileIO | None = None
        self._missing = 0
        self._closed = False
        self._lock = Lock()

    def __call__(self, line: EventLine) -> None:
        """Append one line."""
        with self._lock:
            if self._closed:
                return
            try:
                self._append(replace(line, missing=self._missing))
            except OSError as error:
                if not self._missing:
                    _log.warning("events are not logged: %s", error)
                self._missing += 1
            else:
                self._missing = 0

    def close(self) -> None:
        """Close the file; closing twice is fine."""
        with self._lock:
            self._closed = True
            if self._file is not None:
                self._file.close()

    def _append(self, line: EventLine) -> None:
        if self._file is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = FileIO(self._path, "a")
        # Without a buffer: what one cannot write would come out in the middle of a later line.
        data = (line.as_json() + "\n").encode()
        whole = os.fstat(self._file.fileno()).st_size
        if self._file.write(data) != len(data):
            self._file.truncate(whole)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


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
