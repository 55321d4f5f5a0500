"""The characters the bundled fonts cover; ``tools/subset_fonts.py`` cuts them to this list."""

from functools import lru_cache

_RANGES = (
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
_NOT_IN_NOTO = "ˍ‗‛‟‣․‱‴‶‷‸‾℗℘ℙℚℛℜℝ℞℟℠↵↶↷↺↻∼≒▬▭▮▯▰▴▵▸▹►▻▾▿◂◃◄◅◈◍☐☑☒✔✕✖✗"
_GB2312_LEADS = range(0xA1, 0xF8)
_GB2312_LEVEL_1 = range(0xB0, 0xD8)
_GB2312_TRAILS = (range(0xA1, 0xFF),)
_BIG5_LEADS = range(0xA1, 0xC7)  # level 1: the 5,401 common characters and the symbols
_BIG5_TRAILS = (range(0x40, 0x7F), range(0xA1, 0xFF))


def _two_byte(codec: str, leads: range, trails: tuple[range, ...]) -> set[int]:
    """Return the code points of a two-byte character set, holes left out."""
    found: set[int] = set()
    for lead in leads:
        for trail in (byte for span in trails for byte in span):
            text = bytes((lead, trail)).decode(codec, errors="ignore")
            if len(text) == 1:
                found.add(ord(text))
    return found


@lru_cache(maxsize=1)
def covered() -> frozenset[int]:
    """Return every code point the bundled fonts are cut to."""
    points = {point for low, high in _RANGES for point in range(low, high + 1)}
    points |= _two_byte("gb2312", _GB2312_LEADS, _GB2312_TRAILS)
    points |= _two_byte("big5", _BIG5_LEADS, _BIG5_TRAILS)
    return frozenset(points - {ord(char) for char in _NOT_IN_NOTO})


@lru_cache(maxsize=1)
def common() -> frozenset[int]:
    """Return the part of it that most texts are made of: GB 2312 level 1, no other hanzi."""
    points = {point for point in covered() if not 0x4E00 <= point <= 0x9FFF}
    return frozenset(points | _two_byte("gb2312", _GB2312_LEVEL_1, _GB2312_TRAILS))


def can_draw(char: str) -> bool:
    """Say whether the bundled fonts have this character."""
    return len(char) == 1 and ord(char) in covered()
