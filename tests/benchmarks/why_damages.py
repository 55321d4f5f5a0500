"""What is made wrong with machine, capture, reference or person.

why_tables says what is right to be told of each.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np

from kiosk.portrait.encoded import encode_jpeg
from kiosk.portrait.faces import Image
from kiosk.portrait.results import CAUSES
from kiosk.portrait.results import ReasonKey as Key
from tests.benchmarks.why_scene import Change, Random, Scene, detector, unchanged
from tests.portrait.heads import turn_head

Documents = tuple[bytes | None, bytes | None]


@dataclass(frozen=True)
class Damage:
    """One way to fail: what it is made of and which keys' sentences are true of it."""

    name: str
    keys: tuple[Key, ...]
    scene: Callable[[Image, Image, Random], Scene]
    documents: Callable[[Image, Image], Documents]
    blurred_before: int = 0

    @property
    def cause(self) -> str:
        """Return the right cause: that of every key that is right."""
        (cause,) = {CAUSES[key] for key in self.keys}
        return cause.value


# -- what the camera does ------------------------------------------------------------------------
def gain(low: float, high: float) -> Change:
    def change(image: Image, random: Random) -> Image:
        dark = image.astype(np.float32) * random.uniform(low, high)
        return np.clip(dark, 0, 255).astype(np.uint8)

    return change


def gamma(power: float) -> Change:
    def change(image: Image, random: Random) -> Image:
        return np.asarray(255 * (image / 255.0) ** power, np.uint8)

    return change


def against_window(image: Image, random: Random) -> Image:
    """The exposure follows a bright window: the room burns out, the face stays dark."""
    dark = image.astype(np.float32) * 0.3
    dark[:, :320] = dark[:, -320:] = 250
    return np.clip(dark, 0, 255).astype(np.uint8)


def gaussian(sigma: float) -> Change:
    return lambda image, random: np.asarray(cv2.GaussianBlur(image, (0, 0), sigma), np.uint8)


def pillbox(radius: int) -> Change:
    """A lens out of focus: every point becomes a disc."""
    y, x = np.ogrid[-radius : radius + 1, -radius : radius + 1]
    kernel = np.asarray(x * x + y * y <= radius * radius, np.float32)
    kernel /= kernel.sum()
    return lambda image, random: np.asarray(cv2.filter2D(image, -1, kernel), np.uint8)


def grease(image: Image, random: Random) -> Image:
    """Fat on the glass: most light is spread, and a veil lies over all."""
    spread = cv2.GaussianBlur(image, (0, 0), 13).astype(np.float32)
    return np.clip(0.9 * spread + 0.1 * image * 0.9 + 14, 0, 255).astype(np.uint8)


def streaks(image: Image, random: Random) -> Image:
    """Wiped with a wet cloth: smeared along one direction, with drops."""
    kernel = np.zeros((45, 45), np.float32)
    cv2.line(kernel, (0, 8), (44, 36), 1.0, 5)
    smeared = cv2.filter2D(image, -1, kernel / kernel.sum())
    return np.asarray(cv2.GaussianBlur(smeared, (0, 0), 5), np.uint8)


# -- what the person does ------------------------------------------------------------------------
def turned(low: float, high: float) -> Change:
    def change(image: Image, random: Random) -> Image:
        faces = detector().find(image)
        angle = random.uniform(low, high)
        return turn_head(image, faces[0], angle) if faces else image

    return change


def squeezed(image: Image, random: Random) -> Image:
    """Looks to the other side: mirrored, then turned further."""
    return turned(42, 55)(np.ascontiguousarray(image[:, ::-1]), random)


def surgical_mask(image: Image, random: Random) -> Image:
    covered = image.copy()
    for face in detector().find(image)[:1]:
        eyes, mouth = face.landmarks[:2].mean(0), face.landmarks[3:].mean(0)
        top = int(eyes[1] + 0.35 * (mouth[1] - eyes[1]))
        left, right = int(face.x), int(face.x + face.width)
        cv2.rectangle(
            covered, (left, top), (right, int(face.y + face.height * 1.05)), (205, 190, 170), -1
        )
    return covered


def scarf_and_cap(image: Image, random: Random) -> Image:
    covered = image.copy()
    for face in detector().find(image)[:1]:
        eyes, mouth = face.landmarks[:2].mean(0), face.landmarks[3:].mean(0)
        low = int(eyes[1] + 0.55 * (mouth[1] - eyes[1]))
        centre = (int(face.x + face.width / 2), int(face.y + face.height))
        axes = (int(face.width * 0.7), max(2, centre[1] - low))
        cv2.ellipse(covered, centre, axes, 0, 180, 360, (60, 40, 130), -1)
        high = int(eyes[1] - 0.25 * (mouth[1] - eyes[1]))
        cv2.rectangle(
            covered, (int(face.x - 9), 0), (int(face.x + face.width + 9), high), (50, 50, 40), -1
        )
    return covered


def sunglasses(image: Image, random: Random) -> Image:
    covered = image.copy()
    for face in detector().find(image)[:1]:
        radius = int(face.eye_distance * 0.42)
        for eye in face.landmarks[:2]:
            cv2.circle(covered, (int(eye[0]), int(eye[1])), radius, (20, 20, 20), -1)
    return covered


def hand(image: Image, random: Random) -> Image:
    covered = image.copy()
    for face in detector().find(image)[:1]:
        nose = face.landmarks[2]
        for finger in range(4):
            y = int(nose[1] - 0.35 * face.height + finger * face.height * 0.2)
            start = (int(face.x + face.width * 1.1), y + 8)
            cv2.line(covered, start, (int(nose[0] - face.width * 0.35), y), (120, 150, 200), 15)
    return covered


def striped_scarf(image: Image, random: Random) -> Image:
    """Knitted stripes from the nose down: edges and colours where the mouth is."""
    covered = image.copy()
    for face in detector().find(image)[:1]:
        eyes, mouth = face.landmarks[:2].mean(0), face.landmarks[3:].mean(0)
        top = int(eyes[1] + 0.5 * (mouth[1] - eyes[1]))
        left, right = int(face.x - 0.15 * face.width), int(face.x + 1.15 * face.width)
        for at, y in enumerate(range(top, image.shape[0], 6)):
            colour = ((70, 60, 150), (190, 190, 200))[at % 2]
            sag = 5 * np.sin(np.linspace(0, np.pi, right - left))
            for x in range(max(left, 0), min(right, image.shape[1])):
                low = y + int(sag[x - left])
                covered[low : low + 6, x] = colour
    return covered


def dotted_mask(image: Image, random: Random) -> Image:
    """A mask of blue cloth with white dots, rounded at the cheeks."""
    covered = image.copy()
    for face in detector().find(image)[:1]:
        eyes, mouth = face.landmarks[:2].mean(0), face.landmarks[3:].mean(0)
        top = int(eyes[1] + 0.45 * (mouth[1] - eyes[1]))
        shape = np.zeros(image.shape[:2], np.uint8)
        centre = (int(face.x + face.width / 2), int((top + face.y + face.height) / 2))
        axes = (int(0.52 * face.width), int((face.y + face.height - top) / 2) + 4)
        cv2.ellipse(shape, centre, axes, 0, 0, 360, 1, -1)
        cloth = np.full_like(image, (140, 90, 50))
        step = max(6, round(0.12 * face.eye_distance))
        for y in range(0, image.shape[0], step):
            for x in range((y // step % 2) * step // 2, image.shape[1], step):
                cv2.circle(cloth, (x, y), max(1, step // 4), (235, 235, 235), -1)
        covered[shape == 1] = cloth[shape == 1]
    return covered


def telephone(image: Image, random: Random) -> Image:
    """A telephone held up before nose and mouth: dark glass with a bright edge, a little aslant."""
    covered = image.copy()
    for face in detector().find(image)[:1]:
        nose, mouth = face.landmarks[2], face.landmarks[3:].mean(0)
        centre = (float(mouth[0] + 4), float(mouth[1] + 0.12 * face.height))
        size = (0.55 * face.width, 0.95 * float(mouth[1] - nose[1]) + 0.45 * face.height)
        corners = cv2.boxPoints((centre, size, 12.0)).astype(np.int32)
        cv2.fillPoly(covered, [corners], (40, 36, 32))
        cv2.polylines(covered, [corners], isClosed=True, color=(200, 200, 205), thickness=3)
    return covered


def whirled(radius: int) -> Change:
    """Moves in a small circle while the shutter is open."""
    side = 2 * radius + 1
    kernel = np.zeros((side, side), np.float32)
    cv2.circle(kernel, (radius, radius), radius, 1.0, 1)
    kernel /= kernel.sum()
    return lambda image, random: np.asarray(cv2.filter2D(image, -1, kernel), np.uint8)


def shaken(length: int, angle_deg: float) -> Change:
    kernel = np.zeros((length, length), np.float32)
    middle = length // 2
    dx, dy = np.cos(np.radians(angle_deg)) * middle, np.sin(np.radians(angle_deg)) * middle
    ends = [(round(middle - dx), round(middle - dy)), (round(middle + dx), round(middle + dy))]
    cv2.line(kernel, ends[0], ends[1], 1.0, 1)
    kernel /= kernel.sum()
    return lambda image, random: np.asarray(cv2.filter2D(image, -1, kernel), np.uint8)


# -- what is wrong with the papers ---------------------------------------------------------------
def good_documents(document: Image, other: Image) -> Documents:
    return None, encode_jpeg(document)


def both_documents(document: Image, other: Image) -> Documents:
    return encode_jpeg(document), encode_jpeg(document)


def poor(change: Callable[[Image], Image | bytes]) -> Callable[[Image, Image], Documents]:
    def documents(document: Image, other: Image) -> Documents:
        made = change(document)
        return None, made if isinstance(made, bytes) else encode_jpeg(made)

    return documents


def small(side: int) -> Callable[[Image], Image]:
    def change(image: Image) -> Image:
        tiny = cv2.resize(image, (side, side), interpolation=cv2.INTER_AREA)
        return np.asarray(
            cv2.resize(tiny, image.shape[1::-1], interpolation=cv2.INTER_CUBIC), np.uint8
        )

    return change


def jpeg_2000(image: Image) -> bytes:
    options = [cv2.IMWRITE_JPEG2000_COMPRESSION_X1000, 4]
    done, data = cv2.imencode(".jp2", image, options)
    assert done
    return bytes(data.tobytes())


def jpeg(quality: int) -> Callable[[Image], bytes]:
    return lambda image: encode_jpeg(image, quality)


def lit(light: float, more: float = 0.0) -> Callable[[Image], Image]:
    return lambda image: np.asarray(np.clip(image * light + more, 0, 255), np.uint8)


def lying(image: Image) -> Image:
    """Scanned on its side."""
    return np.ascontiguousarray(np.rot90(image))


def grainy(image: Image) -> Image:
    grain = np.random.default_rng(3).normal(0, 70, image.shape)
    return np.asarray(np.clip(image + grain, 0, 255), np.uint8)


def under_foil(image: Image) -> Image:
    """Scanned through foil, with the lamp's reflection across."""
    rows = np.arange(image.shape[0])[:, None, None]
    shine = 90 * np.exp(-(((rows - 0.5 * image.shape[0]) / 18) ** 2))
    return np.asarray(np.clip(image * 0.1 + 150 + shine, 0, 255), np.uint8)


def upside_down(image: Image) -> Image:
    return np.ascontiguousarray(image[::-1, ::-1])


def of_a_newspaper(image: Image) -> bytes:
    """Half the size, and compressed as far as it goes."""
    half = cv2.resize(image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    return encode_jpeg(np.asarray(half, np.uint8), 3)


def tiny_chip(document: Image, other: Image) -> Documents:
    return encode_jpeg(small(26)(document)), encode_jpeg(document)


def faded(image: Image) -> Image:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), 2.5) * 0.12 + 190, np.uint8)


def photocopied(image: Image) -> Image:
    grey = cv2.cvtColor(cv2.GaussianBlur(image, (0, 0), 4.5), cv2.COLOR_BGR2GRAY)
    return np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR), np.uint8)


def disagreeing(document: Image, other: Image) -> Documents:
    return encode_jpeg(document), encode_jpeg(other)


def disagreeing_other_way(document: Image, other: Image) -> Documents:
    return encode_jpeg(other), encode_jpeg(document)


def poor_chip(document: Image, other: Image) -> Documents:
    blurred = np.asarray(cv2.GaussianBlur(document, (0, 0), 5), np.uint8)
    return encode_jpeg(blurred), encode_jpeg(document)


def broken_record(document: Image, other: Image) -> Documents:
    return encode_jpeg(document), b"\xff\xd8 no picture"


def broken_chip(document: Image, other: Image) -> Documents:
    return bytes(300), encode_jpeg(document)


def nothing(document: Image, other: Image) -> Documents:
    return None, None


def both_of_another(document: Image, other: Image) -> Documents:
    return encode_jpeg(other), encode_jpeg(other)


def missing(document: Image, other: Image) -> Documents:
    return encode_jpeg(document), None


def no_face(document: Image, other: Image) -> Documents:
    return None, encode_jpeg(np.ascontiguousarray(document[:60, :60]))


def of_camera(
    name: str, *keys: Key, change: Change, before: int = 0, still: bool = False
) -> Damage:
    return Damage(
        name,
        keys,
        lambda live, other, random: Scene(live, camera=change, still=still),
        good_documents,
        before,
    )


def of_capture(name: str, *keys: Key, change: Change = unchanged, **more: float) -> Damage:
    return Damage(
        name,
        keys,
        lambda live, other, random: replace(Scene(live, person=change), **more),
        both_documents,
    )


def of_people(name: str, change: Change) -> Damage:
    """Somebody else than the papers say, of whom good pictures are taken."""
    return Damage(
        name,
        (Key.LOW_SCORE,),
        lambda live, other, random: Scene(other, camera=change),
        good_documents,
    )


def of_reference(name: str, documents: Callable[[Image, Image], Documents], *keys: Key) -> Damage:
    return Damage(name, keys, lambda live, other, random: Scene(live), documents)


def frozen(live: Image, other: Image, random: Random) -> Scene:
    """The camera stopped while somebody else stood there."""
    return Scene(other, still=True)


def nobody(live: Image, other: Image, random: Random) -> Scene:
    return Scene(np.full_like(live, 130), scale=0.02)


def company(live: Image, other: Image, random: Random) -> Scene:
    return Scene(live, second=other)


def relieved(live: Image, other: Image, random: Random) -> Scene:
    return Scene(live, swapped=other)


def impostor(live: Image, other: Image, random: Random) -> Scene:
    return Scene(other)


def slow_impostor(live: Image, other: Image, random: Random) -> Scene:
    return Scene(other, camera=gain(0.8, 0.9), scale=0.85)


def burnt_out(image: Image, random: Random) -> Image:
    """The sun in the lens: all white."""
    return np.full_like(image, 255)
