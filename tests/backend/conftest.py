"""Fixtures of the server's tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.backend import world


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Path]:
    """A new database for one test."""
    world.fresh_database(tmp_path)
    yield tmp_path
    world.DATABASES.drop(tmp_path)


@pytest.fixture
def kiosk(database: Path) -> world.Kiosk:
    """An enrolled kiosk and a resident on record."""
    world.add_resident()
    return world.add_kiosk()
