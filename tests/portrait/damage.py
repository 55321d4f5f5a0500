"""Damage done to a face in a made frame, placed by its landmarks: glass, masks, lamps, windows."""

import cv2
import numpy as np

from kiosk.portrait.faces import Face, Image

Colour = tuple[int, int, int]  # BGR

SURGICAL, WHITE, BLACK = (190, 160, 110), (215, 215, 215), (35, 35, 35)


def _grain(shape: tuple[int, ...], seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(0.0, 3.0, shape)


def laid_over(image: Image, layer: np.ndarray, mask: np.ndarray) -> Image:
    soft = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 1.5)[:, :, None]
    return np.clip(image * (1 - soft) + layer * soft, 0, 255).astype(np.uint8)


def sunglasses(image: Image, face: Face, colour: Colour = (28, 24, 22)) -> Image:
    """Dark glass with a faint reflection before both eyes, and a bridge between."""
    mask = np.zeros(image.shape[:2], np.uint8)
    unit = face.eye_distance
    eyes = face.landmarks[:2]
    for x, y in eyes:
        size = (int(unit * 0.42), int(unit * 0.32))
        cv2.ellipse(mask, (int(x), int(y + unit * 0.06)), size, 0, 0, 360, 1, -1)
    cv2.line(mask, *(tuple(int(v) for v in eye) for eye in eyes), 1, max(2, int(unit * 0.06)))
    shine = np.linspace(18, 0, image.shape[0])[:, None, None]
    return laid_over(image, np.array(colour) + shine + _grain(image.shape), mask)


def eyes_covered(image: Image, face: Face) -> Image:
    """Both eyes behind something of the colour of skin: a hand, a strip of paper."""
    mask = np.zeros(image.shape[:2], np.uint8)
    (left, y1), (right, y2) = face.landmarks[:2]
    unit, y = face.eye_distance, (y1 + y2) / 2
    top, bottom = int(y - 0.35 * unit), int(y + 0.28 * unit)
    mask[top:bottom, int(left - 0.6 * unit) : int(right + 0.6 * unit)] = 1
    nose_x, nose_y = face.landmarks[2]
    around = image[int(nose_y) - 4 : int(nose_y) + 4, int(nose_x) - 10 : int(nose_x) + 10]
    return laid_over(image, np.median(around, axis=(0, 1)) + _grain(image.shape), mask)


def face_mask(image: Image, face: Face, colour: Colour = SURGICAL) -> Image:
    """A mask with folds from the nose down over the chin."""
    left, right = (float(x) for x in face.landmarks[:2, 0])
    nose_x, nose_y = face.landmarks[2]
    unit, middle = face.eye_distance, float(nose_x)
    mouth_y = float(face.landmarks[3:, 1].mean())
    chin = mouth_y + 0.75 * unit
    points = [
        (left - 0.35 * unit, nose_y - 0.1 * unit),
        (middle, nose_y - 0.3 * unit),
        (right + 0.35 * unit, nose_y - 0.1 * unit),
        (right + 0.2 * unit, mouth_y + 0.3 * unit),
        (middle, chin),
        (left - 0.2 * unit, mouth_y + 0.3 * unit),
    ]
    mask = np.zeros(image.shape[:2], np.uint8)
    cv2.fillPoly(mask, [np.array(points, np.int32)], 1)
    folds = 1 + 0.04 * np.sin(np.arange(image.shape[0]) * 9 / unit)[:, None, None]
    return laid_over(image, np.array(colour) * folds + _grain(image.shape), mask)


def patterned(image: Image, face: Face) -> Image:
    """A scarf in black and white checks, from the nose down."""
    left, right = int(face.x - 0.1 * face.width), int(face.x + 1.1 * face.width)
    eyes, mouth = face.landmarks[:2].mean(0), face.landmarks[3:].mean(0)
    top = int(eyes[1] + 0.55 * (mouth[1] - eyes[1]))
    side = max(4, round(0.1 * face.eye_distance))
    covered = image.copy()
    for y in range(top, int(face.y + 1.2 * face.height), side):
        for x in range(max(left, 0), right, side):
            light = ((x - left) // side + (y - top) // side) % 2
            colour = (225, 225, 230) if light else (30, 30, 40)
            cv2.rectangle(covered, (x, y), (x + side - 1, y + side - 1), colour, -1)
    return covered


def side_light(image: Image, face: Face, darkest: float = 0.2) -> Image:
    """A lamp from the left: light falls off across the face."""
    start, end = face.x + 0.2 * face.width, face.x + 0.8 * face.width
    across = np.clip((np.arange(image.shape[1]) - start) / (end - start), 0, 1)
    return (image * (1 - (1 - darkest) * across)[None, :, None]).astype(np.uint8)


def tinted(image: Image, face: Face, colour: Colour = (150, 90, 60)) -> Image:
    """Thin coloured cloth over the lower face: the mouth's line shows through it."""
    made = image.copy()
    top = int((face.landmarks[2, 1] + face.landmarks[3:, 1].mean()) / 2)
    rows = slice(top, int(face.y + 1.1 * face.height))
    part = made[rows, int(face.x) : int(face.x + face.width)]
    light = part.mean(axis=2, keepdims=True) / 110
    part[:] = np.clip(light * np.array(colour), 0, 255)
    return made


def half_hidden(image: Image, face: Face, *, left: bool) -> Image:
    """Half behind something of the colour of skin that stands upright: an arm, a door."""
    made = image.copy()
    start, end = (-0.1, 0.45) if left else (0.55, 1.1)
    columns = slice(int(face.x + start * face.width), int(face.x + end * face.width))
    made[:, columns] = (120, 150, 200)
    return made


def veil(image: Image, face: Face) -> Image:
    """Sun on the lens lays a veil over all: bright, and yet nothing burns out."""
    return np.clip(image * 0.2 + 195 + _grain(image.shape), 0, 255).astype(np.uint8)


def spot_light(image: Image, face: Face, light: float, around: float = 1.0) -> Image:
    """A lamp that reaches the face alone; ``light`` and ``around`` multiply what is seen."""
    on = _ellipse(image, face, 0.55, 0.6)
    return np.clip(image * (around + (light - around) * on), 0, 255).astype(np.uint8)


def before_window(image: Image, face: Face, shade: float, window: float = 250.0) -> Image:
    """A bright window behind head and shoulders, which are in the shade."""
    person = np.maximum(
        _ellipse(image, face, 0.68, 0.72), _ellipse(image, face, 1.5, 1.15, down=1.9)
    )
    made = image * (shade * person) + window * (1 - person) + _grain(image.shape)
    return np.clip(made, 0, 255).astype(np.uint8)


def _ellipse(image: Image, face: Face, across: float, up: float, down: float = 0.0) -> np.ndarray:
    """A soft mask about the face, its half axes and its place in shares of the face's box."""
    mask = np.zeros(image.shape[:2], np.float32)
    centre = (int(face.x + face.width / 2), int(face.y + (0.5 + down) * face.height))
    cv2.ellipse(mask, centre, (int(across * face.width), int(up * face.height)), 0, 0, 360, 1, -1)
    return cv2.GaussianBlur(mask, (0, 0), 4.0)[:, :, None]
