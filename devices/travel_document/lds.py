"""The logical data structure: what the chip's files hold. Pure, every bound checked.

Source: ICAO 9303 part 10; the portrait's record is ISO/IEC 19794-5:2005.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import wraps
from typing import ParamSpec, TypeVar

from devices.travel_document.errors import ChipDataError
from devices.travel_document.tlv import Tlv, TlvError, find, parse_tlv, parse_tlvs

COM, DG1, DG2, SOD, CARD_ACCESS = 0x011E, 0x0101, 0x0102, 0x011D, 0x011C

_COM_TAG, _DG1_TAG, _DG2_TAG, _SOD_TAG = 0x60, 0x61, 0x75, 0x77
_LDS_VERSION, _TAG_LIST, _MRZ = 0x5F01, 0x5C, 0x5F1F
_GROUP, _INSTANCE = 0x7F61, 0x7F60
_BIOMETRIC_DATA = (0x5F2E, 0x7F2E)
_GROUP_OF_TAG = {0x61: 1, 0x75: 2, 0x63: 3, 0x76: 4, 0x6B: 11, 0x6C: 12, 0x6E: 14, 0x6F: 15}

_FAC_HEADER, _FACE_HEADER, _POINT, _IMAGE_HEADER = 14, 20, 8, 12
_PACE_OID = bytes.fromhex("04007F0007020204")  # 0.4.0.127.0.7.2.2.4, id-PACE

_P = ParamSpec("_P")
_R = TypeVar("_R")


class ImageFormat(StrEnum):
    """How a portrait is compressed."""

    JPEG = "jpeg"
    JPEG2000 = "jpeg2000"


_SIGNATURES = {
    b"\xff\xd8\xff": ImageFormat.JPEG,
    b"\x00\x00\x00\x0cjP  ": ImageFormat.JPEG2000,
    b"\xff\x4f\xff\x51": ImageFormat.JPEG2000,
}


@dataclass(frozen=True, slots=True)
class CommonData:
    """EF.COM: LDS version and the data groups that the chip says it has."""

    raw: bytes = field(repr=False)
    version: str
    groups: frozenset[int]


@dataclass(frozen=True, slots=True)
class MrzData:
    """DG1: the machine-readable zone as stored, without line breaks."""

    raw: bytes = field(repr=False)
    mrz: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ChipPortrait:
    """DG2's first portrait: the compressed image as it was stored."""

    raw: bytes = field(repr=False)
    image: bytes = field(repr=False)
    format: ImageFormat


def _bounded(parse: Callable[_P, _R]) -> Callable[_P, _R]:
    @wraps(parse)
    def parse_or_refuse(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        try:
            return parse(*args, **kwargs)
        except TlvError as error:
            raise ChipDataError(f"{parse.__name__}: {error}") from error

    return parse_or_refuse


@_bounded
def parse_com(raw: bytes) -> CommonData:
    """Parse EF.COM. Raises ChipDataError."""
    objects = _content(raw, _COM_TAG)
    version = find(objects, _LDS_VERSION).value
    tags = find(objects, _TAG_LIST).value
    groups = frozenset(_GROUP_OF_TAG[tag] for tag in tags if tag in _GROUP_OF_TAG)
    return CommonData(raw, version.decode("ascii", "replace"), groups)


@_bounded
def parse_dg1(raw: bytes) -> MrzData:
    """Parse DG1. Raises ChipDataError."""
    mrz = find(_content(raw, _DG1_TAG), _MRZ).value
    if not mrz.isascii():
        raise TlvError("MRZ is not ASCII")
    return MrzData(raw, mrz.decode("ascii"))


@_bounded
def parse_dg2(raw: bytes) -> ChipPortrait:
    """Parse DG2 down to its first portrait. Raises ChipDataError."""
    group = parse_tlvs(find(_content(raw, _DG2_TAG), _GROUP).value)
    instance = parse_tlvs(find(group, _INSTANCE).value)
    image = _portrait_image(find(instance, *_BIOMETRIC_DATA).value)
    for signature, image_format in _SIGNATURES.items():
        if image.startswith(signature):
            return ChipPortrait(raw, image, image_format)
    raise TlvError("portrait is neither JPEG nor JPEG 2000")


@_bounded
def check_sod(raw: bytes) -> bytes:
    """Return EF.SOD as it is when its outer frame holds. Raises ChipDataError."""
    _content(raw, _SOD_TAG, deep=False)
    return raw


def offers_pace(card_access: bytes) -> bool:
    """Say whether EF.CardAccess names PACE among the protocols."""
    return _PACE_OID in card_access


def _content(raw: bytes, tag: int, *, deep: bool = True) -> list[Tlv]:
    outer, _ = parse_tlv(raw)
    if outer.tag != tag:
        raise TlvError(f"file begins with {outer.tag:X}, not {tag:X}")
    return parse_tlvs(outer.value) if deep else []


def _portrait_image(record: bytes) -> bytes:
    if record[:8] != b"FAC\x00010\x00" or len(record) < _FAC_HEADER + _FACE_HEADER:
        raise TlvError("not an ISO 19794-5 facial record")
    size = int.from_bytes(record[_FAC_HEADER : _FAC_HEADER + 4], "big")
    points = int.from_bytes(record[_FAC_HEADER + 4 : _FAC_HEADER + 6], "big")
    start = _FAC_HEADER + _FACE_HEADER + points * _POINT + _IMAGE_HEADER
    end = _FAC_HEADER + size
    if not start < end <= len(record):
        raise TlvError("facial record's lengths do not fit")
    return record[start:end]
