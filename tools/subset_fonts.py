"""Make the bundled fonts: subsets of Noto Sans CJK over what screens, receipts and cards print.

Run with the ``dev`` extra installed: ``python tools/subset_fonts.py``. The sources are the
collections of Debian's package fonts-noto-cjk. Hinting and unused layout features are dropped,
which more than halves the files; shapes and metrics stay as they are.
"""

from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

SOURCES = Path("/usr/share/fonts/opentype/noto")
TARGET = Path(__file__).parents[1] / "assets" / "fonts"
# Index of the face inside the collection: 0 JP, 1 KR, 2 SC, 3 TC, 4 HK.
FACES = {"SC": 2, "TC": 3}
WEIGHTS = ("Regular", "Bold")
RANGES = (
    (0x20, 0x7E),  # ASCII
    (0xA0, 0xFF),  # Latin-1
    (0x2010, 0x2027),  # dashes, quotes, ellipsis
    (0x2030, 0x203B),  # per mille, primes, reference mark
    (0x20AC, 0x20AC),  # euro
    (0x2116, 0x2122),  # numero, trade mark
    (0x2190, 0x2199),  # arrows
    (0x21B5, 0x21BB),  # return, turn arrows
    (0x2460, 0x2473),  # circled numbers
    (0x25A0, 0x25D0),  # squares, triangles, circles
    (0x2605, 0x2606),  # stars
    (0x2610, 0x2612),  # ballot boxes
    (0x2713, 0x2717),  # check marks
    (0x3000, 0x3020),  # CJK punctuation
    (0xFF01, 0xFF5E),  # full-width forms
    (0xFFE5, 0xFFE5),  # full-width yen
)


def _two_byte(codec: str, first: range, second: tuple[range, ...]) -> set[int]:
    """Return the code points of a two-byte character set, holes left out."""
    found: set[int] = set()
    for lead in first:
        for trail in (byte for span in second for byte in span):
            try:
                found.add(ord(bytes((lead, trail)).decode(codec)))
            except (UnicodeDecodeError, TypeError):
                continue
    return found


def wanted() -> set[int]:
    """Return every code point the product may draw."""
    points = {point for low, high in RANGES for point in range(low, high + 1)}
    points |= _two_byte("gb2312", range(0xA1, 0xF8), (range(0xA1, 0xFF),))
    big5_trails = (range(0x40, 0x7F), range(0xA1, 0xFF))
    return points | _two_byte("big5", range(0xA1, 0xC7), big5_trails)


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
    subsetter.populate(unicodes=wanted())
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
