"""Make the README's picture of the screens: ``python tools/readme_pictures.py``."""

import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
SCREENS = (
    "02-attract",
    "06-offers-selected",
    "08-portrait",
    "16-escalated-claimed",
    "11-pay",
    "15-take-card-issued",
)
WIDTH, HEIGHT, GAP = 270, 480, 12


def main() -> None:
    """Draw the screens and set six of them side by side."""
    with tempfile.TemporaryDirectory() as folder:
        gallery = [sys.executable, "-m", "kiosk.ui.gallery", "--out", folder]
        subprocess.run([*gallery, "--language", "zh-Hans"], cwd=ROOT, check=True)  # noqa: S603
        row = Image.new("RGB", (len(SCREENS) * (WIDTH + GAP) - GAP, HEIGHT), "#D5DEE5")
        for number, name in enumerate(SCREENS):
            picture = Image.open(Path(folder) / "zh-Hans" / f"{name}.png")
            row.paste(
                picture.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS),
                (number * (WIDTH + GAP), 0),
            )
        row.quantize(128).save(ROOT / "docs" / "pictures" / "screens.png", optimize=True)


if __name__ == "__main__":
    main()
