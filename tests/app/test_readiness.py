"""A matcher that cannot run is told as the camera's fault until it runs."""

import shutil
import time
from pathlib import Path

import pytest

from devices.status import DeviceStatus, Faulted, Ready, is_usable
from kiosk.app.compose import portrait_settings
from kiosk.app.portrait_link import PortraitLink
from kiosk.app.readiness import camera_with_matcher
from kiosk.portrait.client import WorkerSettings
from kiosk.portrait.results import WorkerFailed
from kiosk.settings import load_settings

ROOT = Path(__file__).resolve().parents[2]


def ready() -> DeviceStatus:
    return Ready("25 pictures a second")


@pytest.mark.slow
def test_a_matcher_that_cannot_run_and_then_can(tmp_path: Path) -> None:
    models = tmp_path / "models"
    link = PortraitLink(WorkerSettings(models=models), lambda: None, 0.0)
    status = camera_with_matcher(ready, link.failure)
    assert status() == ready()
    link.start()
    try:
        assert isinstance(link.wait_until_ready(30), WorkerFailed)
        broken = status()
        assert isinstance(broken, Faulted)
        assert broken.detail.startswith("portrait matcher cannot run: ")
        assert "model.toml" in broken.detail

        shutil.copytree(ROOT / "assets" / "models", models)
        deadline = time.monotonic() + 60
        while not is_usable(status()):
            assert time.monotonic() < deadline, status()
            time.sleep(0.1)
        assert status() == ready()
    finally:
        link.close()


def test_the_shipped_kiosk_tests_its_matcher_on_known_portraits() -> None:
    worker, _ = portrait_settings(load_settings(ROOT / "config" / "kiosk.toml"))
    assert worker.self_test == ROOT / "assets" / "portraits"
