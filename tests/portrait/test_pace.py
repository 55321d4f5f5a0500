"""A process that is slow, waits for its turn, is stopped, or turns in a loop: told apart."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from kiosk.portrait.pace import Pace, read_pace

BUSY_S = 0.6
PATIENCE_S = 60.0  # for a stuck test on a busy machine, not a measurement


def judged(*readings: tuple[str, float]) -> list[bool]:
    """Return what is said at each reading after the first."""
    said = iter(readings)
    pace = Pace(1, BUSY_S, lambda _: next(said))
    return [pace.at_work() for _ in readings[1:]]


def test_what_waits_for_its_turn_gets_more_time() -> None:
    assert judged(("R", 4.0), ("R", 4.0), ("R", 4.01), ("D", 4.01)) == [True, True, True]


def test_what_had_its_share_of_the_processor_is_hung() -> None:
    assert judged(("R", 4.0), ("R", 4.5), ("R", 4.6)) == [True, False]


@pytest.mark.parametrize("state", ["S", "T", "t", "Z", "X"])
def test_what_neither_runs_nor_waits_is_hung(state: str) -> None:
    assert judged(("R", 4.0), (state, 4.2), (state, 4.2)) == [True, False]


def test_what_is_gone_is_not_at_work() -> None:
    def gone(_: int) -> tuple[str, float]:
        raise FileNotFoundError

    assert not Pace(1, BUSY_S, gone).at_work()


@pytest.fixture
def spinning() -> Iterator[int]:
    child = subprocess.Popen([sys.executable, "-S", "-c", "while True: pass"])
    yield child.pid
    child.kill()
    child.wait()


def test_a_real_process_in_an_endless_loop_has_its_own_time_and_no_more(spinning: int) -> None:
    pace = Pace(spinning, BUSY_S)
    before_s = read_pace(spinning)[1]
    until_s = time.monotonic() + PATIENCE_S
    while pace.at_work() and time.monotonic() < until_s:
        time.sleep(0.02)
    assert BUSY_S - 0.1 <= read_pace(spinning)[1] - before_s < BUSY_S + 0.6


def test_a_real_process_that_is_stopped_is_hung_at_once(spinning: int) -> None:
    pace = Pace(spinning, PATIENCE_S)
    assert pace.at_work()
    os.kill(spinning, signal.SIGSTOP)
    os.waitid(os.P_PID, spinning, os.WSTOPPED | os.WNOWAIT)
    pace.at_work()  # what it had computed until then
    assert not pace.at_work()
