"""Labelled pairs of pictures, and who is in them: what an evaluation is told.

Reads CSV only; no pictures.
"""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_PAIR = ("image_a", "image_b", "same")
_PERSON = ("image", "identity")


class EvaluationError(Exception):
    """The pairs or pictures cannot be evaluated; one line that says what is wrong."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two pictures and whether they show one person."""

    image_a: str
    image_b: str
    same: bool


def _rows(path: Path, columns: tuple[str, ...]) -> list[dict[str, str | None]]:
    """Return the lines by column; EvaluationError when one of ``columns`` is there twice."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as stream:
            reader = csv.DictReader(stream)
            names = list(reader.fieldnames or ())
            for column in columns:
                if names.count(column) > 1:
                    raise EvaluationError(f"{path}: column {column} is there more than once")
            return list(reader)
    except (OSError, UnicodeError, csv.Error) as error:
        raise EvaluationError(f"{path}: {error}") from error


def read_pairs(path: Path) -> list[Pair]:
    """Read ``image_a, image_b, same`` from a CSV file; other columns are ignored."""
    pairs: list[Pair] = []
    for number, row in enumerate(_rows(path, _PAIR), start=2):
        image_a, image_b, same = row.get("image_a"), row.get("image_b"), row.get("same")
        if not image_a or not image_b or same not in ("0", "1"):
            raise EvaluationError(f"{path}: line {number}: needs image_a, image_b, same (0 or 1)")
        pairs.append(Pair(image_a, image_b, same == "1"))
    if not pairs:
        raise EvaluationError(f"{path}: no pairs")
    return pairs


def read_people(path: Path) -> dict[str, str]:
    """Read ``image, identity`` from a CSV file: who is in each picture."""
    people: dict[str, str] = {}
    for number, row in enumerate(_rows(path, _PERSON), start=2):
        image, identity = row.get("image"), row.get("identity")
        if not image or not identity:
            raise EvaluationError(f"{path}: line {number}: needs image, identity")
        people[image] = identity
    return people


def identities(pairs: Sequence[Pair], people: dict[str, str] | None = None) -> dict[str, str]:
    """Return who is in each picture: as ``people`` say, else by file name and genuine pairs.

    ``Name_0001.jpg`` and ``Name/0001.jpg`` are pictures of Name, unless a listed pair of
    different people would then be one person: such names are not people's, and only genuine
    pairs join pictures. Raises EvaluationError for a picture that ``people`` lack.
    """
    images = {image for pair in pairs for image in (pair.image_a, pair.image_b)}
    if people is not None:
        for image in sorted(images - people.keys()):
            raise EvaluationError(f"{image}: no identity is given for this picture")
        return {image: people[image] for image in images}
    named = _joined(pairs, {image: _name(image) for image in images})
    if all(pair.same or named[pair.image_a] != named[pair.image_b] for pair in pairs):
        return named
    return _joined(pairs, {image: image for image in images})


def _name(image: str) -> str:
    """Return the name in a file's name; of a file that is only a number, its folder."""
    path = Path(image)
    name = re.sub(r"_\d+$", "", path.stem)
    return str(path.parent) if name.isdigit() else name


def _joined(pairs: Sequence[Pair], of: dict[str, str]) -> dict[str, str]:
    """Join the names of pictures that a genuine pair says are of one person."""
    parent = {name: name for name in of.values()}

    def find(name: str) -> str:
        while parent[name] != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    for pair in pairs:
        if pair.same:
            parent[find(of[pair.image_a])] = find(of[pair.image_b])
    return {image: find(name) for image, name in of.items()}
