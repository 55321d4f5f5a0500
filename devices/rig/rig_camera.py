"""The emulated camera: shows the pictures it is given, and can freeze or be unplugged."""

import time
from collections.abc import Sequence
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from devices.camera.exposure import exposure_factor
from devices.camera.sources import SensorGrain, SourceLost

Image = NDArray[np.uint8]

_EMPTY_ROOM = (720, 1280, 3)


class RigCamera:
    """A FrameSource for ``open_camera``; the other methods are the demo's hands on it."""

    name = "emulated camera"
    skip_first = 0

    def __init__(self, fps: float = 15.0, seed: int = 0) -> None:
        self._interval_s = 1.0 / fps
        self._lock = Lock()
        self._grain = SensorGrain(seed)
        self._pictures: list[Image] = []
        self._next = 0
        self._frozen = False
        self._unplugged = False
        self._light = self._factor = 1.0
        self._last = empty_room()
        self.clear()

    def show(self, pictures: Sequence[Image]) -> None:
        """Show these BGR pictures in turn, over and over, from now on."""
        if not pictures:
            raise ValueError("a camera always sees something: use clear() for an empty room")
        with self._lock:
            self._pictures, self._next = list(pictures), 0

    def clear(self) -> None:
        """Show an empty room: nobody stands before the camera."""
        self.show([empty_room()])

    def light(self, factor: float) -> None:
        """Let this much more light fall on what is seen: a lamp, the sun, or dusk below 1."""
        with self._lock:
            self._light = factor

    def freeze(self, frozen: bool = True) -> None:
        """Repeat the last picture bit for bit, or live again."""
        with self._lock:
            self._frozen = frozen

    def unplug(self, unplugged: bool = True) -> None:
        """Take the camera away, or plug it in again."""
        with self._lock:
            self._unplugged = unplugged

    def open(self) -> None:
        """Open, or raise SourceLost while unplugged."""
        with self._lock:
            if self._unplugged:
                raise SourceLost(f"{self.name} is unplugged")
            self._factor = 1.0

    def read(self) -> Image:
        """Return the next picture at the camera's pace."""
        time.sleep(self._interval_s)
        with self._lock:
            if self._unplugged:
                raise SourceLost(f"{self.name} was unplugged")
            if not self._frozen:
                picture = self._pictures[self._next % len(self._pictures)]
                self._next += 1
                self._last = self._grain.add(self._exposed(picture))
            return self._last

    def expose(self, steps: int) -> bool:
        """Let less or more of the light in before it burns out."""
        with self._lock:
            self._factor = exposure_factor(steps)
        return True

    def _exposed(self, picture: Image) -> Image:
        factor = self._light * self._factor
        if factor == 1.0:
            return picture
        return np.asarray(np.clip(picture * factor, 0, 255), np.uint8)

    def close(self) -> None:
        """Do nothing: there is nothing to release."""


def empty_room() -> Image:
    """Draw a plain wall, brighter above."""
    rows = np.linspace(176, 132, _EMPTY_ROOM[0]).astype(np.uint8)
    return np.ascontiguousarray(np.broadcast_to(rows[:, None, None], _EMPTY_ROOM))
