"""What people wear and hold before their faces, drawn on a photograph by its landmarks."""

from collections.abc import Callable, Sequence

import cv2
import numpy as np

from kiosk.portrait.faces import Face, Image
from tests.benchmarks.why_scene import Change, Random, detector
from tests.portrait.damage import Colour, face_mask, laid_over

Point = tuple[float, float]
Draw = Callable[[Image, Face, Random], Image]


def before(draw: Draw) -> Change:
    """Draw before the face of a photograph, where one is found."""

    def change(image: Image, random: Random) -> Image:
        faces = detector().find(image)
        return draw(image.copy(), faces[0], random) if faces else image

    return change


def _middles(face: Face) -> tuple[Point, Point, Point, float]:
    """Return the middle of the eyes, the nose, the middle of the mouth, and the eye distance."""
    (ex, ey), (mx, my) = face.landmarks[:2].mean(0), face.landmarks[3:].mean(0)
    nx, ny = face.landmarks[2]
    return (float(ex), float(ey)), (float(nx), float(ny)), (float(mx), float(my)), face.eye_distance


def _skin(image: Image, face: Face) -> np.ndarray:
    x, y = (int(v) for v in face.landmarks[2])
    return np.median(image[max(0, y - 18) : y - 6, x - 12 : x + 12].reshape(-1, 3), axis=0)


def _whole(point: Point) -> tuple[int, int]:
    return int(point[0]), int(point[1])


def _ellipse(image: Image, centre: Point, axes: Point, turn: float = 0.0) -> np.ndarray:
    shape = np.zeros(image.shape[:2], np.uint8)
    cv2.ellipse(shape, _whole(centre), _whole(axes), turn, 0, 360, 1, -1)
    return shape


def _board(image: Image, centre: Point, size: Point, turn: float, colour: Colour) -> Image:
    corners = cv2.boxPoints((centre, size, turn)).astype(np.int32)
    cv2.fillPoly(image, [corners], colour)
    return image


# -- worn ----------------------------------------------------------------------------------------
def plain_mask(colour: Colour) -> Change:
    return before(lambda image, face, random: face_mask(image, face, colour))


def skin_mask(image: Image, face: Face, random: Random) -> Image:
    blue, green, red = (int(v) for v in _skin(image, face))
    return face_mask(image, face, (blue, green, red))


def cup_mask(image: Image, face: Face, random: Random) -> Image:
    """A stiff white mask with a valve."""
    _, (nx, ny), (mx, my), unit = _middles(face)
    x, y = (nx + mx) / 2, (ny + my) / 2 + 0.15 * unit
    rows, columns = np.mgrid[: image.shape[0], : image.shape[1]]
    away = ((columns - x) ** 2 + (rows - y) ** 2) / (0.75 * unit) ** 2
    cloth = 235 * np.clip(1 - 0.35 * away, 0.4, 1)[:, :, None] * np.ones(3)
    made = laid_over(image, cloth, _ellipse(image, (x, y), (0.75 * unit, 0.75 * unit)))
    valve = _whole((x + 0.3 * unit, y + 0.2 * unit))
    cv2.circle(made, valve, int(0.14 * unit), (190, 190, 190), -1)
    return made


def scarf(colour: Colour, wide: float = 0.8, high: float = 0.35) -> Change:
    """A scarf in folds, from ``high`` of the way from the eyes to the mouth down."""

    def draw(image: Image, face: Face, random: Random) -> Image:
        (_, ey), _, (_, my), _ = _middles(face)
        top, middle = int(ey + high * (my - ey)), face.x + face.width / 2
        left, right = int(middle - wide * face.width), int(middle + wide * face.width)
        end = image.shape[0]
        corners = [(left, top - 10), (int(middle), top + 6), (right, top - 10)]
        shape = np.zeros(image.shape[:2], np.uint8)
        cv2.fillPoly(shape, [np.array([*corners, (right, end), (left, end)], np.int32)], 1)
        folds = 1 + 0.12 * np.sin(np.arange(end) / 5)[:, None, None]
        return laid_over(image, colour * folds + random.normal(0, 4, image.shape), shape)

    return before(draw)


def thin_veil(image: Image, face: Face, random: Random) -> Image:
    shape = np.zeros(image.shape[:2], np.uint8)
    shape[int(face.landmarks[2, 1]) :] = 1
    return laid_over(image, image * 0.25 + np.array((45, 38, 41)), shape)


def glasses(colour: Colour, thick: float, width: float, height: float, shine: float = 0) -> Change:
    """Glasses through which 1 - ``thick`` is seen, lighter towards the top by ``shine``."""

    def draw(image: Image, face: Face, random: Random) -> Image:
        (_, ey), _, _, unit = _middles(face)
        shape = np.zeros(image.shape[:2], np.uint8)
        for x, y in face.landmarks[:2]:
            shape |= _ellipse(image, (x, y + 0.05 * unit), (width * unit, height * unit))
        rows = (np.arange(image.shape[0]) - ey) / (height * unit)
        glass = np.array(colour) - shine * np.clip(rows, -1, 1)[:, None, None]
        return laid_over(image, image * (1 - thick) + glass * thick, shape)

    return before(draw)


def hair(reach: float, *, one_side: bool) -> Change:
    """Strands from the forehead down to ``reach`` eye distances below the eyes."""

    def draw(image: Image, face: Face, random: Random) -> Image:
        (ex, ey), _, _, unit = _middles(face)
        if one_side:
            ex = float(face.landmarks[1, 0])
        for _ in range(60 if one_side else 90):
            x = ex + random.uniform(-0.5, 0.7) * unit * (1 if one_side else 1.6)
            end = (x + random.uniform(-0.2, 0.2) * unit, ey + random.uniform(0.1, reach) * unit)
            colour = tuple(int(v) for v in random.integers(15, 50, 3))
            cv2.line(image, _whole((x, ey - 1.1 * unit)), _whole(end), colour, 2)
        return image

    return before(draw)


def low_cap(image: Image, face: Face, random: Random) -> Image:
    (ex, ey), _, _, unit = _middles(face)
    shape = _ellipse(image, (ex, ey - 0.5 * unit), (1.25 * unit, 0.85 * unit))
    return laid_over(image, np.array((70, 40, 30)) + random.normal(0, 3, image.shape), shape)


def cap_shadow(image: Image, face: Face, random: Random) -> Image:
    (ex, ey), _, _, unit = _middles(face)
    below = (np.arange(image.shape[0]) - ey - 0.45 * unit) / 4
    made = (image * (0.16 + 0.84 / (1 + np.exp(-below)))[:, None, None]).astype(np.uint8)
    peak = _whole((ex, ey - 0.95 * unit))
    cv2.ellipse(made, peak, _whole((1.2 * unit, 0.5 * unit)), 0, 0, 360, (60, 60, 60), -1)
    return made


# -- held ----------------------------------------------------------------------------------------
def _fingers(image: Image, face: Face, lines: Sequence[tuple[Point, Point]], width: float) -> Image:
    """Draw fingers of the face's own skin, with a dark edge."""
    skin = _skin(image, face)
    for start, end in lines:
        for shade, more in ((0.6, 3), (0.92, 0)):
            colour = tuple(float(v) for v in shade * skin)
            cv2.line(image, _whole(start), _whole(end), colour, int(width) + more)
    return image


def hand_at_mouth(image: Image, face: Face, random: Random) -> Image:
    _, _, (x, y), u = _middles(face)
    lines = [
        ((x + 0.9 * u, y + (0.9 - 0.22 * k) * u), (x - 0.55 * u, y + (0.35 - 0.24 * k) * u))
        for k in range(4)
    ]
    return _fingers(image, face, lines, 0.23 * u)


def hand_at_eye(image: Image, face: Face, random: Random) -> Image:
    x, y = (float(v) for v in face.landmarks[int(random.integers(0, 2))])
    u = face.eye_distance
    lines = [
        ((x + (0.1 * k - 0.2) * u, y + 1.3 * u), (x + (0.28 * k - 0.4) * u, y - 0.35 * u))
        for k in range(4)
    ]
    return _fingers(image, face, lines, 0.26 * u)


def hand_at_eyes(image: Image, face: Face, random: Random) -> Image:
    (x, y), _, _, u = _middles(face)
    lines = [
        ((x + 1.6 * u, y + 0.22 * k * u), (x - 0.95 * u, y + (0.22 * k - 0.3) * u))
        for k in range(3)
    ]
    return _fingers(image, face, lines, 0.24 * u)


def hand_spread(image: Image, face: Face, random: Random) -> Image:
    """The whole face behind spread fingers."""
    _, (x, y), _, u = _middles(face)
    lines = [((x + 0.1 * k * u, y + 1.9 * u), (x + (0.45 * k - 0.8) * u, y - u)) for k in range(4)]
    return _fingers(image, face, lines, 0.3 * u)


def paper(image: Image, face: Face, random: Random) -> Image:
    _, (_, ny), (mx, _), u = _middles(face)
    turn = float(random.uniform(-10, 10))
    return _board(image, (mx, ny + u), (2.2 * u, 1.9 * u), turn, (232, 235, 236))


def printed_paper(image: Image, face: Face, random: Random) -> Image:
    _, (x, y), _, u = _middles(face)
    made = paper(image, face, random)
    for line in range(8):
        at = y + (0.25 + 0.17 * line) * u
        ends = _whole((x - 0.8 * u, at)), _whole((x + (0.3 + 0.05 * line) * u, at))
        cv2.line(made, *ends, (60, 60, 60), 2)
    return made


def cup(image: Image, face: Face, random: Random) -> Image:
    _, _, (x, y), u = _middles(face)
    sides = [(-0.45, -0.28), (0.45, -0.28), (0.35, 1.0), (-0.35, 1.0)]
    corners = np.array([(x + a * u, y + b * u) for a, b in sides], np.int32)
    cv2.fillPoly(image, [corners], (60, 80, 200))
    lines = [
        ((x + 0.7 * u, y + (0.25 + 0.2 * k) * u), (x - 0.3 * u, y + (0.2 + 0.2 * k) * u))
        for k in range(3)
    ]
    return _fingers(image, face, lines, 0.17 * u)


def telephone_upright(image: Image, face: Face, random: Random) -> Image:
    _, _, (x, y), u = _middles(face)
    turn = float(random.uniform(-8, 8))
    made = _board(image, (x, y + 0.35 * u), (0.8 * u, 1.5 * u), turn, (22, 20, 20))
    cv2.circle(made, _whole((x - 0.25 * u, y - 0.2 * u)), 3, (90, 90, 90), -1)
    return made


def telephone_at_eye(image: Image, face: Face, random: Random) -> Image:
    x, y = (float(v) for v in face.landmarks[0])
    u = face.eye_distance
    return _board(image, (x - 0.1 * u, y + 0.3 * u), (0.75 * u, 1.6 * u), 8.0, (30, 28, 26))


def card(image: Image, face: Face, random: Random) -> Image:
    """The card, held before the mouth instead of put in."""
    _, _, (x, y), u = _middles(face)
    turn = float(random.uniform(-6, 6))
    made = _board(image, (x, y + 0.05 * u), (1.5 * u, 0.95 * u), turn, (190, 170, 120))
    _board(made, (x - 0.4 * u, y), (0.4 * u, 0.5 * u), turn, (120, 130, 150))
    for line in range(3):
        at = y - 0.25 * u + 6 + 8 * line
        cv2.line(made, _whole((x, at)), _whole((x + 0.6 * u, at)), (60, 50, 40), 2)
    return made


# -- for TESTING: drawn after the limits were fixed ----------------------------------------------
def knitted_scarf(image: Image, face: Face, random: Random) -> Image:
    """Grey wool from the nose down, in coarse stitches."""
    _, (_, top), _, u = _middles(face)
    shape = np.zeros(image.shape[:2], np.uint8)
    shape[int(top) + 2 :, int(face.x - 0.2 * u) : int(face.x + face.width + 0.2 * u)] = 1
    rows, columns = np.mgrid[: image.shape[0], : image.shape[1]]
    wool = 120 + 22 * np.sin(rows * 1.4) * np.sin(columns * 0.9)
    return laid_over(image, wool[:, :, None] * np.array((0.95, 1.0, 1.02)), shape)


def fingers_across(image: Image, face: Face, random: Random) -> Image:
    """Yawns behind a hand that comes from the left."""
    _, (x, y), _, u = _middles(face)
    lines = [
        (
            (x - 1.7 * u, y + (0.5 + 0.2 * k) * u),
            (x + (0.6 - 0.08 * k) * u, y + (0.1 + 0.24 * k) * u),
        )
        for k in range(4)
    ]
    return _fingers(image, face, lines, 0.25 * u)


def newspaper(image: Image, face: Face, random: Random) -> Image:
    """Two columns and a picture, held up to the nose."""
    _, (x, y), _, u = _middles(face)
    made = _board(image, (x, y + 1.2 * u), (3.0 * u, 2.2 * u), 3.0, (205, 212, 214))
    for column in (-1.2, 0.15):
        for line in range(10):
            at = y + (0.3 + 0.16 * line) * u
            ends = _whole((x + column * u, at)), _whole((x + (column + 1.0) * u, at))
            cv2.line(made, *ends, (90, 90, 90), 1)
    return _board(made, (x + 0.6 * u, y + 0.6 * u), (0.8 * u, 0.6 * u), 3.0, (110, 110, 110))


def square_glasses(image: Image, face: Face, random: Random) -> Image:
    """Square green glasses with a thick frame."""
    u = face.eye_distance
    for x, y in face.landmarks[:2]:
        for side, colour in ((0.92, (15, 15, 15)), (0.74, (40, 70, 30))):
            _board(image, (float(x), float(y) + 0.05 * u), (side * u, 0.8 * side * u), 0.0, colour)
    return image


def sleeve(image: Image, face: Face, random: Random) -> Image:
    """Sneezes into the elbow: dark blue cloth aslant over nose and mouth."""
    _, _, (x, y), u = _middles(face)
    shape = np.zeros(image.shape[:2], np.uint8)
    corners = cv2.boxPoints(((x, y), (4.0 * u, 1.15 * u), -18.0)).astype(np.int32)
    cv2.fillPoly(shape, [corners], 1)
    rows, columns = np.mgrid[: image.shape[0], : image.shape[1]]
    folds = 1 + 0.2 * np.sin((rows + 0.4 * columns) / 4)[:, :, None]
    return laid_over(image, np.array((110, 70, 45)) * folds, shape)


def bottle(image: Image, face: Face, random: Random) -> Image:
    """Drinks: a bottle and the hand about it before the mouth."""
    _, _, (x, y), u = _middles(face)
    _board(image, (x + 0.1 * u, y + 0.5 * u), (0.55 * u, 1.5 * u), -6.0, (150, 120, 60))
    lines = [
        ((x + 1.2 * u, y + (0.3 + 0.2 * k) * u), (x - 0.3 * u, y + 0.2 * k * u)) for k in range(4)
    ]
    return _fingers(image, face, lines, 0.2 * u)
