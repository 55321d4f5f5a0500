"""One line for a network that OpenCV cannot read or feed; OpenCV itself takes five."""

from pathlib import Path
from typing import Protocol

import cv2


class _Fed(Protocol):
    """What a slot says of the network's input, whatever kind of slot."""

    @property
    def name(self) -> str: ...
    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...
    @property
    def layout(self) -> str: ...


def in_a_line(error: cv2.error) -> str:
    """Return OpenCV's words without their line breaks."""
    return " ".join(str(error.err).split())


def not_taken(source: Path, fed: _Fed) -> str:
    """Say that a network cannot be run on what its slot says it is fed."""
    return (
        f"{source}: input: the network does not take input.name {fed.name!r}, input.width "
        f"{fed.width}, input.height {fed.height}, input.layout {fed.layout}"
    )
