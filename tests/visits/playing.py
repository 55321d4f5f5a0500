"""Runs a play in a process of its own, since Kivy's window exists once in a process."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def play(module: str, out: Path, within_s: float) -> None:
    """Play ``module`` into a folder; what it said is told when it fails."""
    done = subprocess.run(
        [sys.executable, "-m", module, str(out)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=within_s,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
