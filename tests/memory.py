"""Where files of a test run are in memory: databases that reach no disk wait for none."""

import os
import shutil
from pathlib import Path

MEMORY = Path("/dev/shm")  # noqa: S108 - what is made in it has folders of its own
ROOM = 2 * 1024**3
"""More than a whole run fills, in bytes; containers often have less."""


def roomy() -> Path | None:
    """Return a folder in memory that has room and lets programs run; None where there is none."""
    if not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < ROOM:
        return None
    return None if os.statvfs(MEMORY).f_flag & os.ST_NOEXEC else MEMORY
