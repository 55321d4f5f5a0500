"""Whether a failed comparison says why: ``python -m tests.benchmarks.why``.

Each cause is made with photographs of people and by damages that no limit was chosen on
(``--tuning`` shows the other half). Real worker code judges the frames; its clock is moved by
hand. Prints a confusion table and, last, one line of JSON; ends with an error when fewer than
95 % of the sentences are the one expected. A hand before the face told as a turned head is the
right cause and wrong advice: it counts as wrong.
"""

import argparse
import csv
import json
import os
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from kiosk.portrait.capture import CaptureState
from kiosk.portrait.desk import Desk
from kiosk.portrait.encoded import encode_jpeg
from kiosk.portrait.faces import Image
from kiosk.portrait.history import PastCapture
from kiosk.portrait.limits import PortraitLimits
from kiosk.portrait.liveness.limits import LivenessLimits
from kiosk.portrait.messages import (
    BeginCapture,
    Configure,
    Decide,
    Forget,
    Judged,
    SetReferences,
    SubmitFrame,
    Tick,
)
from kiosk.portrait.results import (
    CaptureDone,
    Reason,
    ReasonKey,
    ReferenceState,
    WorkerReady,
)
from kiosk.portrait.tally import Tally
from kiosk.portrait.why import FACE_BLURRED, explain
from kiosk.values import Reference
from tests.benchmarks.why_damages import Damage
from tests.benchmarks.why_scene import Scene, frames_of
from tests.benchmarks.why_tables import TESTING, TUNING

_LIMITS = PortraitLimits(best_frames=3, capture_timeout_s=2.6)
_FRAME_S = 0.32
_ROOT = Path(__file__).parents[2]
_MODELS = _ROOT / "assets" / "models"
SHARED = Path(os.environ.get("KIOSK_SHARED", _ROOT.parent / "shared"))
_PEOPLE = 60
RIGHT_AT_LEAST = 0.95
"""Of the failed captures, staff must read the right sentence of so many."""


@dataclass(frozen=True, slots=True)
class Person:
    """One identity with two photographs: before the camera, and in the papers."""

    name: str
    live: Image
    document: Image


def people(half: int) -> Iterator[Person]:
    """Yield identities with two photographs; the halves have nobody in common."""
    folder = SHARED / "faces" / "dev"
    photographs: dict[str, list[str]] = {}
    with (folder / "images.csv").open(newline="") as stream:
        for row in csv.DictReader(stream):
            photographs.setdefault(row["identity"], []).append(row["image"])
    several = sorted(name for name, files in photographs.items() if len(files) > 1)
    for name in several[half::2]:
        first, second = (
            cv2.imread(str(folder / "images" / file)) for file in photographs[name][:2]
        )
        yield Person(name, np.asarray(first, np.uint8), np.asarray(second, np.uint8))


class Bench:
    """A desk with a clock that is moved by hand."""

    def __init__(self, engine: str = "fused") -> None:
        self.desk = Desk()
        self.now_s = 0.0
        self.usual: list[Tally] = []
        configure = Configure(str(_MODELS), engine, 0.0001, _LIMITS, LivenessLimits(), "")
        ready = self.desk.answer(configure, self.now_s)
        if not isinstance(ready, WorkerReady):
            raise SystemExit(str(ready))

    def capture(
        self, frames: Iterator[Image], chip: bytes | None, record: bytes | None
    ) -> CaptureDone:
        """Run one whole capture."""
        self.desk.answer(SetReferences(chip, record, chip_authenticated=False), self.now_s)
        self.desk.answer(BeginCapture(1), self.now_s)
        number = 0
        while True:
            self.now_s += _FRAME_S
            image = next(frames)
            height, width = image.shape[:2]
            number += 1
            told = self.desk.answer(SubmitFrame(width, height, number, image.tobytes()), self.now_s)
            while self.desk.work():
                pass
            assert isinstance(told, Judged)
            if told.state is CaptureState.RUNNING:
                told = self.desk.answer(Tick(), self.now_s)
                assert isinstance(told, Judged)
            if told.state is not CaptureState.RUNNING:
                break
        done = self.desk.answer(Decide(), self.now_s)
        assert isinstance(done, CaptureDone)
        self.desk.answer(Forget(), self.now_s)
        return done


def presentable(bench: Bench, half: int, count: int) -> list[Person]:
    """Choose people whose undamaged photographs are good captures, sharp, and match each other.

    A person is the cause only where live and reference pictures are good.
    """
    chosen: list[Person] = []
    for person in people(half):
        document = encode_jpeg(person.document)
        seed = len(chosen)
        done = bench.capture(frames_of(Scene(person.live), seed), None, document)
        states = {report.reference: report.state for report in done.references}
        good = states[Reference.RECORD] is ReferenceState.USABLE
        sharp = (done.tally.sharpness or 0.0) >= FACE_BLURRED
        if done.decision.matched and good and sharp:
            chosen.append(person)
            bench.usual.append(done.tally)
        if len(chosen) == count:
            return chosen
    return chosen


def history(damage: Damage, usual: list[Tally]) -> tuple[PastCapture, ...]:
    """Return what happened at this kiosk before: sharp visits, then blurred ones if so."""
    past = [
        PastCapture(0.0, visit, True, "", tally.sharpness, tally.scene_sharpness)
        for visit, tally in enumerate(usual[:8])
    ]
    blurred = ReasonKey.BLURRED.value
    past += [
        PastCapture(0.0, 8 + visit, False, blurred, 20.0, 8.0)
        for visit in range(damage.blurred_before)
    ]
    return tuple(past)


@dataclass(frozen=True, slots=True)
class Told:
    """What was made, and what was found of it; no key where it matched."""

    damage: Damage
    reason: Reason | None

    @property
    def found(self) -> str:
        """Return the cause found, "matched" where there was none to find."""
        return "matched" if self.reason is None else self.reason.cause.value

    @property
    def key(self) -> str:
        """Return the key found."""
        return "matched" if self.reason is None else self.reason.key.value

    @property
    def right(self) -> bool:
        """Say whether what staff read is true of what was made."""
        return self.reason is not None and self.reason.key in self.damage.keys


def judge(bench: Bench, damage: Damage, person: Person, other: Person, seed: int) -> Told:
    """Make one damage, let the real worker's code judge it, and explain it."""
    documents = damage.documents(person.document, other.document)
    scene = damage.scene(person.live, other.live, np.random.default_rng(seed))
    done = bench.capture(frames_of(scene, seed), *documents)
    told = Told(damage, explain(done, history(damage, bench.usual)))
    if told.reason is not None and not told.right:
        print(f"  wrong: {damage.name} of {person.name}: {told.reason}")
        print(f"    {done.tally}")
    return told


def run(bench: Bench, damages: tuple[Damage, ...], chosen: list[Person], each: int) -> list[Told]:
    """Judge each damage with so many people in turn."""
    made = [damage for damage in damages for _ in range(each)]
    return [
        judge(bench, damage, chosen[at % len(chosen)], chosen[(at + 7) % len(chosen)], at + 1)
        for at, damage in enumerate(made)
    ]


def table(told: list[Told]) -> None:
    """Print made causes as rows, found ones as columns, then each damage's keys."""
    causes = ("machine", "capture", "reference", "person")
    print(f"{'made / found':>14}" + "".join(f"{name:>11}" for name in (*causes, "matched")))
    for made in causes:
        counts = Counter(each.found for each in told if each.damage.cause == made)
        print(f"{made:>14}" + "".join(f"{counts[name]:>11}" for name in (*causes, "matched")))
    for damage in dict.fromkeys(each.damage for each in told):
        keys = Counter(each.key for each in told if each.damage is damage)
        found = ", ".join(f"{key} {n}" for key, n in keys.most_common())
        print(f"  {damage.cause:>10} {damage.name:<28}{found}")


def main() -> int:
    """Make every cause, see what is found."""
    parser = argparse.ArgumentParser(prog="tests.benchmarks.why")
    parser.add_argument("--tuning", action="store_true", help="the half that limits were chosen on")
    parser.add_argument("--each", type=int, default=8, help="captures of each damage")
    parser.add_argument("--people", type=int, default=_PEOPLE)
    arguments = parser.parse_args()
    bench = Bench()
    half, damages = (0, TUNING) if arguments.tuning else (1, TESTING)
    chosen = presentable(bench, half, arguments.people)
    sharp = np.quantile([t.sharpness or 0 for t in bench.usual], [0.02, 0.1, 0.5])
    scene = np.quantile([t.scene_sharpness or 0 for t in bench.usual], [0.02, 0.1, 0.5])
    print(f"undamaged, 2 / 10 / 50 %: face {np.round(sharp)}, scene {np.round(scene)}")
    print(f"{len(chosen)} people, {len(damages)} damages, {arguments.each} captures of each")
    told = run(bench, damages, chosen, arguments.each)
    table(told)
    failed = [each for each in told if each.reason is not None]
    of_cause = sum(each.found == each.damage.cause for each in failed)
    right = sum(each.right for each in failed)
    result = {
        "right_share": round(right / len(failed), 4),
        "right": right,
        "right_cause_share": round(of_cause / len(failed), 4),
        "failed_captures": len(failed),
        "matched": len(told) - len(failed),
    }
    print(json.dumps(result))
    return 0 if right >= RIGHT_AT_LEAST * len(failed) else 1


if __name__ == "__main__":
    sys.exit(main())
