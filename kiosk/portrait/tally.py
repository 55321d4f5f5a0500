"""What the frames of one capture have in common: the figures that a failure is explained by.

Numbers only: nothing in a tally shows a person.
"""

from dataclasses import dataclass, field
from statistics import median

import cv2
import numpy as np

from kiosk.portrait.disturbance import blocks, colour_cast, noise
from kiosk.portrait.faces import Face, Image, align_arcface
from kiosk.portrait.quality import FACE_GREY, SHARPNESS, Assessment
from kiosk.portrait.visibility import eye_sharpness

_SCENE = (320, 180)
_LOOK_EVERY = 3
"""The scene stands still; every third frame tells enough of it."""
_CAMERA_EVERY = 9
"""What the camera spoils it spoils for long, and looking takes half a frame's time."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Medians over a capture's frames; None where no frame had it.

    ``eye_sharpness`` is that of the eyes' band alone, which no mask softens. ``scene_sharpness``
    is the variance of the Laplacian on the whole picture at 320 pixels: what stands behind the
    resident is the same all day. ``noise``, ``blocks`` and ``colour_cast`` are of the whole picture
    too (disturbance). ``still`` is the share of frames that
    equal the one before to the last bit, which a working camera never sends. ``lowest`` and
    ``highest`` are the scores of single frames against their weakest reference.
    """

    frames: int = 0
    sharpness: float | None = None
    face_grey: float | None = None
    scene_sharpness: float | None = None
    still: float = 0.0
    lowest: float | None = None
    highest: float | None = None
    eye_sharpness: float | None = None
    noise: float | None = None
    blocks: float | None = None
    colour_cast: float | None = None


@dataclass(slots=True)
class Counting:
    """Counts while the frames come."""

    frames: int = 0
    same: int = 0
    _sharpness: list[float] = field(default_factory=list)
    _eyes: list[float] = field(default_factory=list)
    _face_grey: list[float] = field(default_factory=list)
    _scene: list[float] = field(default_factory=list)
    _noise: list[float] = field(default_factory=list)
    _blocks: list[float] = field(default_factory=list)
    _cast: list[float] = field(default_factory=list)
    _last: Image | None = None

    def add(self, image: Image, assessment: Assessment) -> None:
        """Take one judged frame."""
        sample = np.ascontiguousarray(image[::16, ::16])
        if self._last is not None and np.array_equal(sample, self._last):
            self.same += 1
        self._last = sample
        if self.frames % _LOOK_EVERY == 0:
            self._scene.append(scene_sharpness(image))
        if self.frames % _CAMERA_EVERY == 0:
            self._noise.append(noise(image))
            self._blocks.append(blocks(image))
            self._cast.append(colour_cast(image))
        self.frames += 1
        if assessment.face is not None:
            self._look_at_eyes(image, assessment.face)
        for measure in assessment.measures:
            if measure.name == SHARPNESS and assessment.face is not None:
                self._sharpness.append(measure.value)
            elif measure.name == FACE_GREY:
                self._face_grey.append(measure.value)

    def tally(self, scores: list[float]) -> Tally:
        """Sum up; ``scores`` are those of single frames."""
        return Tally(
            frames=self.frames,
            sharpness=_median(self._sharpness),
            face_grey=_median(self._face_grey),
            scene_sharpness=_median(self._scene),
            still=self.same / (self.frames - 1) if self.frames > 1 else 0.0,
            lowest=min(scores, default=None),
            highest=max(scores, default=None),
            eye_sharpness=_median(self._eyes),
            noise=_median(self._noise),
            blocks=_median(self._blocks),
            colour_cast=_median(self._cast),
        )

    def _look_at_eyes(self, image: Image, face: Face) -> None:
        crop = align_arcface(image, face)
        if crop is not None:
            self._eyes.append(eye_sharpness(crop))


def scene_sharpness(image: Image) -> float:
    """Return the variance of the Laplacian of the whole picture at 320 x 180.

    Averaging down takes away the sensor's noise, which looks sharp.
    """
    small = cv2.resize(image, _SCENE, interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)
    return float(cv2.Laplacian(grey, cv2.CV_64F).var())


def _median(values: list[float]) -> float | None:
    return float(median(values)) if values else None
