"""Makes live-looking frames from a still, by changes that are named and bounded.

For demo and tests: what the camera sees is then never the reference itself. From frame to
frame these change, each within the limits of ``LiveChanges``:

- *scale*: the person stands nearer or farther
- *shift*: and moves a little to all sides
- *roll*: and tilts the head
- *light*: brighter or darker as a whole, and from one side
- *blur*: of lens and motion
- *noise*: of the sensor, new in every frame
- *compression*: the frame goes through JPEG, as from a USB camera

Not changed: pose in depth, expression, age, occlusion. A match with such frames says that the
way from camera to score works; it says nothing about how well two real pictures match.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]

_SWAY_HZ = (0.21, 0.34, 0.16, 0.27)  # people sway slowly, and not in step


@dataclass(frozen=True, slots=True)
class LiveChanges:
    """Limits of the changes. Shares are of the frame's height, noise of 255."""

    fill: float = 1.0
    """How much of the frame's height the still covers before scaling."""
    focus: tuple[float, float] = (0.5, 0.5)
    """The point of the still (shares of width and height) that is brought to the centre."""
    scale: float = 0.06
    shift: float = 0.03
    roll_deg: float = 4.0
    light: float = 0.12
    side_light: float = 0.08
    blur_px: float = 0.7
    noise: float = 2.5
    jpeg_quality: int = 85
    size: tuple[int, int] = (1280, 720)
    fps: float = 15.0


# The demo's two portraits, brought to the size and place of a person at the kiosk.
RESIDENT_A = LiveChanges(fill=2.03, focus=(0.43, 0.235))
RESIDENT_B = LiveChanges(fill=1.16, focus=(0.533, 0.375))


def camera_like_frames(
    portrait: Path | Image, seed: int, changes: LiveChanges | None = None
) -> Iterator[Image]:
    """Yield frames (720, 1280, 3) BGR without end; the same seed gives the same frames."""
    changes = changes or LiveChanges()
    still = _load(portrait)
    random = np.random.default_rng(seed)
    phases = random.uniform(0, 2 * np.pi, 4)
    number = 0
    while True:
        sway = np.sin(2 * np.pi * np.array(_SWAY_HZ) * number / changes.fps + phases)
        frame = _place(still, changes, sway)
        frame = _relight(frame, changes, random)
        yield _through_camera(frame, changes, random)
        number += 1


def _load(portrait: Path | Image) -> Image:
    if not isinstance(portrait, Path):
        return portrait
    image = cv2.imread(str(portrait), cv2.IMREAD_COLOR)
    if image is None:
        raise FileNotFoundError(f"{portrait} is no picture")
    return np.ascontiguousarray(image, np.uint8)


def _place(still: Image, changes: LiveChanges, sway: NDArray[np.float64]) -> Image:
    """Scale, turn and shift the still into the frame; a blurred edge stands for the room."""
    width, height = changes.size
    scale = changes.fill * height / still.shape[0] * (1 + changes.scale * sway[0])
    focus = (still.shape[1] * changes.focus[0], still.shape[0] * changes.focus[1])
    turn = cv2.getRotationMatrix2D(focus, changes.roll_deg * sway[1], scale)
    turn[0, 2] += width / 2 - focus[0] + changes.shift * height * sway[2]
    turn[1, 2] += height / 2 - focus[1] + changes.shift * height * sway[3]
    if changes.fill >= 1:
        # Keep the lower edge of the still at or below the frame's: nobody ends in mid-air.
        turn[1, 2] += max(0.0, changes.shift * height)
    room = cv2.warpAffine(still, turn, (width, height), borderMode=cv2.BORDER_REPLICATE)
    room = cv2.blur(cv2.blur(room, (61, 61)), (61, 61))
    person = cv2.warpAffine(
        still, turn, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    inside = cv2.warpAffine(np.full(still.shape[:2], 255, np.uint8), turn, (width, height))
    inside = cv2.erode(inside, np.ones((25, 25), np.uint8), borderValue=255)
    share = cv2.blur(inside, (25, 25)).astype(np.float32)[:, :, None] / 255
    return np.asarray(person * share + room * (1 - share), np.uint8)


def _relight(frame: Image, changes: LiveChanges, random: np.random.Generator) -> Image:
    gain = 1 + random.uniform(-changes.light, changes.light)
    side = random.uniform(-changes.side_light, changes.side_light)
    across = 1 + side * np.linspace(-1, 1, frame.shape[1], dtype=np.float32)
    return np.asarray(np.clip(frame * (gain * across)[None, :, None], 0, 255), np.uint8)


def _through_camera(frame: Image, changes: LiveChanges, random: np.random.Generator) -> Image:
    sigma = max(0.05, random.uniform(0.3, 1.0) * changes.blur_px)
    blurred = cv2.GaussianBlur(frame, (0, 0), sigma).astype(np.float32)
    noise = random.standard_normal(frame.shape, np.float32) * changes.noise
    noisy = np.clip(blurred + noise, 0, 255).astype(np.uint8)
    good, data = cv2.imencode(".jpg", noisy, [cv2.IMWRITE_JPEG_QUALITY, changes.jpeg_quality])
    if not good:
        raise ValueError("the frame does not encode as JPEG")
    return np.ascontiguousarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)
