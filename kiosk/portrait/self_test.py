"""The self-test: a network fed in a wrong way loads without a word, so known faces are asked.

A wrong colour order or scale leaves good pictures apart all the same, and costs recognition
where it is hard. It shows in the scores themselves: they are compared with those that the slot
had when it was set up.
"""

from collections.abc import Mapping
from pathlib import Path

from kiosk.portrait.encoded import decode_image
from kiosk.portrait.engines import Engine
from kiosk.portrait.fusion import Models, Template, still_template
from kiosk.portrait.slots import KnownPair, ModelSlot, SlotError

# Measured on the known portraits (docs/portrait-evaluation.md, "The self-test"). Another processor
# moves SFace's cosine by 0.0003 and a tenth of a pixel in the landmarks by 0.005; the other colour
# order moves it by 0.036, a look left out by 0.011 and more.
_COSINE_TOLERANCE = 0.008
_DISTANCE_TOLERANCE = 0.02  # of the largest known distance
# dlib rounds the detector's box to whole pixels: one that tips over moves a distance by 0.05. What
# could be wrong in its slot's input is refused in words.
_DLIB_TOLERANCE = 0.1  # of the largest known distance

Portraits = Mapping[str, Template]


def self_test(models: Models, folder: Path) -> str:
    """Compare the known portraits under ``folder``; return one sentence with the scores.

    ``resident_x.png`` and ``resident_x_document.jpg`` show one person, different letters
    different people. Raises SlotError when the models say otherwise, or when a network's own
    scores are not those that its slot expects.
    """
    portraits = known_portraits(models, folder)
    lines = check_people(models, portraits, models.matcher.threshold)
    unknown = [name for name in models.matcher.engines if not _as_expected(models, name, portraits)]
    note = (
        f"; {', '.join(unknown)} without known_pair, python -m kiosk thresholds writes them"
        if unknown
        else ""
    )
    return f"{models.matcher.name} self-test: " + ", ".join(lines) + note


def known_portraits(models: Models, folder: Path) -> Portraits:
    """Embed the portraits under ``folder`` by name; SlotError when one shows no face."""
    portraits: dict[str, Template] = {}
    for path in sorted(folder.glob("resident_*.*")):
        image = decode_image(path.read_bytes())
        template = None if image is None else still_template(models, image)
        if template is None:
            raise SlotError(f"{path}: self-test finds no face in it")
        portraits[path.stem] = template
    if len(_people(portraits)) < 2:
        raise SlotError(f"{folder}: self-test needs two people with a document portrait each")
    return portraits


def check_people(models: Models, portraits: Portraits, threshold: float) -> list[str]:
    """Return each score of person against document; SlotError for one on the wrong side."""
    lines: list[str] = []
    for person, other in _pairs(portraits):
        document = f"{other}_document"
        score = models.matcher.compare(portraits[person], portraits[document]).score
        if (score >= threshold) != (person == other):
            raise SlotError(
                f"{models.matcher.slot.source}: self-test: {person} against {document} "
                f"scores {score:.3f}, threshold {threshold:.3f}"
            )
        lines.append(f"{person}/{other} {score:.2f}")
    return lines


def measure_known_pairs(engine: Engine, portraits: Portraits) -> tuple[KnownPair, ...]:
    """Return what this network says of the known portraits now, to be kept in its slot."""
    name = engine.slot.name
    found = [
        (person, f"{other}_document", portraits[person][name], portraits[f"{other}_document"][name])
        for person, other in _pairs(portraits)
    ]
    values = [engine.compare(one, other) for *_, one, other in found]
    tolerance = _tolerance(engine.slot, max(values))
    return tuple(
        KnownPair(one, other, value, tolerance)
        for (one, other, *_), value in zip(found, values, strict=True)
    )


def _tolerance(slot: ModelSlot, largest: float) -> float:
    if slot.metric == "cosine":
        return _COSINE_TOLERANCE
    return largest * (_DLIB_TOLERANCE if slot.runtime == "dlib" else _DISTANCE_TOLERANCE)


def _as_expected(models: Models, name: str, portraits: Portraits) -> bool:
    """Say whether the slot has known pairs; SlotError when one of them now scores otherwise."""
    engine = models.matcher.engines[name]
    for pair in engine.slot.known_pairs:
        if pair.one not in portraits or pair.other not in portraits:
            raise SlotError(
                f"{engine.slot.source}: known_pair: there is no portrait {pair.one} or {pair.other}"
            )
        value = engine.compare(portraits[pair.one][name], portraits[pair.other][name])
        if not abs(value - pair.value) <= pair.tolerance:
            raise SlotError(
                f"{engine.slot.source}: self-test: {pair.one} against {pair.other} gives "
                f"{value:.4f}, known is {pair.value:.4f}: the network is fed in another way than "
                "when it was measured (colour order, mean, scale, looks, centre, lengths?)"
            )
    return bool(engine.slot.known_pairs)


def _people(portraits: Portraits) -> list[str]:
    return sorted(name for name in portraits if f"{name}_document" in portraits)


def _pairs(portraits: Portraits) -> list[tuple[str, str]]:
    people = _people(portraits)
    return [(person, other) for person in people for other in people]
