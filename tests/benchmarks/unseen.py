"""The comparison's errors on people who had no part in setting it: LFW's folds in turn.

    .venv/bin/python -m tests.benchmarks.unseen --faces ../shared/faces/dev

For each fold the crowd's means, the weights of dlib and of the numbers' lengths, what each engine
says of two people, and the thresholds are taken from the people of the other folds; the fold's
listed pairs are then read at those thresholds, with the false match rate that they gave on the
fold's own people. No person is in two folds. Rates are said with all labels
as they are listed, as LFW asks, and without the pairs that its own errata call wrong
(``known_label_error``). A picture in which no face is found ends the run, so where there are
figures the failure to enrol is 0. Intervals are 95 % bootstraps that draw people. A table, then
one line of JSON.
"""

import argparse
import csv
import dataclasses
import itertools
import json
import multiprocessing
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.portrait.client import WorkerSettings
from kiosk.portrait.encoded import decode_image
from kiosk.portrait.engines import open_engine
from kiosk.portrait.fusion import Models, load_models
from kiosk.portrait.progress import Progress
from kiosk.portrait.scores import fnmr, fnmr_interval, threshold_at
from kiosk.portrait.slot_file import load_slot
from kiosk.portrait.slots import Band, Length

FMRS = (0.01, 0.001, 0.0001)
WEIGHTS = (0.3, 0.4, 0.5, 0.6)
LENGTH_FACTORS = (0.0, 0.5, 1.0, 1.5)
CHOSEN_BETWEEN = np.geomspace(3e-5, 3e-3, 11)
"""False match rates at which the weight is chosen: one alone hangs on two or three pairs."""
Numbers = NDArray[np.float32]
Scores = NDArray[np.float64]
Index = NDArray[np.intp]
Weights = tuple[float, float]
"""A factor of what the slot says of lengths, and dlib's weight."""
SIZE = 128

_models: Models | None = None  # one set for each process of the pool


@dataclass(frozen=True, slots=True, eq=False)
class Faces:
    """Pictures by number: who is in each, its fold, and each engine's looks at it, uncentred."""

    person: Index
    fold: Index
    sface: Numbers  # pictures x looks x numbers: the face's, then logarithms of lengths
    dlib: Numbers


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Two numbers of pictures a row."""

    one: Index
    other: Index

    def among(self, chosen: NDArray[np.bool_]) -> "Pairs":
        """Return those of which both pictures are chosen."""
        kept = chosen[self.one] & chosen[self.other]
        return Pairs(self.one[kept], self.other[kept])

    def of(self, table: Scores) -> Scores:
        """Return their scores."""
        return np.asarray(table[self.one, self.other], np.float64)


def _open() -> None:
    global _models  # the pool offers no other place for a process's models
    cv2.setNumThreads(1)
    settings = WorkerSettings()
    _models = load_models(settings.models, "fused", None)
    slot = _models.matcher.engines["sface"].slot
    bands = tuple(Band(band.rows, Length(0.0, 1.0, 0.0)) for band in slot.bands)
    slot = dataclasses.replace(slot, centre=(), bands=bands)
    _models.matcher.engines["sface"] = open_engine(slot)


def _looks(path: str) -> dict[str, Numbers] | None:
    assert _models is not None
    image = decode_image(Path(path).read_bytes())
    face = None if image is None else _models.detector.find_main(image)
    if image is None or face is None:
        return None
    found: dict[str, Numbers] = {}
    for name, engine in _models.matcher.engines.items():
        seen = [engine.look(image, face, look) for look in engine.looks]
        known = [numbers for numbers in seen if numbers is not None]
        if len(known) < len(seen):
            return None
        found[name] = np.stack(known)
    return found


def look_at(folder: Path, images: list[str], person: Index, fold: Index) -> Faces:
    """Embed all pictures, on all processors."""
    progress, seen = Progress(sys.stderr), []
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(mp_context=context, initializer=_open) as pool:
        paths = [str(folder / image) for image in images]
        for found in pool.map(_looks, paths, chunksize=8):
            seen.append(found)
            progress(len(seen), len(images))
    kept = [found for found in seen if found is not None]
    if len(kept) < len(seen):
        raise SystemExit(f"no face found in {len(seen) - len(kept)} pictures: FTE is not 0")
    sface, dlib = (np.stack([found[name] for found in kept]) for name in ("sface", "dlib_resnet"))
    return Faces(person, fold, sface, dlib)


def similar(numbers: Numbers, others: NDArray[np.bool_]) -> Scores:
    """Return the cosine of every two pictures, the mean of ``others``' looks taken off."""
    centre = numbers[others].mean(axis=(0, 1))
    centred = numbers - centre
    centred /= np.linalg.norm(centred, axis=2, keepdims=True)
    mean = centred.mean(axis=1)
    mean /= np.linalg.norm(mean, axis=1, keepdims=True)
    return np.asarray(mean @ mean.T, np.float64)


def shorter(lengths: Numbers, others: NDArray[np.bool_]) -> Scores:
    """Return how long the shorter of every two is, in deviations of ``others``, two at most."""
    length = lengths.mean(axis=1).astype(np.float64)
    length = np.clip((length - length[others].mean()) / length[others].std(), -2, 2)
    return np.asarray(np.minimum(length[:, None], length[None, :]), np.float64)


def near(looks: Numbers) -> Scores:
    """Return the distance of every two pictures, turned over: higher is more alike."""
    mean = looks.mean(axis=1).astype(np.float64)
    squares = (mean**2).sum(axis=1)
    apart = squares[:, None] + squares[None, :] - 2 * mean @ mean.T
    return np.asarray(-np.sqrt(np.maximum(apart, 0)), np.float64)


def standard(table: Scores, strangers: Pairs) -> Scores:
    """Return scores in deviations from the mean of what ``strangers`` have."""
    values = strangers.of(table)
    return np.asarray((table - values.mean()) / values.std(), np.float64)


def choose_weights(
    fused: Callable[[Weights], Scores], same: Pairs, strangers: Pairs, faces: Faces
) -> Weights:
    """Return the weights with the fewest refusals, by the people who are given."""
    owners = faces.person[same.one]
    share = 1 / np.sqrt(np.bincount(owners)[owners])  # who has many pictures counts not for all
    most = int(CHOSEN_BETWEEN[-1] * len(strangers.one)) + 1

    def refusals(weights: Weights) -> float:
        table = fused(weights)
        genuine, impostor = same.of(table), strangers.of(table)
        highest = np.sort(np.partition(impostor, -most)[-most:])[::-1]
        limits = highest[(CHOSEN_BETWEEN * len(impostor)).astype(int)]  # the first to be refused
        return float(np.mean([np.average(genuine <= at, weights=share) for at in limits]))

    return min(itertools.product(LENGTH_FACTORS, WEIGHTS), key=refusals)


def every_pair(faces: Faces) -> tuple[Pairs, Pairs]:
    """Return all pairs of one person and all of two."""
    one, other = np.triu_indices(len(faces.person), 1)
    alike = faces.person[one] == faces.person[other]
    return Pairs(one[alike], other[alike]), Pairs(one[~alike], other[~alike])


def read_folds(
    faces: Faces, listed: Pairs
) -> tuple[dict[float, Scores], dict[float, float], list[Weights]]:
    """Return by how much each listed pair clears its threshold, the FMR given, the weights."""
    same, strangers = every_pair(faces)
    dlib = near(faces.dlib)
    told = load_slot(WorkerSettings().models / "sface" / "model.toml").lengths
    margin = {rate: np.full(len(listed.one), np.nan) for rate in FMRS}
    wrong = dict.fromkeys(FMRS, 0)
    asked, weights = 0, []
    for fold in np.unique(faces.fold):
        others = faces.fold != fold
        known_same, known_strangers = same.among(others), strangers.among(others)
        alike = similar(faces.sface[:, :, :SIZE], others)
        unsure = sum(
            length.weight * shorter(faces.sface[:, :, SIZE + at], others)
            for at, length in enumerate(told)
        )
        near_by = standard(dlib, known_strangers)

        def fused(
            weights: Weights,
            alike: Scores = alike,
            unsure: Scores = unsure,
            near_by: Scores = near_by,
            known: Pairs = known_strangers,
        ) -> Scores:
            return standard(alike - weights[0] * unsure, known) + weights[1] * near_by

        chosen = choose_weights(fused, known_same, known_strangers, faces)
        table = fused(chosen)
        impostor, unseen = known_strangers.of(table), strangers.among(~others).of(table)
        mine = faces.fold[listed.one] == fold
        for rate in FMRS:
            limit = threshold_at(impostor, rate)
            assert limit is not None
            margin[rate][mine] = listed.of(table)[mine] - limit
            wrong[rate] += int((unseen >= limit).sum())
        asked += len(unseen)
        weights.append(chosen)
    return margin, {rate: count / asked for rate, count in wrong.items()}, weights


def main() -> None:
    """Measure, print a table, then one line of JSON."""
    parser = argparse.ArgumentParser(prog="tests.benchmarks.unseen")
    parser.add_argument("--faces", type=Path, required=True, help="folder of pairs.csv, images.csv")
    options = parser.parse_args()
    with (options.faces / "pairs.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    with (options.faces / "images.csv").open(newline="") as stream:
        who = {row["image"]: row["identity"] for row in csv.DictReader(stream)}
    fold_of = {row[side]: int(row["lfw_fold"]) for row in rows for side in ("image_a", "image_b")}
    images = sorted(fold_of)
    at = {image: number for number, image in enumerate(images)}
    _, person = np.unique([who[image] for image in images], return_inverse=True)
    fold = np.array([fold_of[image] for image in images])
    faces = look_at(options.faces / "images", images, person, fold)
    genuine = [row for row in rows if row["same"] == "1"]
    sides = (np.array([at[row[side]] for row in genuine]) for side in ("image_a", "image_b"))
    listed = Pairs(*sides)
    right = np.array([row["known_label_error"] != "1" for row in genuine])
    margin, given, weights = read_folds(faces, listed)
    owners = faces.person[listed.one].astype(str)
    print(
        f"{len(images)} pictures of {len(set(person))} people in {len(set(fold))} folds; "
        f"weights of lengths and dlib by fold {weights}"
    )
    print("| FMR aimed at | FMR given | FNMR as listed | FNMR, labels right |\n|---|---|---|---|")
    report: dict[str, object] = {"fte": 0.0, "genuine": len(genuine)}
    for rate in FMRS:
        cells = []
        for name, kept in (("listed", np.ones_like(right)), ("right", right)):
            scores = margin[rate][kept]
            low, high = fnmr_interval(scores, list(owners[kept]), 0.0)
            missed, of = int((scores < 0).sum()), len(scores)
            cells.append(f"{fnmr(scores, 0.0):.2%} ({low:.2%}-{high:.2%}), {missed} of {of}")
            report[f"fnmr_{name}_at_{rate}"] = round(fnmr(scores, 0.0), 5)
        report[f"fmr_at_{rate}"] = round(given[rate], 7)
        print(f"| {rate:.2%} | {given[rate]:.4%} | {' | '.join(cells)} |")
    print(json.dumps(report))


if __name__ == "__main__":
    main()
