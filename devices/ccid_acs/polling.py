"""How many chips are in the field: a PN532 InListPassiveTarget inside an ACS pseudo-APDU.

``FF 00 00 00 Lc D4 4A 02 00`` lists up to two ISO 14443-A targets at 106 kbit/s; the answer
``D5 4B NbTg ...`` counts those the anticollision told apart. See README for its grade.
"""

from dataclasses import dataclass

from devices.errors import ProtocolError

LIST_TWO_TARGETS = bytes.fromhex("FF00000004D44A0200")
RELEASE_ALL = bytes.fromhex("FF00000003D45200")


@dataclass(frozen=True, slots=True)
class Polling:
    """The escape commands that count chips; unconfirmed for readers other than ACR122S.

    Settings may replace them for a reader that wants others; the answer keeps its form.
    """

    list_targets: bytes = LIST_TWO_TARGETS
    release: bytes = RELEASE_ALL


_ANSWER = bytes.fromhex("D54B")
_OK = b"\x90\x00"
_MAX_TARGETS = 2


def parse_target_count(answer: bytes) -> int:
    """Return 0, 1 or 2 targets. Raises ProtocolError for anything else."""
    if answer[:2] != _ANSWER or len(answer) < 5 or answer[-2:] != _OK or answer[2] > _MAX_TARGETS:
        raise ProtocolError("not an answer to InListPassiveTarget")
    return answer[2]


def format_targets(targets: list[bytes]) -> bytes:
    """Return the answer that lists targets with these UIDs (ATQA 0004, SAK 20, no ATS)."""
    listed = b"".join(
        bytes([number, 0x00, 0x04, 0x20, len(uid)]) + uid
        for number, uid in enumerate(targets[:_MAX_TARGETS], start=1)
    )
    return _ANSWER + bytes([min(len(targets), _MAX_TARGETS)]) + listed + _OK


def format_released() -> bytes:
    """Return the answer to InRelease."""
    return bytes.fromhex("D55300") + _OK
