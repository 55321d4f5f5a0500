"""How this kiosk's captures went of late: figures only, nothing of who stood there.

"Is it this person or this machine?" is answered by the people before.
"""

import json
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from pydantic import TypeAdapter, ValidationError

KEPT = 60
OLDEST_S = 24 * 3600.0
_MAX_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class PastCapture:
    """One capture: when, of which visit since the file began, how it ended, how sharp it was."""

    at_s: float
    visit: int
    matched: bool
    reason: str
    sharpness: float | None
    scene_sharpness: float | None


_LIST: TypeAdapter[list[PastCapture]] = TypeAdapter(list[PastCapture])


class CaptureHistory:
    """The last captures; kept in a file where one is given, so that a restart forgets nothing."""

    def __init__(self, file: Path | None = None, clock: Callable[[], float] = time.time) -> None:
        self._file = file
        self._clock = clock
        self._lock = Lock()
        self._captures: deque[PastCapture] = deque(_read(file), KEPT)
        self._visit = max((capture.visit for capture in self._captures), default=0) + 1

    def next_visit(self) -> None:
        """Count what follows as another person's."""
        with self._lock:
            self._visit += 1

    def others(self) -> tuple[PastCapture, ...]:
        """Return the last day's captures of other visits than this one, oldest first."""
        since = self._clock() - OLDEST_S
        with self._lock:
            return tuple(c for c in self._captures if c.visit != self._visit and c.at_s >= since)

    def add(
        self,
        *,
        matched: bool,
        reason: str,
        sharpness: float | None,
        scene_sharpness: float | None,
    ) -> None:
        """Keep how a capture ended."""
        with self._lock:
            self._captures.append(
                PastCapture(self._clock(), self._visit, matched, reason, sharpness, scene_sharpness)
            )
            _write(self._file, self._captures)


def _read(file: Path | None) -> list[PastCapture]:
    """Return what the file holds; a missing or broken one is an empty one."""
    try:
        if file is None or file.stat().st_size > _MAX_BYTES:
            return []
        return _LIST.validate_json(file.read_bytes())
    except (OSError, ValidationError):
        return []


def _write(file: Path | None, captures: Sequence[PastCapture] | deque[PastCapture]) -> None:
    if file is None:
        return
    values: list[dict[str, Any]] = [asdict(capture) for capture in captures]
    fresh = file.with_suffix(".new")
    try:
        fresh.write_text(json.dumps(values))
        fresh.replace(file)
    except OSError:
        return  # a full disk must not end a visit; the figures are a help, no more
