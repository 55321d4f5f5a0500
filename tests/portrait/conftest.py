"""Kiosks whose portrait workers live for one test, or for one visit after the other."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.portrait.client import WorkerSettings
from kiosk.portrait.results import WorkerReady
from tests.portrait.disturbed import Disturber
from tests.portrait.driven import PATIENT, QUICK, Kiosk, open_kiosk


@pytest.fixture(scope="module")
def long_running() -> Iterator[Kiosk]:
    opened = open_kiosk(WorkerSettings(limits=PATIENT))
    opened.wait(WorkerReady)
    yield opened
    opened.worker.close()


@pytest.fixture
def kiosk(long_running: Kiosk) -> Iterator[Kiosk]:
    """One worker for one visit after the other, as in a hall; nothing of a visit stays."""
    long_running.heard.clear()
    yield long_running
    long_running.worker.forget()


@pytest.fixture(scope="module")
def long_running_and_hasty() -> Iterator[Kiosk]:
    opened = open_kiosk(WorkerSettings(limits=QUICK))
    opened.wait(WorkerReady)
    yield opened
    opened.worker.close()


@pytest.fixture
def hasty_kiosk(long_running_and_hasty: Kiosk) -> Iterator[Kiosk]:
    """A kiosk that gives up on bad frames soon."""
    long_running_and_hasty.heard.clear()
    yield long_running_and_hasty
    long_running_and_hasty.worker.forget()


@pytest.fixture
def own_kiosk() -> Iterator[Kiosk]:
    """A kiosk whose worker has done nothing yet."""
    opened = open_kiosk(WorkerSettings(limits=PATIENT))
    opened.wait(WorkerReady)
    yield opened
    opened.worker.close()


@pytest.fixture
def disturber(tmp_path: Path) -> Iterator[Disturber]:
    """Must come before the kiosk whose worker it disturbs."""
    with Disturber(tmp_path).installed() as made:
        yield made
