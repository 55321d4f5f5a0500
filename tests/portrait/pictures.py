"""Live frames made from the demo portraits by named, camera-like changes."""

from pathlib import Path

import cv2
import numpy as np

from kiosk.portrait.faces import Image

ROOT = Path(__file__).parents[2]
PORTRAITS = ROOT / "assets" / "portraits"
MODELS = ROOT / "assets" / "models"
FRAME_SIZE = (1280, 720)


def document(resident: str) -> bytes:
    """The encoded document portrait of resident "a" or "b"."""
    return (PORTRAITS / f"resident_{resident}_document.jpg").read_bytes()


def photograph(resident: str) -> Image:
    (path,) = (p for p in PORTRAITS.glob(f"resident_{resident}.*"))
    image = cv2.imread(str(path))
    assert image is not None
    return np.asarray(image, np.uint8)


def frame(
    resident: str = "a",
    *,
    scale: float = 1.2,
    dx: float = 0.0,
    dy: float = 0.0,
    roll_deg: float = 0.0,
    light: float = 1.0,
    blur: float = 0.0,
    noise: float = 3.0,
    seed: int = 0,
) -> Image:
    """Put the photograph before a grey wall; ``scale`` 1.2 is about arm's length."""
    picture = photograph(resident)
    height, width = picture.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 3), -roll_deg, scale)
    matrix[:, 2] += (
        FRAME_SIZE[0] / 2 - width / 2 + dx,
        FRAME_SIZE[1] / 2 - height / 3 + dy,
    )
    image = cv2.warpAffine(
        picture, matrix, FRAME_SIZE, flags=cv2.INTER_AREA, borderValue=(120, 120, 120)
    )
    if blur:
        image = cv2.GaussianBlur(image, (0, 0), blur)
    grain = np.random.default_rng(seed).normal(0.0, noise, image.shape)
    return np.clip(image * light + grain, 0, 255).astype(np.uint8)


def moment(resident: str, index: int) -> Image:
    """The ``index``-th frame of somebody who stands before the camera and moves a little."""
    sway = float(np.sin(index / 5))
    return frame(
        resident,
        scale=1.15 + 0.03 * sway,
        dx=20 * sway,
        roll_deg=2 * sway,
        light=0.92,
        blur=0.7,
        noise=4.0,
        seed=index,
    )


def crowd(first: str, second: str) -> Image:
    """Two people side by side, both as large."""
    left, right = frame(first, dx=-260), frame(second, dx=260)
    middle = FRAME_SIZE[0] // 2
    return np.hstack([left[:, :middle], right[:, middle:]])


def turned(resident: str, amount: float) -> Image:
    """A head turned aside: a perspective squeeze of one half of the face."""
    image = frame(resident)
    width, height = FRAME_SIZE
    source = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    squeeze = amount * height
    target = np.array(
        [[0, -squeeze], [width, squeeze], [width, height - squeeze], [0, height + squeeze]],
        np.float32,
    )
    matrix = cv2.getPerspectiveTransform(source, target)
    return np.asarray(cv2.warpPerspective(image, matrix, FRAME_SIZE), np.uint8)
