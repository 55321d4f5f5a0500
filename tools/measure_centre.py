"""Print a model slot's ``centre`` and ``length`` from pictures: means of many people's numbers.

    python -m tools.measure_centre --engine sface --images DIR

The lines go into the slot's ``[output]``, in place of what is there; where the slot has no
``[output.length]``, none is printed. Thresholds must be measured again after that. One or two
pictures of each of a thousand people do; one person in most of them does not.
"""

import argparse
import dataclasses
import sys
from pathlib import Path

import numpy as np

from kiosk.portrait.encoded import decode_image
from kiosk.portrait.engines import Embedding, open_engine
from kiosk.portrait.faces import FaceDetector
from kiosk.portrait.progress import Progress
from kiosk.portrait.slot_file import load_slot
from kiosk.portrait.slots import Length

ROOT = Path(__file__).resolve().parents[1]
_IN_A_ROW = 10


def measure_centre(
    models: Path, engine_name: str, images: list[Path]
) -> tuple[Embedding, Length | None]:
    """Return the mean of all looks at the main faces, and how long their numbers are."""
    slot = load_slot(models / engine_name / "model.toml", measured=False)
    weight = 0.0 if slot.length is None else slot.length.weight
    engine = open_engine(dataclasses.replace(slot, centre=(), length=Length(0.0, 1.0, weight)))
    detector = FaceDetector(load_slot(models / "yunet" / "model.toml"))
    progress = Progress(sys.stderr)
    seen: list[Embedding] = []
    lengths: list[float] = []
    for number, path in enumerate(images, start=1):
        image = decode_image(path.read_bytes())
        face = None if image is None else detector.find_main(image)
        if image is not None and face is not None:
            looks = [engine.look(image, face, look) for look in engine.looks]
            known = [numbers for numbers in looks if numbers is not None]
            seen.extend(numbers[:-1] for numbers in known)
            if known:
                lengths.append(float(np.mean([numbers[-1] for numbers in known])))
        progress(number, len(images))
    if not seen:
        raise SystemExit("no face in any picture")
    centre = np.asarray(np.mean(seen, axis=0), np.float32)
    if slot.length is None:
        return centre, None
    return centre, Length(float(np.mean(lengths)), float(np.std(lengths)), weight)


def format_centre(centre: Embedding, length: Length | None) -> str:
    """Return the lines for ``model.toml``."""
    rows = [centre[at : at + _IN_A_ROW] for at in range(0, len(centre), _IN_A_ROW)]
    lines = ["    " + ", ".join(f"{value:.5f}" for value in row) + ",\n" for row in rows]
    text = "centre = [\n" + "".join(lines) + "]\n"
    if length is None:
        return text
    return (
        f"{text}\n[output.length]\nmean = {length.mean:.4f}\ndeviation = {length.deviation:.4f}\n"
        f"weight = {length.weight}\n"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Print the centre and length of a model slot.")
    parser.add_argument("--engine", default="sface")
    parser.add_argument("--models", type=Path, default=ROOT / "assets" / "models")
    parser.add_argument("--images", type=Path, required=True, help="a folder of portraits")
    options = parser.parse_args()
    images = sorted(path for path in options.images.rglob("*") if path.is_file())
    sys.stdout.write(format_centre(*measure_centre(options.models, options.engine, images)))


if __name__ == "__main__":
    main()
