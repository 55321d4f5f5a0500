"""BER-TLV as ISO 7816-4 uses it. Pure, bounded: nothing is read past the data given."""

from dataclasses import dataclass

_MAX_TAG_BYTES = 3
_MAX_LENGTH_BYTES = 3


class TlvError(ValueError):
    """The bytes are no TLV, or say that they are longer than they are."""


@dataclass(frozen=True, slots=True)
class Tlv:
    """One data object; ``raw`` is tag, length and value as they stood in the data."""

    tag: int
    value: bytes
    raw: bytes


def parse_header(data: bytes, at: int = 0) -> tuple[int, int, int]:
    """Return (tag, value's length, offset of the value). Raises TlvError."""
    tag, at = _parse_tag(data, at)
    if at >= len(data):
        raise TlvError("length missing")
    first = data[at]
    at += 1
    if first < 0x80:
        return tag, first, at
    size = first & 0x7F
    if not 1 <= size <= _MAX_LENGTH_BYTES or at + size > len(data):
        raise TlvError("length has no allowed form")
    return tag, int.from_bytes(data[at : at + size], "big"), at + size


def _parse_tag(data: bytes, at: int) -> tuple[int, int]:
    start = at
    if at >= len(data):
        raise TlvError("tag missing")
    at += 1
    if data[start] & 0x1F == 0x1F:
        while True:
            if at >= len(data) or at - start >= _MAX_TAG_BYTES:
                raise TlvError("tag has no end")
            at += 1
            if not data[at - 1] & 0x80:
                break
    return int.from_bytes(data[start:at], "big"), at


def parse_tlv(data: bytes, at: int = 0) -> tuple[Tlv, int]:
    """Return the object at this offset and the offset behind it. Raises TlvError."""
    tag, length, value_at = parse_header(data, at)
    end = value_at + length
    if end > len(data):
        raise TlvError(f"object {tag:X} ends behind its data")
    return Tlv(tag, data[value_at:end], data[at:end]), end


def parse_tlvs(data: bytes) -> list[Tlv]:
    """Return all objects that follow each other in the data. Raises TlvError."""
    found: list[Tlv] = []
    at = 0
    while at < len(data):
        item, at = parse_tlv(data, at)
        found.append(item)
    return found


def find(objects: list[Tlv], *tags: int) -> Tlv:
    """Return the first object with one of these tags. Raises TlvError when there is none."""
    for item in objects:
        if item.tag in tags:
            return item
    raise TlvError(f"object {tags[0]:X} missing")


def format_tlv(tag: int, value: bytes) -> bytes:
    """Return tag, shortest length and value."""
    length = len(value)
    tag_bytes = tag.to_bytes((tag.bit_length() + 7) // 8 or 1, "big")
    if length < 0x80:
        return tag_bytes + bytes([length]) + value
    size = (length.bit_length() + 7) // 8
    if size > _MAX_LENGTH_BYTES:
        raise TlvError("value too long")
    return tag_bytes + bytes([0x80 | size]) + length.to_bytes(size, "big") + value
