"""Error and time of plain ``face_recognition.compare_faces`` and of this kiosk on the same pairs.

    .venv/bin/python -m tests.benchmarks.compare_faces --faces ../shared/faces/dev --fold 1

Both embed the pictures of one fold's listed pairs at the same time, each in a process of its own
with one thread. The false match rate is read on every pair of two people among these pictures,
not only on the listed ones. Intervals are 95 % bootstraps that draw people. The thresholds of the
kiosk were chosen on pictures that include these, the 0.6 of compare_faces was not; a hall reads
both on its own. A table in words and Markdown, then one line of JSON.
"""

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.portrait.client import WorkerSettings
from kiosk.portrait.encoded import decode_image
from kiosk.portrait.fusion import Template, load_models, still_template
from kiosk.portrait.scores import fnmr, fnmr_interval

ROUNDS = 1000
TOLERANCE = 0.6  # the default of compare_faces
Scores = NDArray[np.float64]

# A process of its own: importing face_recognition loads what the kiosk never loads.
_PLAIN = """
import sys, time, warnings
warnings.simplefilter("ignore")
import face_recognition, numpy
found, took = [], []
for path in open(sys.argv[1]).read().split("\\n"):
    image = face_recognition.load_image_file(path)
    start = time.perf_counter()
    faces = face_recognition.face_encodings(image)
    took.append(time.perf_counter() - start)
    found.append(faces[0] if faces else numpy.full(128, numpy.nan))
start = time.perf_counter()
for face in found[1:]:
    face_recognition.compare_faces([found[0]], face)
compared = (time.perf_counter() - start) / len(found)
numpy.savez(sys.argv[2], found=numpy.array(found), took=took, compared=compared)
"""


@dataclass(frozen=True, slots=True, eq=False)
class Embedded:
    """What one system made of the pictures: scores of every two, NaN without a face, and times."""

    scores: Scores
    seconds: float  # of a comparison: one live picture embedded, then compared
    p95_s: float

    @property
    def missed(self) -> int:
        """Return how many pictures no face was found in."""
        return int(np.isnan(np.diagonal(self.scores)).sum())


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    name: str
    threshold: float
    misses: int
    fnmr_ci: tuple[float, float]
    false_matches: int
    fmr_ci: tuple[float, float]


def start_plain(paths: list[Path], folder: Path) -> "subprocess.Popen[bytes]":
    """Begin to embed with face_recognition."""
    names = folder / "pictures.txt"
    names.write_text("\n".join(map(str, paths)))
    command = [sys.executable, "-c", _PLAIN, str(names), str(folder / "plain.npz")]
    return subprocess.Popen(command, env=dict(os.environ) | {"OMP_NUM_THREADS": "1"})


def read_plain(folder: Path) -> Embedded:
    """Return what it found: distances turned over, so that higher is more alike."""
    with np.load(folder / "plain.npz") as made:
        found, took, compared = made["found"], made["took"], float(made["compared"])
    squares = (found**2).sum(1)
    apart = squares[:, None] + squares[None, :] - 2 * found @ found.T
    took = took + compared
    return Embedded(-np.sqrt(np.maximum(apart, 0)), float(took.mean()), _p95(took))


def embed_here(paths: list[Path], settings: WorkerSettings) -> Embedded:
    """Embed with the kiosk's detector and engines."""
    cv2.setNumThreads(1)
    models = load_models(settings.models, settings.engine)
    templates: list[Template | None] = []
    took: list[float] = []
    for number, path in enumerate(paths):
        image = decode_image(path.read_bytes())
        began_s = time.perf_counter()
        templates.append(None if image is None else still_template(models, image))
        took.append(time.perf_counter() - began_s)
        if number % 100 == 0:
            print(f"{number}/{len(paths)} pictures", file=sys.stderr, flush=True)
    found = [at for at, template in enumerate(templates) if template is not None]
    known = [template for template in templates if template is not None]
    began_s = time.perf_counter()
    for other in known[1:]:
        models.matcher.compare(known[0], other)
    seconds = np.array(took) + (time.perf_counter() - began_s) / len(known)
    scores = np.full((len(paths), len(paths)), np.nan)
    values = models.matcher.compare_many(known, known)
    scores[np.ix_(found, found)] = models.matcher.fuse(values)
    return Embedded(scores, float(seconds.mean()), _p95(seconds))


def _p95(seconds: Scores) -> float:
    return float(np.quantile(seconds, 0.95))


def fmr_interval(
    one: NDArray[np.intp], other: NDArray[np.intp], sizes: Scores
) -> tuple[float, ...]:
    """Return the 95 % interval of the false match rate, drawing people.

    ``one`` and ``other`` are the two people of each false match, ``sizes`` counts each
    person's pictures.
    """
    random = np.random.default_rng(20240101)
    count = len(sizes)
    rates = []
    for _ in range(ROUNDS):
        drawn = np.bincount(random.integers(0, count, count), minlength=count)
        shown = drawn * sizes
        pairs = (shown.sum() ** 2 - (shown**2).sum()) / 2
        rates.append(float((drawn[one] * drawn[other]).sum() / pairs))
    low, high = np.quantile(rates, [0.025, 0.975])
    return float(low), float(high)


def read_row(
    name: str, threshold: float, scores: Scores, person: NDArray[np.intp], pairs: list[list[int]]
) -> Row:
    """Read both rates at a threshold; a picture without a face matches nobody."""
    scores = np.where(np.isnan(scores), -np.inf, scores)
    genuine = np.array([scores[a, b] for a, b in pairs])
    owners = [str(person[a]) for a, _ in pairs]
    matched = np.triu((scores >= threshold) & (person[:, None] != person[None, :]))
    one, other = (person[index] for index in np.nonzero(matched))
    low, high = fmr_interval(one, other, np.bincount(person).astype(float))
    misses = round(fnmr(genuine, threshold) * len(genuine))
    interval = fnmr_interval(genuine, owners, threshold)
    return Row(name, threshold, misses, interval, len(one), (low, high))


def main() -> None:
    """Measure both, print a table, then one line of JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--faces", type=Path, required=True, help="folder of pairs.csv, images.csv")
    parser.add_argument("--fold", default="1", help="which of LFW's folds")
    options = parser.parse_args()
    with (options.faces / "pairs.csv").open(newline="") as stream:
        listed = [row for row in csv.DictReader(stream) if row["lfw_fold"] == options.fold]
    with (options.faces / "images.csv").open(newline="") as stream:
        who = {row["image"]: row["identity"] for row in csv.DictReader(stream)}
    images = sorted({row[key] for row in listed for key in ("image_a", "image_b")})
    at = {image: number for number, image in enumerate(images)}
    _, person = np.unique([who[image] for image in images], return_inverse=True)
    genuine = [[at[r["image_a"]], at[r["image_b"]]] for r in listed if r["same"] == "1"]
    paths = [options.faces / "images" / image for image in images]
    with tempfile.TemporaryDirectory() as folder:
        plain_process = start_plain(paths, Path(folder))
        settings = WorkerSettings()
        ours = embed_here(paths, settings)
        if plain_process.wait():
            raise SystemExit("face_recognition ended with an error")
        plain = read_plain(Path(folder))
    slot = load_models(settings.models, settings.engine).matcher.slot
    kept = {(t.of, t.fmr): t.value for t in slot.thresholds}
    systems = [
        ("compare_faces at its default 0.6", -TOLERANCE, plain),
        ("kiosk, one picture, FMR 0.1 %", kept["picture", 0.001], ours),
        ("kiosk, one picture, FMR 0.01 %", kept["picture", 0.0001], ours),
        ("kiosk, a visit's threshold, FMR 0.01 %", kept["visit", 0.0001], ours),
    ]
    rows = [read_row(name, limit, of.scores, person, genuine) for name, limit, of in systems]
    sizes = np.bincount(person).astype(float)
    impostor = int((sizes.sum() ** 2 - (sizes**2).sum()) / 2)
    print(
        f"LFW fold {options.fold}: {len(images)} pictures of {len(sizes)} people, {len(genuine)} "
        f"genuine pairs as listed, {impostor} pairs of two people; one thread each"
    )
    print(
        "| | honest people refused (FNMR) | strangers accepted (FMR) | no face found | "
        "one comparison: mean, p95 |\n|---|---|---|---|---|"
    )
    for row, (_, _, of) in zip(rows, systems, strict=True):
        print(
            f"| {row.name} | {row.misses / len(genuine):.2%} ({_percent(row.fnmr_ci)}), "
            f"{row.misses} of {len(genuine)} | {row.false_matches / impostor:.4%} "
            f"({_percent(row.fmr_ci, 4)}), {row.false_matches} | {of.missed} of {len(images)} | "
            f"{of.seconds:.3f} s, {of.p95_s:.3f} s |"
        )
    print(json.dumps(_summary(rows, genuine, impostor, plain, ours)))


def _percent(interval: tuple[float, float], digits: int = 2) -> str:
    low, high = interval
    return f"{low * 100:.{digits}f}-{high * 100:.{digits}f}"


def _summary(
    rows: list[Row], genuine: list[list[int]], impostor: int, plain: Embedded, ours: Embedded
) -> dict[str, object]:
    return {
        "fnmr": {row.name: round(row.misses / len(genuine), 5) for row in rows},
        "fmr": {row.name: round(row.false_matches / impostor, 7) for row in rows},
        "baseline_s": round(plain.seconds, 3),
        "kiosk_s": round(ours.seconds, 3),
        "baseline_missed": plain.missed,
        "kiosk_missed": ours.missed,
    }


if __name__ == "__main__":
    main()
