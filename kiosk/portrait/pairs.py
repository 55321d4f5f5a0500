"""Labelled pairs of pictures, and who is in them: what an evaluation is told.

Reads CSV only; no pictures.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

_PAIR = ("image_a", "image_b", "same")
_PERSON = ("image", "identity")
_SAME = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
_SHOWN = 80  # characters of what stands in a file


class EvaluationError(Exception):
    """The pairs or pictures cannot be evaluated; one line that says what is wrong."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two pictures and whether they show one person."""

    image_a: str
    image_b: str
    same: bool
    line: int = 0  # of the list


_Row = dict[str, str]


def _rows(path: Path, columns: tuple[str, ...]) -> list[tuple[int, _Row]]:
    """Return line numbers and what stands in ``columns``, blanks around it taken off.

    EvaluationError when a column is missing or there twice, or a field empty.
    """
    found: list[tuple[int, _Row]] = []
    try:
        with path.open(newline="", encoding="utf-8-sig") as stream:
            reader = csv.reader(stream)
            names = [name.strip() for name in next(reader, [])]
            places = {column: _place(path, names, column) for column in columns}
            for fields in reader:
                if not any(field.strip() for field in fields):
                    continue
                row = {
                    column: "".join(fields[at : at + 1]).strip() for column, at in places.items()
                }
                for column in (column for column in columns if not row[column]):
                    raise EvaluationError(f"{path}: line {reader.line_num}: {column} is empty")
                found.append((reader.line_num, row))
    except (OSError, UnicodeError, csv.Error) as error:
        raise EvaluationError(f"{path}: {error}") from error
    return found


def _place(path: Path, names: list[str], column: str) -> int:
    if column not in names:
        there = ", ".join(names)[:_SHOWN] or "none"
        raise EvaluationError(f"{path}: no column {column}; the first line names: {there}")
    if names.count(column) > 1:
        raise EvaluationError(f"{path}: column {column} is there more than once")
    return names.index(column)


def read_pairs(path: Path) -> list[Pair]:
    """Read ``image_a, image_b, same`` from a CSV file; other columns are ignored."""
    pairs: list[Pair] = []
    for line, row in _rows(path, _PAIR):
        same = _SAME.get(row["same"].lower())
        if same is None:
            said = row["same"][:_SHOWN]
            raise EvaluationError(
                f"{path}: line {line}: same must be 1 or 0 (true or false, yes or no), is {said!r}"
            )
        pairs.append(Pair(row["image_a"], row["image_b"], same, line))
    if not pairs:
        raise EvaluationError(f"{path}: no pairs")
    return pairs


def read_people(path: Path) -> dict[str, str]:
    """Read ``image, identity`` from a CSV file: who is in each picture."""
    people: dict[str, str] = {}
    for line, row in _rows(path, _PERSON):
        if people.setdefault(row["image"], row["identity"]) != row["identity"]:
            raise EvaluationError(f"{path}: line {line}: {row['image']} has two identities")
    return people
