"""What DG1 of this card says. Pure: bytes in, facts or a fault out.

The card's chip holds 90 characters; the first 30 are the printed line: ``CS``, number (9), check
digit, filler, expiry, check digit, filler, birth, check digit, filler, composite check digit.
"""

import re
from dataclasses import dataclass
from datetime import date

LINE = 30
TAG_DG1 = 0x61
TAG_MRZ = b"\x5f\x1f"
_SHAPE = re.compile(
    r"CS(C[0-9A-HJ-NP-Z][0-9]{7})([0-9])<([0-9]{6})([0-9])<([0-9]{6})([0-9])<([0-9])"
)
_WEIGHTS = (7, 3, 1)


@dataclass(frozen=True, slots=True)
class ChipFacts:
    """The machine-readable facts of a card."""

    card_number: str
    valid_until: date
    born: date


class ChipProofFault(Exception):
    """Bytes that are not this kind of card's DG1."""


def parse_dg1(data: bytes, today: date) -> ChipFacts:
    """Return the facts of DG1. Raises ChipProofFault on anything else."""
    text = _mrz(data)
    match = _SHAPE.fullmatch(text[:LINE])
    if match is None:
        raise ChipProofFault("DG1 is not a permit's")
    number, number_cd, expiry, expiry_cd, birth, birth_cd, composite = match.groups()
    body = number + number_cd + expiry + expiry_cd + birth + birth_cd
    checks = ((number, number_cd), (expiry, expiry_cd), (birth, birth_cd), (body, composite))
    if any(check_digit(part) != digit for part, digit in checks):
        raise ChipProofFault("a check digit of DG1 is wrong")
    born = _day(birth, 1900 if int(birth[:2]) > today.year % 100 else 2000)
    return ChipFacts(number, _day(expiry, 2000), born)


def check_digit(text: str) -> str:
    """Return the ICAO 7-3-1 check digit."""
    values = (0 if c == "<" else int(c, 36) for c in text)
    return str(sum(v * _WEIGHTS[i % 3] for i, v in enumerate(values)) % 10)


def _mrz(data: bytes) -> str:
    """Take the text out of its two TLV wrappings; every length must hold."""
    if len(data) < 2 or data[0] != TAG_DG1:
        raise ChipProofFault("DG1 has another tag")
    inner = _value(data, 1)
    if not inner.startswith(TAG_MRZ):
        raise ChipProofFault("DG1 holds no MRZ")
    text = _value(inner, len(TAG_MRZ))
    if len(text) < LINE or not text.isascii():
        raise ChipProofFault("DG1's MRZ is too short")
    return text.decode("ascii")


def _value(data: bytes, at: int) -> bytes:
    if at >= len(data):
        raise ChipProofFault("DG1 is cut")
    length, start = data[at], at + 1
    if length & 0x80:
        count = length & 0x7F
        if not 1 <= count <= 2 or start + count > len(data):
            raise ChipProofFault("DG1 has a wrong length")
        length, start = int.from_bytes(data[start : start + count], "big"), start + count
    if start + length > len(data):
        raise ChipProofFault("DG1 is cut")
    return data[start : start + length]


def _day(text: str, century: int) -> date:
    try:
        return date(century + int(text[:2]), int(text[2:4]), int(text[4:6]))
    except ValueError as error:
        raise ChipProofFault("DG1 holds an impossible date") from error
