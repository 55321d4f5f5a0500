"""One closed status union for all devices. Disconnected is a status, not an exception."""

from dataclasses import dataclass
from enum import StrEnum


class Trouble(StrEnum):
    """What a person has to put right at a device that answers but cannot work."""

    JAM = "jam"
    COVER_OPEN = "cover_open"
    PAPER_OUT = "paper_out"
    CUTTER = "cutter"
    CARD_PULLED = "card_pulled"
    FROZEN = "frozen"
    HARDWARE = "hardware"


@dataclass(frozen=True, slots=True)
class Ready:
    """The device answered and can work; ``note`` says what a technician may like to know."""

    note: str = ""


@dataclass(frozen=True, slots=True)
class NearEnd:
    """The device works but its supply runs out soon (paper, ribbon)."""

    note: str = ""


@dataclass(frozen=True, slots=True)
class Faulted:
    """The device answers and says that it cannot work."""

    trouble: Trouble
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Disconnected:
    """No answer: unplugged, powered off or the port is missing. Never read as 'fine'."""

    detail: str = ""


DeviceStatus = Ready | NearEnd | Faulted | Disconnected


def is_usable(status: DeviceStatus) -> bool:
    """Say whether a device in this status can do its work now."""
    return isinstance(status, Ready | NearEnd)
