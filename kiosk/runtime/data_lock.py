"""Keeps a second kiosk away from a data directory: two would settle each other's visits."""

import fcntl
import os
import time
from pathlib import Path

WAIT_S = 10.0
"""How long a start waits for a kiosk that is just ending, as when a supervisor restarts it."""
_AGAIN_S = 0.1


class DataInUse(Exception):
    """Another process works on the data directory; the message is one line."""


class DataLock:
    """Holds the directory until ``release`` or the end of the process, however that comes.

    The lock is on the directory itself, so that it needs nothing of a disk that is full.
    """

    def __init__(self, data_dir: Path, wait_s: float | None = None) -> None:
        self._handle = os.open(data_dir, os.O_RDONLY | os.O_DIRECTORY)
        deadline = time.monotonic() + (WAIT_S if wait_s is None else wait_s)
        while not self._taken():
            if time.monotonic() > deadline:
                self.release()
                raise DataInUse(f"another kiosk is running on {data_dir}")
            time.sleep(_AGAIN_S)

    def release(self) -> None:
        """Let another process have the directory; releasing twice is fine."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    def _taken(self) -> bool:
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
