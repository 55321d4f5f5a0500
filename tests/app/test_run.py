"""``python -m kiosk run`` as an operator starts it: a process, its log and its exit code."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from demo.hall import Hall
from demo.machine import Machine
from demo.stage import KIOSK, write_config
from tests.backend.world import DATABASES

ROOT = Path(__file__).resolve().parents[2]
IN_SERVICE_WITHIN_S = 60.0
STAYS_S = 5.0
STOPPED_WITHIN_S = 20.0

pytestmark = pytest.mark.slow


@pytest.fixture
def config(tmp_path: Path) -> Iterator[Path]:
    data = tmp_path / "server"
    data.mkdir()
    DATABASES.lay(data)
    hall = Hall(data).start()
    ports = tmp_path / "ports"
    ports.mkdir()
    machine = Machine(ports).start()
    try:
        hall.enrol(KIOSK, tmp_path / "credential")
        frames = tmp_path / "frames"
        frames.mkdir()
        noise = np.random.default_rng(7)
        for number in range(3):  # frames that never change count as a frozen camera
            image = noise.integers(0, 255, (720, 1280, 3), dtype=np.uint8)
            Image.fromarray(image).save(frames / f"{number}.png")
        yield write_config(tmp_path, hall, machine, (540, 960), camera="folder:frames")
    finally:
        machine.stop()
        hall.stop()


def events(config: Path) -> list[dict[str, object]]:
    log = config.parent / "kiosk" / "events.jsonl"
    if not log.exists():
        return []
    return [json.loads(line) for line in log.read_text("utf-8").splitlines()]


def in_attract(config: Path) -> bool:
    lines = events(config)
    return bool(lines) and lines[-1]["phase"] == "attract"


def test_the_kiosk_serves_and_stops_when_it_is_told(config: Path) -> None:
    with (config.parent / "said.txt").open("w") as said:
        kiosk = subprocess.Popen(
            [sys.executable, "-m", "kiosk", "run", "--config", str(config)],
            cwd=ROOT,
            env=os.environ | {"SDL_VIDEODRIVER": "offscreen"},
            stdout=said,
            stderr=subprocess.STDOUT,
        )
    try:
        deadline = time.monotonic() + IN_SERVICE_WITHIN_S
        while not in_attract(config):
            assert kiosk.poll() is None, (config.parent / "said.txt").read_text()
            assert time.monotonic() < deadline, events(config)
            time.sleep(0.1)
        reached = len(events(config))

        time.sleep(STAYS_S)

        assert in_attract(config)
        assert [line["phase"] for line in events(config)[reached:]].count("out_of_service") == 0
        kiosk.send_signal(signal.SIGTERM)
        assert kiosk.wait(STOPPED_WITHIN_S) == 0, (config.parent / "said.txt").read_text()
    finally:
        if kiosk.poll() is None:
            kiosk.kill()
            kiosk.wait()
