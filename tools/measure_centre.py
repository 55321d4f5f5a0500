"""Print what a crowd says of a model slot's numbers: their ``centre`` and how long they are.

    python -m tools.measure_centre --engine sface --images DIR

The lines go into the slot's ``[output]``, in place of what is there; where the slot has no
``[output.length]`` or ``[[output.band]]``, none is printed. Thresholds must be measured again after
that. One or two pictures of each of a thousand people do; one person in most of them does not.
"""

import argparse
import dataclasses
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from kiosk.portrait.encoded import decode_image
from kiosk.portrait.engines import Engine, open_engine
from kiosk.portrait.faces import FaceDetector
from kiosk.portrait.likeness import Embedding
from kiosk.portrait.progress import Progress
from kiosk.portrait.slot_file import load_slot
from kiosk.portrait.slots import Band, Length, ModelSlot

ROOT = Path(__file__).resolve().parents[1]
_IN_A_ROW = 10


def measure_centre(models: Path, engine_name: str, images: list[Path]) -> ModelSlot:
    """Return the slot with its centres and lengths as the main faces in the pictures have them."""
    slot = load_slot(models / engine_name / "model.toml", measured=False)
    engine = open_engine(_unmeasured(slot))
    detector = FaceDetector(load_slot(models / "yunet" / "model.toml"))
    progress = Progress(sys.stderr)
    seen: list[Embedding] = []
    for number, path in enumerate(images, start=1):
        seen.extend(_looks(engine, detector, path))
        progress(number, len(images))
    if not seen:
        raise SystemExit("no face in any picture")
    return _measured(slot, np.stack(seen))


def _unmeasured(slot: ModelSlot) -> ModelSlot:
    """Return the slot with nothing taken off, so that its engine gives what is to be measured."""
    return _replaced(slot, (), [Length(0.0, 1.0, told.weight) for told in slot.lengths])


def _replaced(slot: ModelSlot, centre: tuple[float, ...], lengths: Sequence[Length]) -> ModelSlot:
    """Return the slot with another centre and other lengths, in the order of ``slot.lengths``."""
    whole, of_bands = lengths[: len(lengths) - len(slot.bands)], lengths[-len(slot.bands) :]
    bands = tuple(Band(band.rows, told) for band, told in zip(slot.bands, of_bands, strict=False))
    return dataclasses.replace(slot, centre=centre, length=whole[0] if whole else None, bands=bands)


def _looks(engine: Engine, detector: FaceDetector, path: Path) -> Iterator[Embedding]:
    """Return a picture's looks; each has the mean of all looks' lengths, as pictures have."""
    image = decode_image(path.read_bytes())
    face = None if image is None else detector.find_main(image)
    if image is None or face is None:
        return
    looks = [engine.look(image, face, look) for look in engine.looks]
    known = [numbers for numbers in looks if numbers is not None]
    size = engine.slot.output_size
    for numbers in known:
        lengths = np.mean([look[size:] for look in known], axis=0)
        yield np.concatenate([numbers[:size], lengths])


def _measured(slot: ModelSlot, seen: Embedding) -> ModelSlot:
    mean, deviation = seen.mean(axis=0, dtype=float), seen.std(axis=0, dtype=float)
    size = slot.output_size
    lengths = [
        Length(float(middle), float(spread), told.weight)
        for middle, spread, told in zip(mean[size:], deviation[size:], slot.lengths, strict=True)
    ]
    return _replaced(slot, tuple(float(value) for value in mean[:size]), lengths)


def format_centre(slot: ModelSlot) -> str:
    """Return the lines for ``model.toml``."""
    rows = [slot.centre[at : at + _IN_A_ROW] for at in range(0, len(slot.centre), _IN_A_ROW)]
    lines = ["    " + ", ".join(f"{value:.5f}" for value in row) + ",\n" for row in rows]
    text = "centre = [\n" + "".join(lines) + "]\n"
    if slot.length is not None:
        text += f"\n[output.length]\n{_length_lines(slot.length)}"
    if slot.last_map is not None:
        text += f'\n[output.map]\nname = "{slot.last_map.name}"\nrows = {slot.last_map.rows}\n'
    for band in slot.bands:
        text += f"\n[[output.band]]\nrows = {list(band.rows)}\n{_length_lines(band.length)}"
    return text


def _length_lines(length: Length) -> str:
    return (
        f"mean = {length.mean:.4f}\ndeviation = {length.deviation:.4f}\nweight = {length.weight}\n"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Print the centre and lengths of a model slot.")
    parser.add_argument("--engine", default="sface")
    parser.add_argument("--models", type=Path, default=ROOT / "assets" / "models")
    parser.add_argument("--images", type=Path, required=True, help="a folder of portraits")
    options = parser.parse_args()
    images = sorted(path for path in options.images.rglob("*") if path.is_file())
    sys.stdout.write(format_centre(measure_centre(options.models, options.engine, images)))


if __name__ == "__main__":
    main()
