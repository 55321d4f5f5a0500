"""One hall for all tests of the runtime: starting a server takes seconds."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Event as Flag

import pytest

from demo.hall import Hall
from tests.backend.world import DATABASES
from tests.runtime.machine_room import Emulators, take_card_when_out


@pytest.fixture(scope="session")
def running_hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    data = tmp_path_factory.mktemp("hall")
    DATABASES.lay(data)
    hall = Hall(data).start()
    yield hall
    hall.stop()


@pytest.fixture
def hall(running_hall: Hall) -> Hall:
    """The hall without the cases that tests before this one left: they would be gone on with."""
    file = running_hall.data / "hall.sqlite3"
    with closing(sqlite3.connect(file, timeout=30)) as database, database:
        database.execute("UPDATE cases_case SET stage = 'closed' WHERE stage <> 'closed'")
    return running_hall


@pytest.fixture
def emulators() -> Iterator[Emulators]:
    emulators = Emulators()
    yield emulators
    emulators.stop()


@pytest.fixture
def taker(emulators: Emulators) -> Iterator[None]:
    """A resident who takes the card whenever it comes out."""
    stop = Flag()
    thread = take_card_when_out(emulators.bay, stop)
    yield
    stop.set()
    thread.join(5)


@pytest.fixture
def config(tmp_path: Path, emulators: Emulators, hall: Hall) -> Path:
    from tests.runtime.machine_room import write_config

    hall.enrol("1", tmp_path / "kiosk" / "credential")
    return write_config(tmp_path, emulators, hall.url, eject_again=0.5, rearm=0.3)


@pytest.fixture
def own_hall(config: Path, hall: Hall, tmp_path: Path) -> Iterator[Hall]:
    """A hall for one test to kill; the kiosk of ``config`` asks this one."""
    data = tmp_path / "own-hall"
    data.mkdir()
    DATABASES.lay(data)
    own = Hall(data).start()
    own.enrol("1", tmp_path / "kiosk" / "credential")
    config.write_text(config.read_text("utf-8").replace(hall.url, own.url), "utf-8")
    yield own
    own.stop()
