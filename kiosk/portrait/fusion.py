"""The matcher: one or several engines, their fused score, its threshold."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from kiosk.portrait.engines import Engine, embed, open_engine
from kiosk.portrait.faces import Face, FaceDetector, Image
from kiosk.portrait.likeness import Embedding, compare_all
from kiosk.portrait.slot_file import load_slot, slot_file
from kiosk.portrait.slots import FusionMember, ModelSlot, SlotError

Value = TypeVar("Value", float, NDArray[np.float64])
Template = Mapping[str, Embedding]
"""One person's numbers, by engine name."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A fused score (higher is more alike) and what each engine said by itself."""

    score: float
    values: tuple[tuple[str, float], ...]


class Matcher:
    """Engines behind one name; scores are "higher is more alike" whatever the metric."""

    def __init__(self, slot: ModelSlot, engines: Mapping[str, Engine], fmr: float | None) -> None:
        self.slot = slot
        self.engines = dict(engines)
        self._threshold = None if fmr is None else slot.score_threshold(fmr)
        slots = [slot, *(engine.slot for engine in self.engines.values())]
        self.sha256 = _joined_sha256(part.sha256 for part in slots)
        self.network_sha256 = _joined_sha256(part.network_sha256 for part in slots)

    @property
    def name(self) -> str:
        """Return the name of the slot that decides."""
        return self.slot.name

    @property
    def threshold(self) -> float:
        """Return the score from which on two are one; SlotError when opened to measure only."""
        if self._threshold is None:
            raise SlotError(f"{self.slot.source}: opened without a threshold")
        return self._threshold

    def embed(self, image: Image, face: Face) -> Template | None:
        """Return the numbers of all engines; None when one of them could not see the face."""
        template: dict[str, Embedding] = {}
        for name, engine in self.engines.items():
            numbers = embed(engine, image, face)
            if numbers is None:
                return None
            template[name] = numbers
        return template

    def mean(self, templates: Sequence[Template]) -> Template:
        """Fuse several pictures of one person, engine by engine.

        Not made unit length again: alike pictures keep their length and different ones lose
        some, so that a cosine with the mean is the mean of the cosines, and a threshold means
        the same for one picture as for many. What a network's length adds may be a little less
        than the mean of what it adds to each, never more.
        """
        return {
            name: np.asarray(
                np.mean([template[name] for template in templates], axis=0), np.float32
            )
            for name in self.engines
        }

    def compare(self, one: Template, other: Template) -> Comparison:
        """Compare two people's numbers."""
        values = {
            name: engine.compare(one[name], other[name]) for name, engine in self.engines.items()
        }
        return Comparison(self.fuse(values), tuple(values.items()))

    def compare_many(
        self, ones: Sequence[Template], others: Sequence[Template]
    ) -> dict[str, NDArray[np.float64]]:
        """Return each engine's own value of each of ``ones`` (rows) with each of ``others``."""
        found: dict[str, NDArray[np.float64]] = {}
        for name, engine in self.engines.items():
            left = np.stack([template[name] for template in ones]).astype(np.float64)
            right = np.stack([template[name] for template in others]).astype(np.float64)
            found[name] = compare_all(engine.slot, left, right)
        return found

    def fuse(self, values: Mapping[str, Value]) -> Value:
        """Make one score of the engines' own values, single numbers or arrays of one shape."""
        members = {member.name: member for member in self.slot.members}
        first, *rest = (
            _contribution(members.get(name), self.engines[name], value)
            for name, value in values.items()
        )
        for part in rest:
            first = first + part
        return first


def _joined_sha256(hashes: Iterable[str]) -> str:
    return hashlib.sha256("".join(hashes).encode()).hexdigest()


def _contribution(member: FusionMember | None, engine: Engine, value: Value) -> Value:
    """Return an engine's part of the fused score; alone, its own score, higher is more alike."""
    sign = -1.0 if engine.slot.metric == "euclidean" else 1.0
    if member is None:
        return value * sign
    return (value - member.impostor_mean) * (sign * member.weight / member.impostor_deviation)


@dataclass(frozen=True, slots=True, eq=False)
class Models:
    """What the worker works with."""

    detector: FaceDetector
    matcher: Matcher


def load_models(folder: Path, name: str = "fused", fmr: float | None = 0.0001) -> Models:
    """Load the detector and the recogniser ``name`` from their slots under ``folder``.

    Without ``fmr`` a slot needs no thresholds: so it is opened to be measured.
    Raises SlotError with one line that names the file and what is wrong.
    """
    return open_models(load_slot(slot_file(folder, name), measured=fmr is not None), folder, fmr)


def open_models(slot: ModelSlot, folder: Path, fmr: float | None) -> Models:
    """Open the networks of a slot that was read, its members' and the detector's in ``folder``."""
    name = slot.name
    if slot.role != "recogniser":
        raise SlotError(f"{slot.source}: {name} is no recogniser")
    if slot.runtime == "fusion":
        if not slot.members:
            raise SlotError(f"{slot.source}: member: a fusion needs members")
        members = [slot_file(folder, member.name) for member in slot.members]
        slots = [load_slot(source, measured=False) for source in members]
    else:
        slots = [slot]
    engines = {part.name: open_engine(part) for part in slots}
    detector = FaceDetector(load_slot(slot_file(folder, "yunet")))
    return Models(detector, Matcher(slot, engines, fmr))


def still_template(models: Models, image: Image) -> Template | None:
    """Return the numbers of the main face of a still picture; None when there is none."""
    face = models.detector.find_main(image)
    return None if face is None else models.matcher.embed(image, face)
