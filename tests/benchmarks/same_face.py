"""How alike one face is to itself a moment later, and to other people: ``liveness``' same face.

    .venv/bin/python -m tests.benchmarks.same_face --faces ../shared/faces/dev --people 300

Frames of one visit are made: each person's first picture as a camera sees it (swaying, lit anew,
blurred, with noise) at two moments, the second also turned by up to as much as still counts as
straight ahead. Compared as the challenge compares: SFace's centred cosine. Beside them the listed
pairs of different photographs of one person. Words, then one line of JSON.
"""

import argparse
import csv
import json
import sys
from itertools import islice
from pathlib import Path
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray

from devices.rig.live_frames import LiveChanges, camera_like_frames
from kiosk.portrait.client import WorkerSettings
from kiosk.portrait.engines import embed
from kiosk.portrait.faces import Image
from kiosk.portrait.fusion import Models, load_models
from kiosk.portrait.likeness import Embedding, compare_all
from kiosk.portrait.liveness.limits import LivenessLimits
from tests.portrait.heads import turn_head

AT_FRAMES = (0, 20)  # more than a second apart at the camera's pace
MOST_TURNED_DEG = 16.0
ENGINE = "sface"
Scores = NDArray[np.float64]


def first_and_later(picture: Image, models: Models, random: Random) -> list[Image]:
    """Make two moments of one visit; the head is turned a little in the later one."""
    seed = random.randrange(1 << 30)
    frames = list(islice(camera_like_frames(picture, seed, LiveChanges()), AT_FRAMES[-1] + 1))
    first, later = (frames[at] for at in AT_FRAMES)
    face = models.detector.find_main(later)
    if face is not None:
        later = turn_head(later, face, random.uniform(-MOST_TURNED_DEG, MOST_TURNED_DEG))
    return [first, later]


def seen(models: Models, image: Image) -> Embedding | None:
    """Return the numbers of a picture's main face."""
    face = models.detector.find_main(image)
    return None if face is None else embed(models.matcher.engines[ENGINE], image, face)


def measure(faces: Path, people: int) -> dict[str, Scores]:
    """Return the scores of frames of one visit, of different people, of different photographs."""
    cv2.setNumThreads(1)
    models = load_models(WorkerSettings().models, ENGINE)
    with (faces / "pairs.csv").open(newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["same"] == "1"]
    chosen = {row["image_a"].rsplit("_", 1)[0]: row for row in reversed(rows)}
    random = Random(7)
    moments: list[tuple[Embedding, Embedding]] = []
    photographs: list[float] = []
    for number, name in enumerate(sorted(chosen)[:people]):
        row = chosen[name]
        picture, another = (
            np.asarray(cv2.imread(str(faces / "images" / row[key])), np.uint8)
            for key in ("image_a", "image_b")
        )
        found = [seen(models, image) for image in first_and_later(picture, models, random)]
        if found[0] is not None and found[1] is not None:
            moments.append((found[0], found[1]))
        pair = seen(models, picture), seen(models, another)
        if pair[0] is not None and pair[1] is not None:
            photographs.append(models.matcher.engines[ENGINE].compare(*pair))
        if number % 50 == 0:
            print(f"{number} of {people} people", file=sys.stderr, flush=True)
    first, later = (np.stack(side) for side in zip(*moments, strict=True))
    slot = models.matcher.engines[ENGINE].slot
    scores = compare_all(slot, first, later).astype(np.float64)
    others = scores[~np.eye(len(scores), dtype=bool)]
    return {
        "one visit": np.diagonal(scores).copy(),
        "other people": others,
        "other photographs": np.array(photographs),
    }


def main() -> None:
    """Measure, in words and then in one line of JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--faces", type=Path, required=True, help="folder of pairs.csv and images")
    parser.add_argument("--people", type=int, default=300)
    options = parser.parse_args()
    scores = measure(options.faces, options.people)
    one, other, photographs = scores.values()
    for name, found in scores.items():
        low, few, middle, most = np.quantile(found, [0, 0.01, 0.5, 1])
        print(
            f"{name}: {found.size} pairs; lowest {low:.3f}, 1 % below {few:.3f}, median "
            f"{middle:.3f}, highest {most:.3f}"
        )
    limits = (0.35, 0.40, LivenessLimits().same_face_min, 0.48, 0.52)
    for limit in limits:
        print(
            f"at {limit:.2f}: one visit taken for another face {(one < limit).mean():.2%}, other "
            f"photographs {(photographs < limit).mean():.1%}, another person taken for the same "
            f"{(other >= limit).mean():.4%} ({int((other >= limit).sum())} of {other.size})"
        )
    at = LivenessLimits().same_face_min
    print(
        json.dumps(
            {
                "same_face_min": at,
                "lowest_of_one_visit": round(float(one.min()), 3),
                "one_visit_below": round(float((one < at).mean()), 5),
                "other_people_above": round(float((other >= at).mean()), 7),
                "highest_of_other_people": round(float(other.max()), 3),
            }
        )
    )


if __name__ == "__main__":
    main()
