"""What light, lens, sensor and line of a camera do to its pictures."""

from collections.abc import Callable

import cv2
import numpy as np

from kiosk.portrait.faces import Face, Image
from tests.benchmarks.why_scene import Change, Random, detector
from tests.portrait.damage import before_window, side_light, spot_light


def clipped(values: np.ndarray) -> Image:
    return np.asarray(np.clip(values, 0, 255), np.uint8)


def about_face(change: Callable[[Image, Face], Image]) -> Change:
    """Light that is placed by the face; without one the picture stays."""

    def changed(image: Image, random: Random) -> Image:
        faces = detector().find(image)
        return change(image, faces[0]) if faces else image

    return changed


# -- light ---------------------------------------------------------------------------------------
def dim(light: float, grain: float) -> Change:
    """Little light and a sensor that is turned up."""
    return lambda image, random: clipped(image * light + random.normal(0, grain, image.shape))


def silhouette(shade: float) -> Change:
    return about_face(lambda image, face: before_window(image, face, shade))


def window_beside(image: Image, random: Random) -> Image:
    dark = image * 0.25
    dark[:, :430] = 250
    return clipped(dark)


def flicker() -> Change:
    """A lamp that flickers: one frame dark, the next burnt out."""
    bright = [False]

    def change(image: Image, random: Random) -> Image:
        bright[0] = not bright[0]
        return clipped(image * (2.6 if bright[0] else 0.25))

    return change


def dark_bands(image: Image, random: Random) -> Image:
    """A lamp whose light comes and goes while the lines are read."""
    phase = random.uniform(0, 2 * np.pi)
    light = 0.3 + 0.18 * np.sin(np.arange(image.shape[0]) / 38 + phase)
    return clipped(image * light[:, None, None])


def spot(light: float, around: float) -> Change:
    return about_face(lambda image, face: spot_light(image, face, light, around))


def spot_on_half(image: Image, face: Face) -> Image:
    across = (np.arange(image.shape[1]) - face.x - face.width / 2) / 15
    return clipped(image * (0.5 + 3 / (1 + np.exp(-across)))[None, :, None])


def lamp_aside(darkest: float, light: float = 1.0) -> Change:
    return about_face(lambda image, face: clipped(side_light(image, face, darkest) * light))


# -- lens ----------------------------------------------------------------------------------------
def fogged(image: Image, random: Random) -> Image:
    return clipped(cv2.GaussianBlur(image, (0, 0), 8) * 0.4 + 120)


def hazy(contrast: float, veil: float) -> Change:
    return lambda image, random: clipped(image * contrast + veil)


def smeared(image: Image, random: Random) -> Image:
    """A finger's grease in the middle of the glass; the rest is clear."""
    return _in_part(image, cv2.GaussianBlur(image, (0, 0), 13) * 0.8 + 30, (640, 360), (300, 280))


def finger_before(image: Image, random: Random) -> Image:
    return _in_part(image, np.full(image.shape, (20.0, 25.0, 60.0)), (640, 480), (620, 480))


def _in_part(
    image: Image, other: np.ndarray, centre: tuple[int, int], axes: tuple[int, int]
) -> Image:
    part = np.zeros(image.shape[:2], np.float32)
    cv2.ellipse(part, centre, axes, 0, 0, 360, 1, -1)
    share = cv2.GaussianBlur(part, (0, 0), 45)[:, :, None]
    return clipped(image * (1 - share) + other * share)


# -- sensor and line -----------------------------------------------------------------------------
def noisy(deviation: float) -> Change:
    return lambda image, random: clipped(image + random.normal(0, deviation, image.shape))


def speckled(share: float) -> Change:
    """Pixels lost on the way: black or white."""

    def change(image: Image, random: Random) -> Image:
        made, lot = image.copy(), random.random(image.shape[:2])
        made[lot < share / 2], made[lot > 1 - share / 2] = 0, 255
        return made

    return change


def tinted_all(blue: float, green: float, red: float) -> Change:
    return lambda image, random: clipped(image * np.array((blue, green, red)))


def compressed(quality: int) -> Change:
    def change(image: Image, random: Random) -> Image:
        _, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
        return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)

    return change


def few_pixels(width: int, *, smooth: bool) -> Change:
    """A camera that sends a small picture, enlarged."""
    way = cv2.INTER_LINEAR if smooth else cv2.INTER_NEAREST

    def change(image: Image, random: Random) -> Image:
        size = (width, width * image.shape[0] // image.shape[1])
        small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
        return np.asarray(cv2.resize(small, image.shape[1::-1], interpolation=way), np.uint8)

    return change


def beside(dx: int, dy: int) -> Change:
    """Who stands so far off the middle."""
    matrix = np.array([[1, 0, dx], [0, 1, dy]], np.float32)

    def change(image: Image, random: Random) -> Image:
        wall = (130, 130, 130)
        moved = cv2.warpAffine(image, matrix, image.shape[1::-1], borderValue=wall)
        return np.asarray(moved, np.uint8)

    return change


# -- for TESTING: made after the limits were fixed -----------------------------------------------
def low_sun(image: Image, random: Random) -> Image:
    """The sun beside the head: all else lies in the dark behind a thin veil."""
    rows, columns = np.mgrid[: image.shape[0], : image.shape[1]]
    away = np.hypot(rows - 120, columns - 990)
    veil = 900 * np.exp(-((away / 150) ** 2)) + 10
    return clipped(image * 0.13 + veil[:, :, None])


def few_photons(image: Image, random: Random) -> Image:
    """A sensor that counts a handful of photons for each pixel."""
    return clipped(random.poisson(image / 255.0 * 5) * 51.0)


def video_blocks(image: Image, random: Random) -> Image:
    """A stream that got too little through: blocks of sixteen pixels with hardly any detail."""
    size = image.shape[1] // 16, image.shape[0] // 16
    coarse = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    coarse = cv2.resize(coarse, image.shape[1::-1], interpolation=cv2.INTER_NEAREST)
    return clipped(coarse * 0.8 + image * 0.2)


def twisted(image: Image, random: Random) -> Image:
    """The camera is turned about its own axis while the shutter is open."""
    size = image.shape[1::-1]
    turns = [
        cv2.warpAffine(
            image,
            cv2.getRotationMatrix2D((200, 700), angle, 1.0),
            size,
            borderMode=cv2.BORDER_REFLECT,
        ).astype(np.float32)
        for angle in np.linspace(-3, 3, 25)
    ]
    return clipped(np.mean(turns, axis=0))


def breathed_on(image: Image, random: Random) -> Image:
    """Breath on the cold glass, clear at the edges only."""
    mist = cv2.GaussianBlur(image, (0, 0), 16) * 0.55 + 85
    return _in_part(image, mist, (640, 360), (600, 330))
