"""Live frames made from the demo portraits by named, camera-like changes."""

from functools import cache
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


_PROGRESSIVE = (cv2.IMWRITE_JPEG_PROGRESSIVE, 1)
_TENTH = (cv2.IMWRITE_JPEG2000_COMPRESSION_X1000, 100)
_FIFTH = (cv2.IMWRITE_JPEG2000_COMPRESSION_X1000, 200)
_LOSSLESS = (cv2.IMWRITE_JPEG2000_COMPRESSION_X1000, 1000)
LARGE: dict[str, tuple[str, int, tuple[int, ...]]] = {
    "jpeg of 12 MP": (".jpg", 3000, ()),
    "progressive jpeg of 12 MP": (".jpg", 3000, _PROGRESSIVE),
    "progressive jpeg of 21 MP": (".jpg", 4000, _PROGRESSIVE),
    "jpeg 2000 of 12 MP": (".jp2", 3000, _TENTH),
    "jpeg 2000 of 5 MP": (".jp2", 1920, _FIFTH),
    "lossless jpeg 2000 of 1 MP": (".jp2", 960, _LOSSLESS),
    "lossless jpeg 2000 of 2 MP": (".jp2", 1200, _LOSSLESS),
    "png of 2 MP": (".png", 1200, ()),
}


@cache
def large_document(resident: str, kind: str) -> bytes:
    """The same portrait as a large camera or scanner gives it: with grain at its own scale."""
    form, width, how = LARGE[kind]
    picture = cv2.imdecode(np.frombuffer(document(resident), np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    size = (width, width * 4 // 3)
    large = cv2.resize(picture, size, interpolation=cv2.INTER_CUBIC).astype(np.float32)
    grain = cv2.randn(np.zeros_like(large), (0, 0, 0), (3, 3, 3))
    done, encoded = cv2.imencode(form, np.clip(large + grain, 0, 255).astype(np.uint8), how)
    assert done
    return encoded.tobytes()


def photograph(resident: str) -> Image:
    (path,) = (p for p in PORTRAITS.glob(f"resident_{resident}.*"))
    image = cv2.imread(str(path))
    assert image is not None
    return np.asarray(image, np.uint8)


@cache
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
    made = np.clip(image * light + grain, 0, 255).astype(np.uint8)
    made.flags.writeable = False  # it is made once for all who ask
    return made


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


def crowd() -> Image:
    """Residents a and b side by side, about as large."""
    left, right = frame("a", scale=2.0, dx=-200), frame("b", dx=260)
    middle = FRAME_SIZE[0] // 2
    return np.hstack([left[:, :middle], right[:, middle:]])


def child_in_arms(resident: str) -> Image:
    """Resident a or b with the other one as a child in their arms: smaller, beside the chin."""
    scale, (x, y) = {"a": (2.0, (600, 330)), "b": (1.2, (660, 440))}[resident]
    image = frame(resident, scale=scale, dx=-60).copy()
    if resident == "a":
        head = frame("b", scale=0.8)[245:520, 540:757]
    else:
        head = frame("a", scale=1.4)[155:410, 500:700]
    height, width = head.shape[:2]
    mask = np.zeros((height, width), np.float32)
    axes = (int(0.45 * width), int(0.47 * height))
    cv2.ellipse(mask, (width // 2, height // 2), axes, 0, 0, 360, 1, -1)
    soft = cv2.GaussianBlur(mask, (0, 0), 4)[:, :, None]
    part = image[y : y + height, x : x + width]
    part[:] = part * (1 - soft) + head * soft
    return image


def turned(image: Image, nose_x: float, amount: float) -> Image:
    """A head turned aside, made: one half of the face squeezed, the other stretched."""
    height, width = image.shape[:2]
    offset = np.arange(width, dtype=np.float32) - nose_x
    near, far = 1 + amount, 1 - amount
    source = nose_x + np.where(offset > 0, offset / near, offset / far)
    map_x = np.tile(source.astype(np.float32), (height, 1))
    map_y = np.tile(np.arange(height, dtype=np.float32)[:, None], (1, width))
    return np.asarray(cv2.remap(image, map_x, map_y, cv2.INTER_LINEAR), np.uint8)
