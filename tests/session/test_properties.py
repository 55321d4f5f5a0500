"""The invariants over random sequences, most of which get past Pay."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.session.machine import ALL_PHASES

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = """
import json
from tests.session.machine import run_machine

coverage = run_machine(sequences=100)
print(*coverage.report(), sep="\\n")
told = (coverage.sequences, coverage.steps, coverage.past_pay, list(coverage.reached))
print(json.dumps(told))
"""


def test_no_sequence_breaks_an_invariant(capsys: pytest.CaptureFixture[str]) -> None:
    # In a process of its own: Hypothesis also draws numbers that it finds in the modules loaded, so
    # that the sequences would be others with each test file that is written anywhere.
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=ROOT, capture_output=True, text=True, timeout=280
    )
    assert done.returncode == 0, done.stdout + done.stderr
    *report, last = done.stdout.splitlines()
    with capsys.disabled():
        print("", *report, sep="\n")
    sequences, steps, past_pay, reached = json.loads(last)
    assert steps >= 10_000
    assert past_pay >= 0.8 * sequences
    assert set(reached) == ALL_PHASES
