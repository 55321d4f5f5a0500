"""What all frame parsers share: a bounded buffer that resynchronises. Pure."""

from abc import ABC, abstractmethod
from typing import Generic, TypeVar

Frame = TypeVar("Frame")


class StreamParser(ABC, Generic[Frame]):
    """Cuts a byte stream into frames as it comes, in pieces of any size.

    ``longest`` is the longest frame in bytes: more than two of them are never kept.
    """

    def __init__(self, longest: int) -> None:
        self._longest = longest
        self._buffer = bytearray()

    @property
    def pending(self) -> int:
        """Return how many bytes wait for the rest of a frame."""
        return len(self._buffer)

    def reset(self) -> None:
        """Forget an unfinished frame."""
        self._buffer.clear()

    def feed(self, data: bytes) -> list[Frame]:
        """Take bytes in and return the frames that are complete now."""
        frames: list[Frame] = []
        for start in range(0, len(data), self._longest):
            self._buffer += data[start : start + self._longest]
            while (step := self._next()) is not None:
                used, frame = step
                del self._buffer[:used]
                if frame is not None:
                    frames.append(frame)
        return frames

    @abstractmethod
    def _next(self) -> tuple[int, Frame | None] | None:
        """Return (bytes used, frame or noise), or None when more bytes are needed."""
