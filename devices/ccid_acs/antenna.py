"""The emulated reader's antenna field: chips that can be put in and taken away at any time."""

from threading import Lock
from typing import Protocol


class Chip(Protocol):
    """A contactless chip as its reader sees it."""

    atr: bytes
    uid: bytes

    def reset(self) -> None:
        """Lose all volatile state, as when the field goes off."""
        ...

    def transmit(self, command: bytes) -> bytes:
        """Answer one command APDU. Raises ChipSilent when the chip gives no answer."""
        ...


class ChipSilent(Exception):
    """The chip does not answer: it left the field, or its own line is gone."""


class AntennaField:
    """Which chips are near the antenna now; safe to change from another thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._chips: list[Chip] = []

    @property
    def chips(self) -> list[Chip]:
        """Return the chips in the field."""
        with self._lock:
            return list(self._chips)

    def put(self, chip: Chip) -> None:
        """Bring a chip near; it powers up without any memory of before."""
        chip.reset()
        with self._lock:
            if chip not in self._chips:
                self._chips.append(chip)

    def take(self, chip: Chip) -> None:
        """Take a chip away; one that is not there is fine."""
        with self._lock:
            if chip in self._chips:
                self._chips.remove(chip)

    def clear(self) -> None:
        """Take every chip away."""
        with self._lock:
            self._chips.clear()
