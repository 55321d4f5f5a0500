"""The demo's window on a display that is too small for it, touched on both of its halves."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from kiosk.ui.window import DOCK_WIDTH

ROOT = Path(__file__).resolve().parents[2]
DISPLAY = (1440, 900)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.skipif(
        shutil.which("Xvfb") is None,
        reason="NOT TESTED: the demo's window with its dock, which needs Xvfb (package xvfb)",
    ),
]


@pytest.fixture(scope="module")
def display():
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{DISPLAY[0]}x{DISPLAY[1]}x24"],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    with os.fdopen(read) as said:
        number = said.readline().strip()
    yield f":{number}"
    server.terminate()
    server.wait()


@pytest.fixture(scope="module")
def played(display, tmp_path_factory):
    folder = tmp_path_factory.mktemp("dock")
    environment = {k: v for k, v in os.environ.items() if k != "SDL_VIDEODRIVER"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.demo.dock_script", str(folder)],
        cwd=ROOT,
        env=environment | {"DISPLAY": display},
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return folder, json.loads(done.stdout.splitlines()[-1])


def test_a_visit_is_played_with_the_dock_alone(played):
    _, found = played
    assert found["phases"] == [
        "attract",
        "out_of_service",
        "attract",
        "offers",
        "notice",
        "confirm",
        "pay",
        "take_card",
        "attract",
    ]
    assert found["card_outside"]


def test_the_window_fits_the_display(played):
    folder, found = played
    assert tuple(found["display"]) == DISPLAY
    with Image.open(folder / "dock.png") as picture:
        assert picture.size[0] <= DISPLAY[0]
        assert picture.size[1] <= DISPLAY[1]
        assert picture.size[0] == round(1080 * found["scale"]) + DOCK_WIDTH
        dock = picture.crop((picture.size[0] - DOCK_WIDTH, 0, *picture.size))
        assert len(dock.convert("L").getcolors(256)) > 8, "the dock is empty"
