"""Make the bundled fonts: subsets of Noto Sans CJK over what screens, receipts and cards print.

Run with the ``dev`` extra installed: ``python -m tools.subset_fonts``. The sources are the
collections of Debian's package fonts-noto-cjk. Hinting and unused layout features are dropped,
which more than halves the files; shapes and metrics stay as they are.
"""

from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

from devices.glyphs.charset import covered

SOURCES = Path("/usr/share/fonts/opentype/noto")
TARGET = Path(__file__).parents[1] / "assets" / "fonts"
# Index of the face inside the collection: 0 JP, 1 KR, 2 SC, 3 TC, 4 HK.
FACES = {"SC": 2, "TC": 3}
WEIGHTS = ("Regular", "Bold")


def make(face: str, weight: str) -> Path:
    """Write one subset and return its path."""
    options = subset.Options()
    options.layout_features = ["kern", "mark", "mkmk", "ccmp", "locl"]
    options.hinting = False
    options.desubroutinize = False
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.drop_tables += ["vhea", "vmtx", "VORG", "BASE", "DSIG"]
    options.notdef_outline = True
    font = TTFont(SOURCES / f"NotoSansCJK-{weight}.ttc", fontNumber=FACES[face])
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=covered())
    subsetter.subset(font)
    path = TARGET / f"NotoSans{face}-{weight}.otf"
    font.save(path)
    return path


def main() -> None:
    """Make all four files."""
    for face in FACES:
        for weight in WEIGHTS:
            make(face, weight)


if __name__ == "__main__":
    main()
