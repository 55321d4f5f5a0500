"""The invariants over random sequences, most of which get past Pay."""

import json
import random
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from kiosk.session.events import Started
from kiosk.session.facts import CardPlace
from kiosk.session.rules import Rules
from tests.session.machine import ALL_PHASES
from tests.session.run import Run

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


@pytest.mark.parametrize("place", [CardPlace.AT_GATE, CardPlace.HELD])
def test_no_invariant_breaks_where_the_start_finds_a_card_outside_the_way(place: CardPlace) -> None:
    for seed in range(30):
        source = random.Random(seed)

        def pick(options: Sequence[tuple[int, Any]], source: random.Random = source) -> Any:
            weights, values = zip(*options, strict=True)
            return source.choices(values, weights)[0]

        run = Run(Rules(slot_has_bin=seed % 2 == 0))
        run.world.place = place
        run.do(Started(place))
        run.twin().end_stubbornly(seed)
        for _ in range(60):
            run.happen(pick)
        run.end_fairly()
