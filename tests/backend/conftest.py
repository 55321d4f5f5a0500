"""Fixtures of the server's tests."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

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


@pytest.fixture
def django_pages(database: Path) -> Callable[[Any], Any]:
    """Return a way to ask for pages as an account, in this process."""
    from django.test import Client

    def as_user(user: Any) -> Client:
        client = Client()
        client.force_login(user, backend="backend.accounts.lockout.LockoutBackend")
        return client

    return as_user
