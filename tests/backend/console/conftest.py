"""One server for all tests of the console; every test brings its own cases and sessions."""

from collections.abc import Iterator

import pytest

from demo.staff_browser import StaffBrowser
from tests.backend.console.hall import CARD, RECORD, HallServer


@pytest.fixture(scope="session")
def hall(tmp_path_factory) -> Iterator[HallServer]:
    server = HallServer(tmp_path_factory.mktemp("hall"))
    server.put_record_portrait(CARD, RECORD)
    yield server
    errors = server.stop()
    assert "Traceback" not in errors, errors


@pytest.fixture(scope="session")
def person(hall):
    """Return people at their desks by account; each signs in once for all tests."""
    browsers: dict[str, StaffBrowser] = {}

    def at_desk(account: str) -> StaffBrowser:
        if account not in browsers:
            browsers[account] = StaffBrowser(hall.url)
            secret = hall.authenticators.get(account, "")
            browsers[account].sign_in(account, hall.accounts[account], secret)
        return browsers[account]

    yield at_desk
    for browser in browsers.values():
        browser.close()
