"""Files that are there as a whole or as they were: written beside, then renamed."""

import os
import shutil
from pathlib import Path


def replace_file(path: Path, data: bytes) -> None:
    """Put ``data`` in the place of a file, which keeps its mode; a link's target is replaced.

    OSError leaves what was there.
    """
    target = path.resolve()
    new = target.with_name(f"{target.name}.new")
    try:
        with new.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        if target.is_file():
            shutil.copymode(target, new)
        new.replace(target)
    except BaseException:
        new.unlink(missing_ok=True)
        raise
