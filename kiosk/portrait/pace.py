"""Whether the process that was asked computes, waits for its turn, or hangs: read from /proc.

Wall time cannot tell a slow machine from a hung worker, its own processor time can: what waits
for its turn has had little of it, what turns in an endless loop has had it all.
"""

import os
from collections.abc import Callable
from pathlib import Path

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
_AT_WORK = ("R", "D")  # computes or waits for a processor; waits for the disk
_STATE, _USER, _SYSTEM = 0, 11, 12  # fields of /proc/PID/stat after the name, see proc(5)


def read_pace(pid: int) -> tuple[str, float]:
    """Return a process's state and its processor time in seconds; OSError when it is gone."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return fields[_STATE], (int(fields[_USER]) + int(fields[_SYSTEM])) / _TICKS_PER_S


class Pace:
    """Judges a process from now on: it may compute for ``busy_s`` of its own processor time."""

    def __init__(
        self, pid: int, busy_s: float, read: Callable[[int], tuple[str, float]] = read_pace
    ) -> None:
        self._pid, self._read = pid, read
        self._seen_s = self._look()[1]
        self._ends_s = self._seen_s + busy_s

    def at_work(self) -> bool:
        """Say whether more time may help: it gets on or waits, and has not had its share yet."""
        state, used_s = self._look()
        gets_on = state in _AT_WORK or used_s > self._seen_s
        self._seen_s = used_s
        return gets_on and used_s < self._ends_s

    def _look(self) -> tuple[str, float]:
        try:
            return self._read(self._pid)
        except (OSError, ValueError, IndexError):
            return "gone", 0.0
