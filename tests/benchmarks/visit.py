"""Measure a whole kiosk on this machine: ``python -m tests.benchmarks.visit``.

Chip reading against its wire time, the portrait decision after the last frame, how long the
screen ever stands still while the face is looked at, and start and memory of the kiosk as a
process of its own. Words first; the last line is JSON. Nothing fails on a slow machine.
"""

import argparse
import json
import os
import platform
import re
import signal
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from itertools import islice
from pathlib import Path

import cv2

from demo.hall import Hall
from demo.machine import Machine
from demo.people import read_people
from demo.stage import KIOSK, write_config
from devices.rig.live_frames import RESIDENT_A, camera_like_frames
from tests.benchmarks.chip import measure_chip_read
from tests.benchmarks.portrait import measure_decision
from tests.benchmarks.ui_stall import SIZE, await_that, measure_stall

ROOT = Path(__file__).resolve().parents[2]
CAPTURES = 20
ON_SCREEN = "the first page is on the screen"
"""The window logs it one frame after it drew the first page."""
WARM_S = 3.0
"""After attract, so that what the first frames allocate is counted too."""


def measure_start(folder: Path) -> dict[str, float]:
    """Start the kiosk's own command against emulated devices; return times and memory."""
    ports, pictures = folder / "ports", folder / "camera"
    for made in (ports, pictures):
        made.mkdir(parents=True)
    face = read_people()["normal"].face
    frames = islice(camera_like_frames(face, seed=7, changes=RESIDENT_A), 15)
    for number, frame in enumerate(frames):
        cv2.imwrite(str(pictures / f"{number:02}.png"), frame)
    machine, hall = Machine(ports).start(), Hall(folder / "server")
    try:
        hall.start()
        hall.enrol(KIOSK, folder / "credential")
        config = write_config(folder, hall, machine, SIZE, camera=f"folder:{pictures}")
        return _start_once(config, folder / "kiosk" / "events.jsonl")
    finally:
        hall.stop()
        machine.stop()


def _start_once(config: Path, events: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "kiosk", "run", "--config", str(config)]
    environment = os.environ | {"SDL_VIDEODRIVER": "offscreen"}
    log = config.parent / "kiosk.log"
    started = time.monotonic()
    with log.open("w") as said:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=said, stderr=said)
    try:
        await_that(
            lambda: process.poll() is not None or _ready(events, log),
            "attract in the event log and a page on the screen",
        )
        if process.poll() is not None:
            raise RuntimeError(f"the kiosk ended by itself:\n{log.read_text()}")
        attract_s = time.monotonic() - started
        time.sleep(WARM_S)
        kiosk_mb = _resident_mb(process.pid)
        workers_mb = sum(_resident_mb(child) for child in _children(process.pid))
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    return {
        "start_to_attract_s": attract_s,
        "kiosk_rss_mb": kiosk_mb,
        "worker_rss_mb": workers_mb,
    }


def _ready(events: Path, log: Path) -> bool:
    """Say whether attract is reached and the window shows pages: it is at most a frame away."""
    if not events.exists() or ON_SCREEN not in log.read_text("utf-8"):
        return False
    lines = events.read_text("utf-8").splitlines()
    return any(json.loads(line)["phase"] == "attract" for line in lines if line.endswith("}"))


def _children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]


def _resident_mb(pid: int) -> float:
    text = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+) kB", text)
    return int(found[1]) / 1024 if found else 0.0


def main() -> None:
    """Measure everything, say it in words, then in one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--captures", type=int, default=CAPTURES)
    options = parser.parse_args()
    os.environ["SDL_VIDEODRIVER"] = "offscreen"
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    today = datetime.now().astimezone().date()
    print(f"{today}: {platform.machine()}, {os.cpu_count()} processors, load average {load}")
    chip = measure_chip_read()
    print(
        f"chip: {chip['chip_read_s']:.2f} s for {chip['chip_wire_bytes']:.0f} bytes that need "
        f"{chip['chip_wire_s']:.2f} s on the wire"
    )
    decision_p95_s = measure_decision(options.captures)
    print(f"portrait decision after the last frame: p95 {decision_p95_s:.3f} s")
    with tempfile.TemporaryDirectory(prefix="kiosk-start-", ignore_cleanup_errors=True) as folder:
        start = measure_start(Path(folder))
    print(
        f"start to attract: {start['start_to_attract_s']:.2f} s; resident memory then: kiosk "
        f"{start['kiosk_rss_mb']:.0f} MB, its portrait worker's processes "
        f"{start['worker_rss_mb']:.0f} MB"
    )
    with tempfile.TemporaryDirectory(prefix="kiosk-stall-", ignore_cleanup_errors=True) as folder:
        stall = measure_stall(Path(folder))
    print(stall.said())
    print(
        json.dumps(
            {
                "chip_wire_ratio": chip["chip_wire_ratio"],
                "decision_p95_s": round(decision_p95_s, 3),
                "ui_stall_max_s": round(stall.ui_stall_max_s, 3),
                "start_to_attract_s": round(start["start_to_attract_s"], 2),
                "kiosk_rss_mb": round(start["kiosk_rss_mb"], 1),
            }
        )
    )


if __name__ == "__main__":
    main()
