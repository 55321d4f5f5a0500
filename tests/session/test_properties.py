"""The invariants over random sequences, most of which get past Pay."""

import pytest

from tests.session.machine import ALL_PHASES, run_machine


def test_no_sequence_breaks_an_invariant(capsys: pytest.CaptureFixture[str]) -> None:
    coverage = run_machine(sequences=100)
    with capsys.disabled():
        print("", *coverage.report(), sep="\n")
    assert coverage.steps >= 10_000
    assert coverage.past_pay >= 0.8 * coverage.sequences
    assert set(coverage.reached) == ALL_PHASES
