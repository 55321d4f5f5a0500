"""Measure a model slot on labelled pairs: error rates, intervals, thresholds, pictures.

``evaluate`` is what ``python -m kiosk evaluate`` calls. Pictures are embedded elsewhere
(``picture_pool``); the comparison itself is two matrix products.
"""

import json
import logging
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from kiosk.portrait import scores as measure
from kiosk.portrait.chosen_thresholds import read_thresholds
from kiosk.portrait.client import WorkerSettings
from kiosk.portrait.evaluation_notes import faults, too_few, whose
from kiosk.portrait.faces import Image
from kiosk.portrait.fusion import Matcher, Template, load_models
from kiosk.portrait.pairs import EvaluationError, Pair, read_pairs, read_people
from kiosk.portrait.people import find_people
from kiosk.portrait.picture_pool import Fault, embed_all, find_pictures
from kiosk.portrait.plots import draw_det, draw_histogram
from kiosk.portrait.progress import Report
from kiosk.portrait.scores import RATE_KEYS, Floats
from kiosk.portrait.visit_rates import score_means, visit_report
from kiosk.portrait.whole_file import replace_file

log = logging.getLogger("kiosk.portrait.evaluate")

_BLOCK = 256
_REPORT, _DET, _SCORES = "report.json", "det.png", "scores.png"


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """Scores of genuine and impostor pairs; a pair with a face not found scores -inf."""

    genuine: Floats
    impostor: Floats
    people: tuple[str, ...]  # of the genuine pairs, for the bootstrap


def score_pairs(
    matcher: Matcher,
    pairs: Sequence[Pair],
    templates: Mapping[str, Template | None],
    who: Mapping[str, str],
) -> Scored:
    """Score the listed pairs; ``who`` names the person in each picture."""
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


def all_impostor_values(
    matcher: Matcher, templates: Mapping[str, Template | None], who: Mapping[str, str]
) -> dict[str, Floats]:
    """Return each engine's own value of every pair of pictures of two different people.

    Pictures without a face are left out. Computed in blocks of rows: a pair's value is kept,
    the square of all pictures is never there at once.
    """
    names = [name for name, template in templates.items() if template is not None]
    kept = [template for name in names if (template := templates[name]) is not None]
    _, person = np.unique([who[name] for name in names], return_inverse=True)
    parts: dict[str, list[Floats]] = {name: [np.array([])] for name in matcher.engines}
    for start in range(0, len(names), _BLOCK):
        rows = np.arange(start, min(start + _BLOCK, len(names)))
        wanted = (person[rows][:, None] != person[None, :]) & (
            rows[:, None] < np.arange(len(names))[None, :]
        )
        block = matcher.compare_many(kept[start : start + _BLOCK], kept)
        for name, values in block.items():
            parts[name].append(values[wanted])
    return {name: np.concatenate(blocks) for name, blocks in parts.items()}


def unseen_pairs(templates: Mapping[str, Template | None], who: Mapping[str, str]) -> Floats:
    """Return the score of each pair of two people of whom one was not found: never a match."""
    names = [name for name, template in templates.items() if template is not None]
    missing = [name for name, template in templates.items() if template is None]
    count = sum(
        sum(who[name] != who[other] for other in (*names, *missing[at + 1 :]))
        for at, name in enumerate(missing)
    )
    return np.full(count, -np.inf)


def evaluate(
    pairs_csv: Path,
    images_dir: Path,
    out_dir: Path,
    *,
    settings: WorkerSettings | None = None,
    all_impostors: bool = False,
    thresholds_file: Path | None = None,
    people_file: Path | None = None,
    progress: Report = lambda done, of: None,
    say: Callable[[str], None] = lambda note: None,
) -> dict[str, Any]:
    """Evaluate an engine on pairs; write report.json, det.png and scores.png, return the report.

    ``thresholds_file`` has thresholds of another run, which are used instead of this
    run's own; ``fmr`` then says what they gave here. "shown" says which rates the impostor
    pairs are enough for, "notes" in words which not; a rate is None only where there is no pair
    to score. With ``all_impostors`` there are also the rates of a whole visit ("visit") and what
    a fusion of these engines needs to know ("members"). ``people_file`` says who is in each
    picture where file names do not. ``say`` is told each of the report's "notes" as soon as it is
    known. Pictures without numbers are named in "unreadable" and "without_face"; both count as
    failures to enrol. Raises EvaluationError or SlotError with one line.
    """
    settings = settings or WorkerSettings()
    pairs = read_pairs(pairs_csv)
    images = sorted({image for pair in pairs for image in (pair.image_a, pair.image_b)})
    pictures = find_pictures(images, images_dir)
    people = find_people(pairs, None if people_file is None else read_people(people_file))
    who = people.who
    _prepare(out_dir)  # before the work: an hour's figures must not end in an error
    matcher = load_models(settings.models, settings.engine, None).matcher
    fixed: dict[str, dict[str, float]] = {}
    if thresholds_file is not None:
        fixed = read_thresholds(thresholds_file, settings.engine, matcher.network_sha256)
    notes = whose(people)
    for note in notes:
        say(note)
    started_s = time.monotonic()
    embedded = embed_all(pictures, settings, progress)
    templates = embedded.templates
    took_s = time.monotonic() - started_s
    scored = score_pairs(matcher, pairs, templates, who)
    impostor, whole = scored.impostor, {}
    if all_impostors:
        values = all_impostor_values(matcher, templates, who)
        impostor = np.concatenate([matcher.fuse(values), unseen_pairs(templates, who)])
        means = score_means(matcher, templates, who)
        whole = {
            "visit": visit_report(means, impostor, fixed.get("visit")),
            "members": _spread(values),
        }
    report: dict[str, Any] = {
        "engine": settings.engine,
        "network_sha256": matcher.network_sha256,
        **rates(Scored(scored.genuine, impostor, scored.people), fixed.get("picture")),
        "fte": len(embedded.faults) / len(images),
        "accuracy": measure.ten_fold_accuracy(scored.genuine, scored.impostor),
        "genuine": int(scored.genuine.size),
        "impostor": int(impostor.size),
        "seconds_per_image": took_s / len(images),
        "people": {
            "count": people.count,
            "found_by": people.found_by,
            "contradicting_lines": list(people.contradictions),
        },
        **{fault.value: embedded.named(fault) for fault in Fault},
        **whole,
    }
    later = [*faults(embedded), *too_few(report)]
    for note in later:
        say(note)
    report["notes"] = notes + later
    _write(out_dir / _DET, _png(draw_det(scored.genuine, impostor)))
    _write(out_dir / _SCORES, _png(draw_histogram(scored.genuine, impostor)))
    _write(out_dir / _REPORT, (json.dumps(report, indent=2) + "\n").encode())
    return report


def _png(image: Image) -> bytes:
    done, data = cv2.imencode(".png", image)
    if not done:
        raise EvaluationError("a curve could not be made a PNG")
    return bytes(data.tobytes())


def _write(path: Path, data: bytes) -> None:
    try:
        replace_file(path, data)
    except OSError as error:
        raise EvaluationError(f"{path}: cannot be written: {error.strerror}") from error


def _prepare(folder: Path) -> None:
    """Make the folder of the results; EvaluationError when nothing can be written there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise EvaluationError(f"{folder}: is not a folder") from error
    except OSError as error:
        raise EvaluationError(f"{folder}: {error.strerror}") from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise EvaluationError(f"{folder}: cannot be written to")
    for name in (_REPORT, _DET, _SCORES):
        if (folder / name).is_dir():
            raise EvaluationError(f"{folder / name}: is a folder, a file is to be written there")


def _spread(values: Mapping[str, Floats]) -> dict[str, dict[str, float]]:
    """Return what a fusion's members are: mean and deviation of each engine's impostor values."""
    return {
        name: {"impostor_mean": float(found.mean()), "impostor_deviation": float(found.std())}
        for name, found in values.items()
        if found.size
    }


def rates(scored: Scored, fixed: Mapping[str, float] | None = None) -> dict[str, Any]:
    """Return fnmr, fnmr_ci, fmr and thresholds, each by the false match rate aimed at.

    Without ``fixed`` thresholds also "shown": whether the pairs are enough to show that rate.
    """
    thresholds = {
        key: measure.threshold_at(scored.impostor, aim) if fixed is None else fixed.get(key)
        for aim, key in RATE_KEYS.items()
    }
    found: dict[str, Any] = measure.error_rates(
        scored.genuine, scored.people, thresholds, lambda at: measure.fmr(scored.impostor, at)
    )
    if fixed is None:
        found["shown"] = {
            key: measure.shows_rate(scored.impostor, aim) for aim, key in RATE_KEYS.items()
        }
    return found
