"""How wide text is in the bundled fonts, and where its lines break."""

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


def text_width(text: str, face: Face, size: int) -> float:
    """Return the advance of one line in pixels."""
    return float(_font(face, size).getlength(text))


def line_height(size: int) -> int:
    """Return the distance between two baselines in pixels."""
    return round(size * 1.4)


def _wide(char: str) -> bool:
    return unicodedata.east_asian_width(char) in "WF"


def _units(text: str) -> list[str]:
    """Split text where a line may break: between ideographs and after spaces."""
    units: list[str] = []
    for char in text:
        if not units:
            units.append(char)
            continue
        last = units[-1][-1]
        stays = (
            char in _NEVER_FIRST
            or last in _NEVER_LAST
            or (not _wide(char) and not _wide(last) and last != " ")
            or char == " "
        )
        if stays:
            units[-1] += char
        else:
            units.append(char)
    return units


def wrap(text: str, face: Face, size: int, width: float) -> tuple[str, ...]:
    """Return the lines of a text in a column of this width; a newline always breaks."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for unit in _units(paragraph):
            if line and text_width((line + unit).rstrip(), face, size) > width:
                lines.append(line.rstrip())
                line = unit
            else:
                line += unit
        lines.append(line.rstrip())
    return tuple(lines)
