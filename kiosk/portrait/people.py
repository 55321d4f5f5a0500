"""Who is in each picture of a list, by what that is known, and what speaks against it. Pure.

One wrong line of a list must not change who everybody else is, and names must not make one person
of two whom the list tells apart.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kiosk.portrait.pairs import EvaluationError, Pair

BY_FILE = "the people file"
BY_NAMES = "file names and genuine pairs"
BY_PAIRS = "genuine pairs"

_LINES_SHOWN = 5
_MISTAKES = 2  # so many lines may be wrong before it is the names
_MISTAKEN_SHARE = 0.1  # or such a share of the pairs that are listed as different


@dataclass(frozen=True, slots=True)
class People:
    """Who is in each picture, how that was found, and the lines of the list that contradict it."""

    who: dict[str, str]
    found_by: str
    contradictions: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """Return how many people there are."""
        return len(set(self.who.values()))


def find_people(pairs: Sequence[Pair], given: Mapping[str, str] | None = None) -> People:
    """Find who is in each picture: as ``given``, else by file names and genuine pairs.

    ``Name_0001.jpg`` and ``Name/0001.jpg`` are pictures of Name. Where many pairs listed as
    different lie under one name, names are not people's and only genuine pairs join pictures;
    where it is a line or two, that line's second picture leaves its name. Raises EvaluationError
    for a picture that ``given`` lacks.
    """
    images = {image for pair in pairs for image in (pair.image_a, pair.image_b)}
    if given is not None:
        return _by_file(pairs, images, given)
    alike = _joined(pairs, {image: image for image in images})
    different = [pair for pair in pairs if not pair.same]
    against = [pair for pair in different if alike[pair.image_a] == alike[pair.image_b]]
    named = _joined(pairs, {image: _name(image) for image in images})
    one_name = [
        pair
        for pair in different
        if named[pair.image_a] == named[pair.image_b] and alike[pair.image_a] != alike[pair.image_b]
    ]
    notes: list[str] = []
    if against:
        notes.append(f"{_lines(against)}: two people, but genuine pairs say one; taken for one")
    if _names_mean_nothing(one_name, different):
        notes.append(
            f"file names are no names of people: {len(one_name)} of {len(different)} pairs listed "
            "as different have one name; pictures that no genuine pair joins count as different "
            "people (--people says it better)"
        )
        return People(alike, BY_PAIRS, tuple(pair.line for pair in against), tuple(notes))
    for pair in one_name:
        if named[pair.image_a] == named[pair.image_b]:
            leaves = alike[pair.image_b]
            named |= {image: leaves for image in images if alike[image] == leaves}
    if one_name:
        notes.append(f"{_lines(one_name)}: two people of one name; taken for two")
    lines = sorted(pair.line for pair in (*against, *one_name))
    return People(named, BY_NAMES, tuple(lines), tuple(notes))


def _by_file(pairs: Sequence[Pair], images: set[str], given: Mapping[str, str]) -> People:
    for image in sorted(images - given.keys()):
        raise EvaluationError(f"{image}: no identity is given for this picture")
    against = [pair for pair in pairs if pair.same != (given[pair.image_a] == given[pair.image_b])]
    notes = (f"{_lines(against)}: the people file says otherwise",) if against else ()
    who = {image: given[image] for image in images}
    return People(who, BY_FILE, tuple(pair.line for pair in against), notes)


def _names_mean_nothing(one_name: Sequence[Pair], different: Sequence[Pair]) -> bool:
    if not one_name:
        return False
    mistakes = max(_MISTAKES, len(different) * _MISTAKEN_SHARE)
    return len(one_name) > mistakes or len(one_name) == len(different)


def _lines(pairs: Sequence[Pair]) -> str:
    """Name lines of the list, the first with its pictures."""
    first, *rest = pairs
    shown = [
        f"line {first.line} ({first.image_a}, {first.image_b})",
        *(str(pair.line) for pair in rest[: _LINES_SHOWN - 1]),
    ]
    more = f" and {len(pairs) - _LINES_SHOWN} more" if len(pairs) > _LINES_SHOWN else ""
    return ", ".join(shown) + more


def _name(image: str) -> str:
    """Return the name in a file's name; of a file that is only a number, its folder."""
    path = Path(image)
    name = re.sub(r"_\d+$", "", path.stem)
    return str(path.parent) if name.isdigit() else name


def _joined(pairs: Sequence[Pair], of: Mapping[str, str]) -> dict[str, str]:
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
