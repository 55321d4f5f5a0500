"""A physical card: a printed front, a chip if it has one, and a rewritable back."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from devices.ccid_acs.antenna import Chip

BACK_COLUMNS = 60
BACK_LINES = 20
BACK_WIDTH_DOTS = BACK_COLUMNS * 12
BACK_HEIGHT_DOTS = BACK_LINES * 24


def blank_back() -> NDArray[np.bool_]:
    """Return a back without a dot on it."""
    return np.zeros((BACK_HEIGHT_DOTS, BACK_WIDTH_DOTS), np.bool_)


@dataclass(frozen=True, slots=True)
class CardFront:
    """What is printed on the front. ``mrz`` is its lines joined by newline, "" without one."""

    mrz: str
    title: str = ""
    name: str = ""
    number: str = ""
    birth: str = ""
    expiry: str = ""
    portrait: Path | None = None


@dataclass(eq=False, slots=True)
class Card:
    """One card. ``back`` is the thermal layer itself: a dot is True where it is dark.

    ``chip`` is what the reader's emulator can power; None for a card without a chip.
    """

    front: CardFront
    chip: Chip | None = None
    back: NDArray[np.bool_] = field(default_factory=blank_back)
