"""Measure the portrait worker: ``python -m tests.benchmarks.portrait``.

Guidance, decision, start, replacement and memory of the worker on one processor, the longest
time that the real screen stands still beside it (``tests.benchmarks.ui_stall``), and plain
``face_recognition.compare_faces`` on the same frames in the same run. Frames are made from
the demo portraits. The last line is JSON; nothing fails on a slow machine.
"""

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import TypeVar

import cv2
import numpy as np

from kiosk.portrait.client import PortraitWorker, WorkerSettings
from kiosk.portrait.faces import Image
from kiosk.portrait.limits import PortraitLimits
from kiosk.portrait.results import (
    CaptureDone,
    GuidanceUpdate,
    ReferencesReady,
    ReferenceState,
    Update,
    WorkerReady,
    WorkerReplaced,
)
from kiosk.values import Frame
from tests.portrait.disturbed import SPIN, Disturber
from tests.portrait.pictures import document, frame, large_document, moment

_FRAMES_PER_SECOND = 30
_CAPTURES = 12
_PATIENCE_S = 60.0
T = TypeVar("T", bound=Update)


@dataclass
class Bench:
    """A worker with a camera's pace before it."""

    worker: PortraitWorker
    heard: list[tuple[float, Update]] = field(default_factory=list)
    number: int = 0

    def until(self, kind: type[T], pictures: list[Image]) -> T:
        """Feed frames at the camera's pace until an update of this kind comes."""
        started = time.monotonic()
        while time.monotonic() - started < _PATIENCE_S:
            if pictures:
                image = pictures[self.number % len(pictures)]
                self.worker.submit_frame(Frame(image, time.monotonic(), self.number))
                self.number += 1
            found: T | None = None
            for update in self.worker.poll():
                self.heard.append((time.monotonic(), update))
                if isinstance(update, kind):
                    found = update
            if found is not None:
                return found
            time.sleep(1 / _FRAMES_PER_SECOND)
        raise TimeoutError(f"no {kind.__name__} within {_PATIENCE_S} s")

    def guidance_rate(self) -> float:
        """Return the guidance updates a second since the list was last cleared."""
        times = [at for at, update in self.heard if isinstance(update, GuidanceUpdate)]
        return (len(times) - 1) / (times[-1] - times[0]) if len(times) > 1 else 0.0


def open_bench(limits: PortraitLimits) -> tuple[Bench, float]:
    """Start a worker on one processor; return it and its cold start."""
    bench = Bench(PortraitWorker(WorkerSettings(limits=limits)))
    bench.worker.start()
    ready = bench.until(WorkerReady, [])
    if bench.worker.process_id is not None:
        os.sched_setaffinity(bench.worker.process_id, {min(os.sched_getaffinity(0))})
    bench.worker.set_references(document("a"), document("a"))
    bench.until(ReferencesReady, [])
    return bench, ready.start_s


def decisions(bench: Bench, pictures: list[Image], captures: int) -> tuple[list[float], float]:
    """Run captures; return the time of each decision and the slowest guidance rate."""
    took: list[float] = []
    rates: list[float] = []
    for _ in range(captures):
        bench.heard.clear()
        bench.worker.begin_capture()
        done = bench.until(CaptureDone, pictures)
        if not done.decision.matched:
            raise RuntimeError(f"benchmark capture did not match: {done.decision}")
        took.append(done.decision_s)
        rates.append(bench.guidance_rate())
    return took, min(rates)


def measure_decision(captures: int = _CAPTURES) -> float:
    """Return the 95th percentile of the seconds from the last frame to the decision."""
    bench, _ = open_bench(PortraitLimits())
    try:
        took, _ = decisions(bench, [moment("a", index) for index in range(24)], captures)
    finally:
        bench.worker.close()
    return float(np.quantile(took, 0.95))


WAYS = ("SIGKILL", "SIGSTOP", SPIN)
OF_A_TRY = ("SubmitFrame", "Prepare", "Decide")
OF_REFERENCES = ("SetReferences", "Prepare", "ReportReferences")
LARGE_REFERENCES = ("progressive jpeg of 21 MP", "jpeg 2000 of 5 MP")  # the slowest of each


def replaced_in_a_try(
    bench: Bench, pictures: list[Image], disturber: Disturber, request: str, how: str
) -> float:
    """Lose the worker at a request; return the seconds from then until a new one has taken over."""
    disturber.order(request, how)
    bench.worker.begin_capture()
    bench.until(WorkerReplaced, pictures)
    took = disturber.since_s()
    done = bench.until(CaptureDone, pictures)
    if not done.decision.matched:
        raise RuntimeError(f"the try was not repeated: {done.decision}")
    bench.worker.forget()  # a visit of its own: only so many losses are borne by one
    bench.worker.set_references(document("a"), document("a"))
    bench.until(ReferencesReady, [])
    return took


def replaced_at_references(
    bench: Bench, reference: bytes, disturber: Disturber, request: str, how: str
) -> float:
    """Lose the worker while it looks; the new one has taken over when it has looked at both."""
    bench.worker.forget()
    bench.heard.clear()
    disturber.order(request, how)
    bench.worker.set_references(reference, reference)
    bench.until(WorkerReplaced, [])
    took = disturber.since_s()
    (ready,) = (update for _, update in bench.heard if isinstance(update, ReferencesReady))
    if any(report.state is not ReferenceState.USABLE for report in ready.reports):
        raise RuntimeError(f"the references were not looked at again: {ready}")
    return took


def measure_losses(pictures: list[Image]) -> float:
    """Lose a worker in each way; return the longest time until another had taken over."""
    longest = 0.0
    with (
        tempfile.TemporaryDirectory() as folder,
        Disturber(Path(folder)).installed() as disturber,
    ):
        bench, _ = open_bench(PortraitLimits())
        try:
            for request, how in product(OF_A_TRY, WAYS):
                took = replaced_in_a_try(bench, pictures, disturber, request, how)
                print(f"replaced {took:.2f} s after {how} at {request} in a try")
                longest = max(longest, took)
            references = {"portraits": document("a")}
            references |= {kind: large_document("a", kind) for kind in LARGE_REFERENCES}
            for (kind, reference), request, how in product(references.items(), OF_REFERENCES, WAYS):
                took = replaced_at_references(bench, reference, disturber, request, how)
                print(f"replaced {took:.2f} s after {how} at {request} of two references: {kind}")
                longest = max(longest, took)
        finally:
            bench.worker.close()
    return longest


_BASELINE = """
import sys, time, warnings
warnings.simplefilter("ignore")
import cv2, face_recognition, numpy
known = face_recognition.face_encodings(face_recognition.load_image_file(sys.argv[1]))
took = []
for path in sys.argv[2:]:
    image = cv2.cvtColor(cv2.imread(path), cv2.COLOR_BGR2RGB)
    start = time.monotonic()
    found = face_recognition.face_encodings(image)
    same = bool(found) and bool(face_recognition.compare_faces(known, found[0])[0])
    took.append(time.monotonic() - start)
print(float(numpy.quantile(took, 0.95)))
"""


def measure_baseline(pictures: list[Image], folder: Path) -> float:
    """Time plain face_recognition on the same frames, one frame a decision."""
    folder.mkdir(parents=True, exist_ok=True)
    reference = folder / "reference.jpg"
    reference.write_bytes(document("a"))
    paths = [folder / f"frame{index}.png" for index in range(len(pictures))]
    for path, picture in zip(paths, pictures, strict=True):
        cv2.imwrite(str(path), picture)
    command = [sys.executable, "-c", _BASELINE, str(reference), *map(str, paths)]
    environment = dict(os.environ) | {"OMP_NUM_THREADS": "1"}
    ended = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    return float(ended.stdout.split()[-1])


def peak_mb(pid: int) -> float:
    """Return the largest resident memory of a process so far."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return float("nan")


def measure_screen() -> dict[str, float]:
    """Return what the real screen did in a visit, in a process of its own: Kivy starts once."""
    command = [sys.executable, "-m", "tests.benchmarks.ui_stall"]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(ended.stdout.splitlines()[-1])
    return found


def main() -> None:
    """Measure everything, say it in words, then in one line of JSON."""
    print(f"{platform.machine()}, {os.cpu_count()} processors, worker on one; frames 1280x720")
    pictures = [moment("a", index) for index in range(24)]
    bench, cold_start_s = open_bench(PortraitLimits())
    print(f"cold start {cold_start_s:.2f} s")
    took, rate = decisions(bench, pictures, _CAPTURES)
    decision_p95_s = float(np.quantile(took, 0.95))
    print(f"decision after the last frame: p95 {decision_p95_s:.3f} s over {len(took)} captures")
    print(f"guidance while comparing: {rate:.1f} a second")
    blurred = [frame("b", blur=9, noise=1, seed=index) for index in range(4)]
    bench.heard.clear()
    bench.worker.begin_capture()
    bench.until(CaptureDone, blurred)
    print(f"guidance while nothing is good: {bench.guidance_rate():.1f} a second")
    memory = peak_mb(bench.worker.process_id) if bench.worker.process_id else float("nan")
    print(f"worker's largest memory {memory:.0f} MB")
    bench.worker.close()
    replaced_s = measure_losses(pictures)
    screen = measure_screen()
    print(
        f"the app's screen at 1080x1920 beside it stood still {screen['ui_stall_max_s']:.3f} s at "
        f"most, with guidance {screen['guidance_fps']:.1f} times a second"
    )
    baseline_s = measure_baseline(pictures[:8], Path("out/benchmarks/portrait"))
    print(f"face_recognition.compare_faces on one of these frames: p95 {baseline_s:.3f} s")
    print(
        json.dumps(
            {
                "guidance_fps": round(rate, 1),
                "decision_p95_s": round(decision_p95_s, 3),
                "ui_stall_max_s": round(screen["ui_stall_max_s"], 3),
                "worker_rss_mb": round(memory, 1),
                "cold_start_s": round(cold_start_s, 2),
                "worker_replaced_s": round(replaced_s, 2),
                "baseline_decision_p95_s": round(baseline_s, 3),
            }
        )
    )


if __name__ == "__main__":
    main()
