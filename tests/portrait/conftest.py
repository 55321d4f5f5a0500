"""Kiosks whose portrait workers live for one test, or for one visit after the other."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.portrait.client import WorkerSettings
from kiosk.portrait.limits import PortraitLimits
from kiosk.portrait.results import WorkerReady
from tests.portrait.disturbed import Disturber
from tests.portrait.driven import PATIENT, QUICK, Kiosk, open_kiosk


def _opened(limits: PortraitLimits) -> Iterator[Kiosk]:
    opened = open_kiosk(WorkerSettings(limits=limits))
    opened.wait(WorkerReady)
    yield opened
    opened.worker.close()


def _for_a_visit(running: Kiosk) -> Iterator[Kiosk]:
    """One worker for one visit after the other, as in a hall; nothing of a visit stays."""
    running.heard.clear()
    yield running
    running.worker.forget()


@pytest.fixture(scope="module")
def long_running() -> Iterator[Kiosk]:
    yield from _opened(PATIENT)


@pytest.fixture
def kiosk(long_running: Kiosk) -> Iterator[Kiosk]:
    yield from _for_a_visit(long_running)


@pytest.fixture(scope="module")
def long_running_and_hasty() -> Iterator[Kiosk]:
    yield from _opened(QUICK)


@pytest.fixture
def hasty_kiosk(long_running_and_hasty: Kiosk) -> Iterator[Kiosk]:
    """A kiosk that gives up on bad frames soon."""
    yield from _for_a_visit(long_running_and_hasty)


@pytest.fixture
def own_kiosk() -> Iterator[Kiosk]:
    """A kiosk whose worker has done nothing yet."""
    yield from _opened(PATIENT)


@pytest.fixture
def disturber(tmp_path: Path) -> Iterator[Disturber]:
    """Must come before the kiosk whose worker it disturbs."""
    with Disturber(tmp_path).installed() as made:
        yield made
