"""One server for all tests of the console; every test brings its own cases and sessions."""

from collections.abc import Iterator

import pytest

from demo.staff_browser import StaffBrowser
from tests.backend.console.browser import ARGUMENTS, CHROMIUM, DESK, sync_api
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


@pytest.fixture(scope="module")
def chromium():
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def desk(hall, chromium, person):
    """Return a way to open the console at a desk, signed in; no page may report an error."""
    errors: list[str] = []
    contexts = []

    def open_desk(account, size=DESK):
        context = chromium.new_context(viewport=size)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on(
            "console",
            lambda m: errors.append(f"{m.location} {m.text}") if m.type == "error" else None,
        )
        page.refused = lambda: errors.remove(next(text for text in errors if "400" in text))
        session = person(account)._session.cookies
        context.add_cookies([{"name": c.name, "value": c.value, "url": hall.url} for c in session])
        page.goto(hall.url)
        page.wait_for_selector("#queue-rows")
        return page

    yield open_desk
    for context in contexts:
        context.close()
    assert not errors
