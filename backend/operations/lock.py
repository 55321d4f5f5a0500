"""Who has a data directory: servers share it, a restore has it alone. The system frees it."""

import fcntl
from pathlib import Path
from typing import IO

NAME = "server.lock"


def hold(data: Path, *, alone: bool) -> IO[str] | None:
    """Return the lock, held until it is closed or the process ends; None when it is taken."""
    file = (data / NAME).open("a")
    try:
        fcntl.flock(file, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file
