"""What the tests in a real browser share: where it is, sizes of screens, and ways to wait."""

import os
import shutil
import time

import pytest

try:
    from playwright import sync_api
except ImportError:
    sync_api = None

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
IN_A_BROWSER = [
    pytest.mark.slow,
    pytest.mark.skipif(
        CHROMIUM is None, reason="NOT TESTED: the console in a browser, Chromium is not installed"
    ),
    pytest.mark.skipif(
        sync_api is None, reason="NOT TESTED: the console in a browser, no playwright"
    ),
]
expect = sync_api.expect if sync_api is not None else None
"""Look until it is so: a page's scripts run after its elements are there."""

DESK = {"width": 1440, "height": 1000}
PHONE = {"width": 390, "height": 844}


def row(case):
    """Return the selector of a case's row in the queue."""
    return f'#queue-rows li[data-case="{case.id}"]'


def see_portraits(page):
    """Wait until the page has loaded; every portrait is then there to be looked at."""
    page.wait_for_load_state("load")
    seen = (
        "[...document.images].filter(i => i.checkVisibility())"
        ".every(i => i.complete && i.naturalWidth > 0)"
    )
    deadline = time.monotonic() + 5
    while not page.evaluate(seen):
        assert time.monotonic() < deadline, "a portrait is not there"
        page.wait_for_timeout(20)


def press(page, key):
    """Press a key once the page, scripts and all, is there."""
    page.wait_for_load_state("load")
    page.keyboard.press(key)
