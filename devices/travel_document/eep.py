"""The Exit-Entry Permit's own layouts: its printed line of 30 and the 90 characters of DG1.

Pure pairs of parse and format. Unreadable text is an expected condition: a value, MrzFault.
Source: facts of public readers; not ICAO's TD1 (no country, no sex, expiry before birth).
"""

import re
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from devices.travel_document.bac import BacKey

DOCUMENT_CODE = "CS"
PRINTED_LENGTH = 30
DG1_LENGTH = 90

_FILL = "<"
_LINE = re.compile(r"([A-Z]{2})(C[0-9A-HJ-NP-Z][0-9]{7})(\d)<(\d{6})(\d)<(\d{6})(\d)<(\d)")
_ALLOWED = re.compile(r"[A-Z0-9<$]{30}")
_CODE_AS_SEEN = {"C5": DOCUMENT_CODE, "C$": DOCUMENT_CODE}
_DIGIT_AS_SEEN = str.maketrans("OQDIZSB", "0001258")
_DIGITS_AT = (*range(4, 12), *range(13, 20), *range(21, 28), 29)
_WEIGHTS = (7, 3, 1)

_NAME, _PINYIN = 12, 18
_LETTERS_A_CHARACTER = 4
_NIBBLE_E = "O"  # the letter for E; one card was seen with '<' in its place
_GAP = "<<"


class MrzFault(StrEnum):
    """Why a text is no printed line of this card."""

    LAYOUT = "layout"
    OTHER_DOCUMENT = "other_document"
    CHECK_DIGIT = "check_digit"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class PrintedMrz:
    """The printed line; dates are kept as YYMMDD because the key is made of them."""

    number: str = field(repr=False)
    expiry_yymmdd: str
    birth_yymmdd: str = field(repr=False)
    code: str = DOCUMENT_CODE

    @property
    def expiry(self) -> date:
        """Return the expiry date; this card exists since 2014, so its century is known."""
        return _to_date(self.expiry_yymmdd, 2000)

    def birth(self, today: date) -> date:
        """Return the latest birth date that is not in the future."""
        born = _to_date(self.birth_yymmdd, 2000)
        return born if born <= today else _to_date(self.birth_yymmdd, 1900)

    def bac_key(self) -> BacKey:
        """Return the MRZ information in the order of ICAO 9303: number, birth, expiry."""
        parts = (self.number, self.birth_yymmdd, self.expiry_yymmdd)
        return BacKey("".join(part + check_digit(part) for part in parts))


def check_digit(text: str) -> str:
    """Return the ICAO 9303 check digit, weights 7-3-1."""
    total = sum(_value(char) * _WEIGHTS[at % 3] for at, char in enumerate(text))
    return str(total % 10)


def parse_printed(text: str) -> PrintedMrz | MrzFault:
    """Parse the line as a reader saw it; mends what OCR is known to confuse.

    A mended text counts only when every check digit holds.
    """
    line = "".join(text.split()).upper()
    if not _ALLOWED.fullmatch(line):
        return MrzFault.LAYOUT
    line = _mend(line)
    if line[:2] != DOCUMENT_CODE:
        return MrzFault.OTHER_DOCUMENT
    match = _LINE.fullmatch(line)
    if match is None:
        return MrzFault.LAYOUT
    code, number, number_cd, expiry, expiry_cd, birth, birth_cd, composite = match.groups()
    parts = ((number, number_cd), (expiry, expiry_cd), (birth, birth_cd))
    whole = "".join(value + digit for value, digit in parts)
    if any(check_digit(value) != digit for value, digit in (*parts, (whole, composite))):
        return MrzFault.CHECK_DIGIT
    if not (_is_date(expiry) and _is_date(birth)):
        return MrzFault.DATE
    return PrintedMrz(number, expiry, birth, code)


def format_printed(mrz: PrintedMrz) -> str:
    """Return the line of 30 with all its check digits."""
    parts = [part + check_digit(part) for part in (mrz.number, mrz.expiry_yymmdd, mrz.birth_yymmdd)]
    return mrz.code + _FILL.join(parts) + _FILL + check_digit("".join(parts))


@dataclass(frozen=True, slots=True)
class Holder:
    """DG1's three lines. ``name`` holds at most three characters; longer names were cut."""

    printed: PrintedMrz
    name: str = field(repr=False)
    surname: str = field(repr=False)
    given_names: str = field(repr=False)
    sex: str
    flags: str = "00000"
    photo_flags: str = "00"
    birthplace: str = field(default="", repr=False)


def parse_dg1_text(text: str) -> Holder | MrzFault:
    """Parse the 90 characters of DG1."""
    if len(text) != DG1_LENGTH:
        return MrzFault.LAYOUT
    printed = parse_printed(text[:30])
    if isinstance(printed, MrzFault):
        return printed
    name = parse_name(text[30 : 30 + _NAME])
    if name is None:
        return MrzFault.LAYOUT
    surname, _, given = text[30 + _NAME : 60].rstrip(_FILL).partition(_GAP)
    last = text[60:]
    return Holder(
        printed,
        name,
        surname.replace(_FILL, " "),
        given.replace(_FILL, " "),
        sex=last[0],
        flags=last[1:6],
        photo_flags=last[6:8],
        birthplace=last[8:11].rstrip(_FILL),
    )


def format_dg1_text(holder: Holder) -> str:
    """Return the 90 characters of DG1. Raises ValueError when a part does not fit."""
    pinyin = (holder.surname + _GAP + holder.given_names).replace(" ", _FILL)[:_PINYIN]
    last = holder.sex + holder.flags + holder.photo_flags + holder.birthplace.ljust(3, _FILL)
    if len(last) != 11:
        raise ValueError("sex, flags or birthplace have the wrong length")
    return (
        format_printed(holder.printed)
        + format_name(holder.name)
        + pinyin.ljust(_PINYIN, _FILL)
        + last.ljust(30, _FILL)
    )


def parse_name(letters: str) -> str | None:
    """Return the name whose GBK bytes stand as two letters each (nibble 0..F = A..P).

    '<' may stand for nibble E, and fills what is left over: only whole trailing groups of
    four are fill. None when the letters are no GBK text.
    """
    groups = [letters[at : at + _LETTERS_A_CHARACTER] for at in range(0, len(letters), 4)]
    while groups and not groups[-1].strip(_FILL):
        groups.pop()
    nibbles = [ord(char) - ord("A") for char in "".join(groups).replace(_FILL, _NIBBLE_E)]
    if len(nibbles) % 2 or not all(0 <= nibble <= 0xF for nibble in nibbles):
        return None
    coded = bytes(high << 4 | low for high, low in zip(nibbles[::2], nibbles[1::2], strict=True))
    try:
        return coded.decode("gbk")
    except UnicodeDecodeError:
        return None


def format_name(name: str, nibble_e: str = _NIBBLE_E) -> str:
    """Return the 12 letters of a name; what does not fit is cut, as the card does."""
    coded = name.encode("gbk")[: _NAME // 2]
    letters = "".join(chr(ord("A") + n) for byte in coded for n in (byte >> 4, byte & 0xF))
    return letters.replace(_NIBBLE_E, nibble_e).ljust(_NAME, _FILL)


def _mend(line: str) -> str:
    mended = list(_CODE_AS_SEEN.get(line[:2], line[:2]) + line[2:])
    for at in _DIGITS_AT:
        mended[at] = mended[at].translate(_DIGIT_AS_SEEN)
    return "".join(mended)


def _value(char: str) -> int:
    return 0 if char == _FILL else int(char, 36)


def _to_date(yymmdd: str, century: int) -> date:
    return date(century + int(yymmdd[:2]), int(yymmdd[2:4]), int(yymmdd[4:]))


def _is_date(yymmdd: str) -> bool:
    """Say whether it is a day in either century (29 February exists in 2000, not in 1900)."""
    return any(_exists(yymmdd, century) for century in (1900, 2000))


def _exists(yymmdd: str, century: int) -> bool:
    try:
        _to_date(yymmdd, century)
    except ValueError:
        return False
    return True
