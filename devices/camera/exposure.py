"""Less or more exposure of a V4L2 camera, through OpenCV's properties.

Of V4L2's camera controls OpenCV knows two, as they are: CAP_PROP_AUTO_EXPOSURE is
V4L2_CID_EXPOSURE_AUTO (0 automatic, 1 manual, 2 shutter priority, 3 aperture priority: webcams know
1 and 3), CAP_PROP_EXPOSURE is V4L2_CID_EXPOSURE_ABSOLUTE in units of 100 microseconds, which
drivers may ignore unless the mode is manual, and which the frame interval limits.
"""

from typing import Protocol

import cv2

STEPS = 6
"""As far as exposure may be asked to go, either way: three stops."""
_MANUAL = 1
_UNITS_PER_S = 10_000


class Properties(Protocol):
    """What is needed of ``cv2.VideoCapture``."""

    def get(self, propId: int, /) -> float:  # noqa: N803 - OpenCV's own name
        """Return a property, 0 or -1 where there is none."""
        ...

    def set(self, propId: int, value: float, /) -> bool:  # noqa: N803 - OpenCV's own name
        """Set a property; False where the device does not take it."""
        ...


def exposure_factor(steps: int) -> float:
    """Return how much longer the exposure is: a step is half a stop."""
    return float(2.0 ** (max(-STEPS, min(STEPS, steps)) / 2))


class DeviceExposure:
    """One opened device's exposure. What refuses once is left as it is from then on."""

    def __init__(self, device: Properties, fps: int) -> None:
        self._device = device
        self._longest = max(1.0, _UNITS_PER_S / fps)
        self._mode = device.get(cv2.CAP_PROP_AUTO_EXPOSURE)
        self._start: float | None = None  # None while the device exposes as it was found
        self._refused = False

    def expose(self, steps: int) -> bool:
        """Set this many steps from where the device was; 0 gives it back. False when refused."""
        if self._refused:
            return False
        if steps == 0:
            self._give_back()
            return True
        if self._start is None:
            # An automatic one may not tell what it has chosen: then it is the driver's default.
            self._start = self._device.get(cv2.CAP_PROP_EXPOSURE)
        wanted = min(self._longest, max(1.0, self._start * exposure_factor(steps)))
        taken = (
            self._start > 0
            and self._device.set(cv2.CAP_PROP_AUTO_EXPOSURE, _MANUAL)
            and self._device.set(cv2.CAP_PROP_EXPOSURE, round(wanted))
        )
        if not taken:
            self._give_back()
            self._refused = True
        return taken

    def _give_back(self) -> None:
        if self._start is None:
            return
        if self._start > 0:
            self._device.set(cv2.CAP_PROP_EXPOSURE, self._start)
            self._device.set(cv2.CAP_PROP_AUTO_EXPOSURE, self._mode)
        self._start = None
