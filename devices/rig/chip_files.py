"""Makes the files of an emulated permit chip from a holder's data and a portrait."""

from devices.travel_document.eep import Holder, format_dg1_text
from devices.travel_document.tlv import format_tlv

_COM, _DG1, _DG2, _SOD = 0x011E, 0x0101, 0x0102, 0x011D
_LDS_VERSION, _UNICODE_VERSION = b"0107", b"040000"


def make_files(holder: Holder, portrait: bytes, sod: bytes | None = None) -> dict[int, bytes]:
    """Return EF.COM, DG1, DG2 and, when given, EF.SOD by file id."""
    files = {
        _COM: make_com(b"\x61\x75"),
        _DG1: format_tlv(0x61, format_tlv(0x5F1F, format_dg1_text(holder).encode("ascii"))),
        _DG2: make_dg2(portrait),
    }
    if sod is not None:
        files[_SOD] = sod
    return files


def make_com(tags: bytes) -> bytes:
    """Return EF.COM that lists these data groups."""
    return format_tlv(
        0x60,
        format_tlv(0x5F01, _LDS_VERSION)
        + format_tlv(0x5F36, _UNICODE_VERSION)
        + format_tlv(0x5C, tags),
    )


def make_dg2(portrait: bytes) -> bytes:
    """Return DG2 around one JPEG or JPEG 2000 image (ISO/IEC 19794-5:2005, no points)."""
    header = (
        format_tlv(0x80, b"\x01\x01")
        + format_tlv(0x81, b"\x02")
        + format_tlv(0x87, b"\x01\x01")
        + format_tlv(0x88, b"\x00\x08")
    )
    instance = format_tlv(0xA1, header) + format_tlv(0x5F2E, _facial_record(portrait))
    group = format_tlv(0x02, b"\x01") + format_tlv(0x7F60, instance)
    return format_tlv(0x75, format_tlv(0x7F61, group))


def _facial_record(portrait: bytes) -> bytes:
    is_jpeg = portrait.startswith(b"\xff\xd8")
    # Face image type 1 (full frontal); size, colour, source and quality are left unstated.
    image_header = bytes([1, 0 if is_jpeg else 1]) + bytes(10)
    face = bytes(16) + image_header + portrait
    face = (len(face) + 4).to_bytes(4, "big") + face
    return b"FAC\x00010\x00" + (14 + len(face)).to_bytes(4, "big") + b"\x00\x01" + face
