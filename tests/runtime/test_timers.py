"""Timers ring once, in order, on a clock that the test moves."""

import queue
from collections.abc import Iterator

import pytest

from kiosk.runtime.clock import MonotonicClock
from kiosk.runtime.timers import Timers
from kiosk.session.visit import Ref
from tests.runtime.clock import HandClock

Rung = queue.Queue[str]


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def timers(clock: HandClock) -> Iterator[Timers]:
    timers = Timers(clock)
    yield timers
    timers.stop()


def start(timers: Timers, rung: Rung, number: int, seconds: float, visit: str = "a") -> Ref:
    ref = Ref(visit, number)
    timers.start(ref, seconds, lambda: rung.put(f"{visit}{number}"))
    return ref


def test_rings_in_order_of_time_not_of_start(timers: Timers, clock: HandClock) -> None:
    rung: Rung = queue.Queue()
    start(timers, rung, 1, 30.0)
    start(timers, rung, 2, 10.0)

    clock.advance(9.9)
    assert rung.empty()
    clock.advance(25.0)

    assert [rung.get(timeout=5), rung.get(timeout=5)] == ["a2", "a1"]


def test_a_cancelled_timer_never_rings(timers: Timers, clock: HandClock) -> None:
    rung: Rung = queue.Queue()
    timers.cancel(start(timers, rung, 1, 5.0))
    start(timers, rung, 2, 6.0)

    clock.advance(100.0)

    assert rung.get(timeout=5) == "a2"
    assert rung.empty()


def test_timers_of_another_visit_go(timers: Timers, clock: HandClock) -> None:
    rung: Rung = queue.Queue()
    start(timers, rung, 1, 5.0, "a")
    start(timers, rung, 2, 6.0, "b")

    timers.cancel_others("b")
    clock.advance(100.0)

    assert rung.get(timeout=5) == "b2"
    assert rung.empty()


def test_the_real_clock_rings_too() -> None:
    timers = Timers(MonotonicClock())
    rung: Rung = queue.Queue()
    try:
        start(timers, rung, 1, 0.02)
        assert rung.get(timeout=5) == "a1"
    finally:
        timers.stop()
