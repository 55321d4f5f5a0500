"""A Transport that treats bytes as bad lines do; tests put it between driver and line."""

import random
import time
from threading import Event

from devices.interfaces import Transport


class Manipulator:
    """Spoils what is *received* over another Transport; everything repeats with the seed.

    ``piece`` hands over at most so many bytes at a time, ``noise`` comes before the first
    bytes after each write, ``loss`` and ``spoil`` are probabilities for each byte, ``delay_s``
    is waited before each piece.
    """

    def __init__(
        self,
        inner: Transport,
        *,
        piece: int | None = None,
        noise: bytes = b"",
        loss: float = 0.0,
        spoil: float = 0.0,
        delay_s: float = 0.0,
        seed: int = 0,
    ) -> None:
        self._inner = inner
        self._piece = piece
        self._noise = noise
        self._loss = loss
        self._spoil = spoil
        self._delay_s = delay_s
        self._random = random.Random(seed)  # noqa: S311 (spoils bytes, protects nothing)
        self._waiting = bytearray()

    def write(self, data: bytes, deadline: float) -> None:
        """Write unchanged, and put the noise in front of what comes back."""
        self._inner.write(data, deadline)
        self._waiting += self._noise

    def read(self, size: int, deadline: float, cancel: Event | None = None) -> bytes:
        """Return what is left of the bytes after the line's ill treatment."""
        wanted = size if self._piece is None else min(size, self._piece)
        while not self._waiting:
            data = self._inner.read(size, deadline, cancel)
            if not data:
                return b""
            self._waiting += self._mistreat(data)
        if self._delay_s:
            time.sleep(self._delay_s)
        given = bytes(self._waiting[:wanted])
        del self._waiting[:wanted]
        return given

    def _mistreat(self, data: bytes) -> bytes:
        kept = bytearray()
        for byte in data:
            if self._random.random() < self._loss:
                continue
            spoilt = self._random.random() < self._spoil
            kept.append(byte ^ (1 << self._random.randrange(8)) if spoilt else byte)
        return bytes(kept)

    def drain(self) -> bytes:
        """Throw away what waits here and below."""
        waiting = bytes(self._waiting)
        self._waiting.clear()
        return waiting + self._inner.drain()

    def close(self) -> None:
        """Close the line below."""
        self._inner.close()
