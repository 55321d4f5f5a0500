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


@pytest.fixture
def person(hall):
    """Return a way to sign people in, by account."""
    browsers: list[StaffBrowser] = []

    def sign_in(account: str) -> StaffBrowser:
        browser = StaffBrowser(hall.url)
        browsers.append(browser)
        browser.sign_in(account, hall.accounts[account])
        return browser

    yield sign_in
    for browser in browsers:
        browser.close()
