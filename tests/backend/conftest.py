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
def other(kiosk: world.Kiosk) -> world.Kiosk:
    """A kiosk that takes cases up, as its heartbeat says."""
    from backend.fleet.services import heartbeat

    added = world.add_kiosk("5")
    said = world.c.Heartbeat(phase="attract", version="1", devices={}, resumes=True)
    heartbeat(added, said)
    world.Kiosk.objects.update(last_seen_at=None)
    return added


@pytest.fixture
def django_pages(database: Path) -> Callable[[Any], Any]:
    """Return a way to ask for pages as an account, in this process."""
    from django.test import Client

    def as_user(user: Any) -> Client:
        client = Client()
        client.force_login(user, backend="backend.accounts.lockout.LockoutBackend")
        return client

    return as_user


@pytest.fixture
def filled(kiosk: world.Kiosk, tmp_path: Path) -> Path:
    """A data directory with a case, sealed portraits and a factor, an issued order, all keys."""
    from backend.accounts import second_factor
    from backend.cases.opening import open_case
    from backend.secrets_store import ensure_secret
    from tests.backend.reports.hall_day import visit

    ensure_secret(tmp_path / "secret.key")
    portraits = {"live_portrait": world.c.picture(world.jpeg(1)), "detail": "came with a stick"}
    open_case(kiosk, world.case_request(**portraits))
    visit(kiosk, 1)
    second_factor.put_in_use(world.add_staff("approver"), "JBSWY3DPEHPK3PXP")
    world.connections.close_all()
    for path in (tmp_path, *tmp_path.iterdir()):
        path.chmod(0o700 if path.is_dir() else 0o600)
    return tmp_path
