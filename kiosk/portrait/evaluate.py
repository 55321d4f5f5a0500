"""Measure a model slot on labelled pairs: error rates, intervals, thresholds, pictures.

``evaluate`` is what ``python -m kiosk evaluate`` calls. Pictures are embedded by as many
processes as there are processors; the comparison itself is two matrix products.
"""

import csv
import json
import logging
import multiprocessing
import os
import re
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from kiosk.portrait import scores as measure
from kiosk.portrait.client import WorkerSettings
from kiosk.portrait.faces import decode_image
from kiosk.portrait.fusion import Matcher, Models, Template, largest_template, load_models
from kiosk.portrait.plots import draw_det, draw_histogram
from kiosk.portrait.scores import FMRS, Floats

log = logging.getLogger("kiosk.portrait.evaluate")

Progress = Callable[[int, int], None]
_BLOCK = 256


class EvaluationError(Exception):
    """The pairs or pictures cannot be evaluated; one line that says what is wrong."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two pictures and whether they show one person."""

    image_a: str
    image_b: str
    same: bool


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """Scores of genuine and impostor pairs; a pair with a face not found scores -inf."""

    genuine: Floats
    impostor: Floats
    people: tuple[str, ...]  # of the genuine pairs, for the bootstrap


def read_pairs(path: Path) -> list[Pair]:
    """Read ``image_a, image_b, same`` from a CSV file; other columns are ignored."""
    try:
        with path.open(newline="", encoding="utf-8") as stream:
            rows = list(csv.DictReader(stream))
    except (OSError, UnicodeError, csv.Error) as error:
        raise EvaluationError(f"{path}: {error}") from error
    pairs: list[Pair] = []
    for number, row in enumerate(rows, start=2):
        image_a, image_b, same = row.get("image_a"), row.get("image_b"), row.get("same")
        if not image_a or not image_b or same not in ("0", "1"):
            raise EvaluationError(f"{path}: line {number}: needs image_a, image_b, same (0 or 1)")
        pairs.append(Pair(image_a, image_b, same == "1"))
    if not pairs:
        raise EvaluationError(f"{path}: no pairs")
    return pairs


def identities(pairs: Iterable[Pair]) -> dict[str, str]:
    """Return who is in each picture: the name without its number, joined by genuine pairs."""
    parent: dict[str, str] = {}

    def find(name: str) -> str:
        parent.setdefault(name, name)
        while parent[name] != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    of: dict[str, str] = {}
    for pair in pairs:
        for image in (pair.image_a, pair.image_b):
            of[image] = re.sub(r"_\d+$", "", Path(image).stem)
        if pair.same:
            parent[find(of[pair.image_a])] = find(of[pair.image_b])
    return {image: find(name) for image, name in of.items()}


_models: Models | None = None  # one set for each process of the pool


def _open_models(folder: str, engine: str) -> None:
    global _models  # the pool offers no other place for a process's models
    cv2.setNumThreads(1)
    _models = load_models(Path(folder), engine)


def _embed_file(path: str) -> Template | None:
    """Return the numbers of the main face of a picture; None when there is none."""
    if _models is None:
        raise EvaluationError("models are not loaded")
    try:
        image = decode_image(Path(path).read_bytes())
    except OSError as error:
        raise EvaluationError(f"{path}: {error.strerror}") from error
    return None if image is None else largest_template(_models, image)


def embed_all(
    images: Sequence[str], folder: Path, settings: WorkerSettings, progress: Progress
) -> dict[str, Template | None]:
    """Embed every picture once, on all processors."""
    for image in images:
        if not (folder / image).is_file():
            raise EvaluationError(f"{folder / image}: no such picture")
    found: dict[str, Template | None] = {}
    with ProcessPoolExecutor(
        os.cpu_count() or 1,
        mp_context=multiprocessing.get_context("spawn"),  # no fork beside native threads
        initializer=_open_models,
        initargs=(str(settings.models), settings.engine),
    ) as pool:
        paths = [str(folder / image) for image in images]
        for image, template in zip(images, pool.map(_embed_file, paths, chunksize=8), strict=True):
            found[image] = template
            progress(len(found), len(images))
    return found


def score_pairs(
    matcher: Matcher, pairs: Sequence[Pair], templates: dict[str, Template | None]
) -> Scored:
    """Score the listed pairs."""
    who = identities(pairs)
    genuine: list[float] = []
    impostor: list[float] = []
    people: list[str] = []
    for pair in pairs:
        one, other = templates[pair.image_a], templates[pair.image_b]
        score = -np.inf if one is None or other is None else matcher.compare(one, other).score
        if pair.same:
            genuine.append(score)
            people.append(who[pair.image_a])
        else:
            impostor.append(score)
    return Scored(np.array(genuine), np.array(impostor), tuple(people))


def all_impostor_scores(
    matcher: Matcher, pairs: Sequence[Pair], templates: dict[str, Template | None]
) -> Floats:
    """Score every pair of pictures of two different people, in blocks of rows."""
    who = identities(pairs)
    names = [name for name, template in templates.items() if template is not None]
    missing = [name for name, template in templates.items() if template is None]
    kept = [template for name in names if (template := templates[name]) is not None]
    _, person = np.unique([who[name] for name in names], return_inverse=True)
    parts: list[Floats] = []
    for start in range(0, len(names), _BLOCK):
        block = matcher.compare_many(kept[start : start + _BLOCK], kept)
        rows = np.arange(start, start + block.shape[0])
        wanted = (person[rows][:, None] != person[None, :]) & (
            rows[:, None] < np.arange(len(names))[None, :]
        )
        parts.append(block[wanted])
    unseen = sum(
        sum(who[name] != who[other] for other in templates if other != name) for name in missing
    )
    parts.append(np.full(unseen, -np.inf))  # pairs with an unseen face never match
    return np.concatenate(parts)


def evaluate(
    pairs_csv: Path,
    images_dir: Path,
    out_dir: Path,
    *,
    settings: WorkerSettings | None = None,
    all_impostors: bool = False,
    thresholds_file: Path | None = None,
    progress: Progress = lambda done, of: None,
) -> dict[str, Any]:
    """Evaluate an engine on pairs; write report.json, det.png and scores.png, return the report.

    ``thresholds_file`` is a report of another run, whose thresholds are used instead of this
    run's own; ``fmr`` then says what they gave here. Rates that too few pairs could support
    are None. Raises EvaluationError or SlotError with one line.
    """
    settings = settings or WorkerSettings()
    pairs = read_pairs(pairs_csv)
    images = sorted({image for pair in pairs for image in (pair.image_a, pair.image_b)})
    fixed = None if thresholds_file is None else read_thresholds(thresholds_file)
    matcher = load_models(settings.models, settings.engine).matcher
    started_s = time.monotonic()
    templates = embed_all(images, images_dir, settings, progress)
    took_s = time.monotonic() - started_s
    scored = score_pairs(matcher, pairs, templates)
    impostor = all_impostor_scores(matcher, pairs, templates) if all_impostors else scored.impostor
    report: dict[str, Any] = {
        "engine": settings.engine,
        "model_sha256": matcher.sha256,
        **rates(Scored(scored.genuine, impostor, scored.people), fixed),
        "fte": sum(template is None for template in templates.values()) / len(images),
        "accuracy": measure.ten_fold_accuracy(scored.genuine, scored.impostor),
        "genuine": int(scored.genuine.size),
        "impostor": int(impostor.size),
        "seconds_per_image": took_s / len(images),
    }
    out_dir.mkdir(parents=True, exist_ok=True)
    (out_dir / "report.json").write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    cv2.imwrite(str(out_dir / "det.png"), draw_det(scored.genuine, impostor))
    cv2.imwrite(str(out_dir / "scores.png"), draw_histogram(scored.genuine, impostor))
    return report


def rates(scored: Scored, fixed: dict[str, float] | None = None) -> dict[str, Any]:
    """Return fnmr, fnmr_ci, fmr and thresholds, each by the false match rate aimed at."""
    fnmr: dict[str, float | None] = {}
    interval: dict[str, list[float] | None] = {}
    fmr: dict[str, float | None] = {}
    thresholds: dict[str, float | None] = {}
    for aim in FMRS:
        key = f"{aim:g}" if aim > 0.0005 else f"{aim:.4f}"
        chosen = measure.threshold_at(scored.impostor, aim) if fixed is None else fixed.get(key)
        thresholds[key] = chosen
        known = chosen is not None and scored.genuine.size > 0
        fnmr[key] = measure.fnmr(scored.genuine, chosen) if known and chosen is not None else None
        interval[key] = (
            list(measure.fnmr_interval(scored.genuine, scored.people, chosen))
            if known and chosen is not None
            else None
        )
        fmr[key] = (
            measure.fmr(scored.impostor, chosen)
            if chosen is not None and scored.impostor.size
            else None
        )
    return {"fnmr": fnmr, "fnmr_ci": interval, "fmr": fmr, "thresholds": thresholds}


def read_thresholds(path: Path) -> dict[str, float]:
    """Read the thresholds of another run's report."""
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))["thresholds"]
        return {key: float(value) for key, value in entries.items() if value is not None}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise EvaluationError(f"{path}: not a report with thresholds: {error}") from error
