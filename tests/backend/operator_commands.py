"""The server's commands as an operator runs them: a process each, on the test's own database."""

import subprocess
import sys
from pathlib import Path

from tests.backend import world


def run(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run ``python -m backend`` with the database of the directory that --data names."""
    words = [str(one) for one in arguments]
    data = Path(words[words.index("--data") + 1]) if "--data" in words else world.SCRATCH
    return subprocess.run(
        [sys.executable, "-m", "backend", *words],
        cwd=world.ROOT,
        env={**world.environment_of(data), **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
