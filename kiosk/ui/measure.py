"""How wide text is in the bundled fonts, and where its lines break."""

import re
import unicodedata
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

from kiosk.values import Language

FONTS = Path(__file__).resolve().parents[2] / "assets" / "fonts"

# Line breaking of CLREQ / JIS X 4051: these never start a line, those never end one.
_NEVER_FIRST = frozenset("，。、；：？！）」』”’》％…—·,.;:?!)%")
_NEVER_LAST = frozenset("（「『“‘《(")
# Chinese may break between any two characters; these words read badly in two pieces.
_WHOLE = (
    *("往来港澳通行证", "通行证", "工作人员", "监护人", "正在"),
    *("往來港澳通行證", "通行證", "工作人員", "監護人"),
)
_PAUSE = re.compile(r"[，。；：？！]|[.,;:?!] |· ")


class Face(StrEnum):
    """The four font files."""

    SC = "NotoSansSC-Regular.otf"
    SC_BOLD = "NotoSansSC-Bold.otf"
    TC = "NotoSansTC-Regular.otf"
    TC_BOLD = "NotoSansTC-Bold.otf"

    @property
    def path(self) -> Path:
        """Return where the file is."""
        return FONTS / self.value


def face_for(language: Language, bold: bool = False) -> Face:
    """Return the face with this language's forms of characters."""
    if language is Language.ZH_HANT:
        return Face.TC_BOLD if bold else Face.TC
    return Face.SC_BOLD if bold else Face.SC


@lru_cache(maxsize=64)
def _font(face: Face, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(face.path), size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=4096)
def text_width(text: str, face: Face, size: int) -> float:
    """Return the advance of one line in pixels; kept until ``forget_texts``."""
    return float(_font(face, size).getlength(text))


def forget_texts() -> None:
    """Forget the texts that were measured: a person's name may be among them."""
    text_width.cache_clear()
    wrap.cache_clear()


def line_height(size: int) -> int:
    """Return the distance between two baselines in pixels."""
    return round(size * 1.4)


def _wide(char: str) -> bool:
    return unicodedata.east_asian_width(char) in "WF"


def _units(text: str, whole: tuple[str, ...]) -> list[str]:
    """Split text where a line may break: outside of whole words, else as ``_between`` says."""
    if not whole:
        return _between(text)
    units: list[str] = []
    for piece in re.split(f"({'|'.join(whole)})", text):
        parts = [piece] if piece in whole else _between(piece)
        if units and parts and _sticks(units[-1][-1], parts[0][0]):
            units[-1] += parts.pop(0)
        units += parts
    return units


def _sticks(last: str, char: str) -> bool:
    """Say whether no line may end between these two."""
    both_narrow = not _wide(char) and not _wide(last) and last != " "
    return char in _NEVER_FIRST or last in _NEVER_LAST or both_narrow or char == " "


def _between(text: str) -> list[str]:
    """Split text between ideographs and after spaces."""
    units: list[str] = []
    for char in text:
        if not units:
            units.append(char)
            continue
        if _sticks(units[-1][-1], char):
            units[-1] += char
        else:
            units.append(char)
    return units


@lru_cache(maxsize=512)
def wrap(text: str, face: Face, size: int, width: float) -> tuple[str, ...]:
    """Return the lines of a text in a column of this width; a newline always breaks.

    What dots part stays whole where that takes no more lines. Two lines part at a comma or full
    stop where that fits; more are made about equally long, so that no line is left with a
    character or two. Kept until ``forget_texts``: a page is laid out anew every second.
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        broken = _wrap_paragraph(paragraph, face, size, width)
        # A dot between two things says nothing where the line ends.
        lines += [line.removesuffix(" ·") for line in broken[:-1]] + broken[-1:]
    return tuple(lines)


def _wrap_paragraph(text: str, face: Face, size: int, width: float) -> list[str]:
    whole = tuple(word for word in _WHOLE if word in text and text_width(word, face, size) <= width)
    units = _units(text, whole)
    lines = _fill(units, face, size, width)
    if len(lines) == 1:
        return lines
    things = _fill(re.split(r"(?<=· )", text), face, size, width)
    fit = all(text_width(line, face, size) <= width for line in things)
    if fit and 1 < len(things) <= len(lines):
        return things
    if len(lines) == 2:
        halves = _at_punctuation(text, face, size, width)
        if halves:
            return halves
    low, high = width * 0.5, width
    while high - low > size / 4:
        middle = (low + high) / 2
        if len(_fill(units, face, size, middle)) > len(lines):
            low = middle
        else:
            high = middle
    return _fill(units, face, size, high)


def _fill(units: list[str], face: Face, size: int, width: float) -> list[str]:
    lines: list[str] = []
    line, used = "", 0.0
    for unit in units:
        advance = text_width(unit, face, size)
        bare = text_width(unit.rstrip(), face, size)
        if line and used + bare > width:
            lines.append(line.rstrip())
            line, used = "", 0.0
        line += unit
        used += advance
    lines.append(line.rstrip())
    return lines


def _at_punctuation(text: str, face: Face, size: int, width: float) -> list[str]:
    """Return the two halves that differ least, parted after punctuation; none if none fit."""
    best: list[str] = []
    difference = width * 0.55
    for end in (match.end() for match in _PAUSE.finditer(text)):
        first, second = text[:end].rstrip(), text[end:].strip()
        one, other = (text_width(half, face, size) for half in (first, second))
        if second and max(one, other) <= width and abs(one - other) < difference:
            best, difference = [first, second], abs(one - other)
    return best
