"""Recognition engines: a picture with a face in it becomes numbers, two of which compare.

An engine is what a model slot says. Numbers of different engines are never compared. An engine
looks at a face in one or several ways (landmarks of the whole picture or of a close-up, as it
is or mirrored); the mean of what it sees is steadier than one look. Numbers whose cosine is
compared lie about a common centre; taken off, what is left differs more between people. Where
the slot says what their length tells, it goes along as one more number: of the two faces of a
pair the one that the network is less sure of says how alike they can be expected to look.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.portrait.dlib_network import INPUT_NAME, SIDE_PX, DlibFileError, to_onnx
from kiosk.portrait.faces import Face, Image, align_arcface
from kiosk.portrait.network_errors import in_a_line, not_taken
from kiosk.portrait.onnx_reader import OnnxFileError, input_shape
from kiosk.portrait.slots import Length, ModelInput, ModelSlot, SlotError

Embedding = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Look:
    """One way to look at a face: by which landmarks, and mirrored or not."""

    landmarks: str
    mirrored: bool


class Engine(Protocol):
    """One network behind a slot."""

    slot: ModelSlot

    @property
    def looks(self) -> tuple[Look, ...]:
        """Return the ways this engine looks at a face."""
        ...

    def look(self, image: Image, face: Face, look: Look) -> Embedding | None:
        """Return the face's numbers seen one way; None when it could not be aligned."""
        ...

    def join(self, looks: Sequence[Embedding]) -> Embedding:
        """Make one picture's numbers of several looks at it."""
        ...

    def compare(self, one: Embedding, other: Embedding) -> float:
        """Return the slot's metric between two faces."""
        ...


_LENGTHS_MOST = 2.0
"""Deviations from the crowd that count: beyond, a worse picture gains no more."""


def looks_of(slot: ModelSlot) -> tuple[Look, ...]:
    """Return the ways of looking that a slot asks for."""
    if slot.input is None:
        return ()
    sides = (False, True) if slot.mirror else (False,)
    return tuple(Look(name, side) for name in slot.input.landmarks for side in sides)


def embed(engine: Engine, image: Image, face: Face) -> Embedding | None:
    """Return the mean of all of the engine's looks at a face; None when one was not possible."""
    seen = [engine.look(image, face, look) for look in engine.looks]
    known = [numbers for numbers in seen if numbers is not None]
    return engine.join(known) if len(known) == len(seen) else None


def _unit(vector: Embedding) -> Embedding:
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-12), np.float32)


def _mean(slot: ModelSlot, looks: Sequence[Embedding]) -> Embedding:
    mean = np.asarray(np.mean(np.stack(list(looks)), axis=0), np.float32)
    if slot.metric != "cosine":
        return mean
    if slot.length is None:
        return _unit(mean)
    return np.append(_unit(mean[:-1]), np.clip(mean[-1:], -_LENGTHS_MOST, _LENGTHS_MOST))


def _compare(slot: ModelSlot, one: Embedding, other: Embedding) -> float:
    if slot.metric == "euclidean":
        return float(np.linalg.norm(one - other))
    return float(compare_all(slot, one[np.newaxis], other[np.newaxis])[0, 0])


def compare_all(slot: ModelSlot, ones: NDArray[Any], others: NDArray[Any]) -> NDArray[Any]:
    """Return the slot's metric between each of ``ones`` (rows) and each of ``others``."""
    if slot.metric == "euclidean":
        squares = (ones**2).sum(1)[:, None] + (others**2).sum(1)[None, :] - 2 * ones @ others.T
        return np.asarray(np.sqrt(np.maximum(squares, 0.0)))
    if slot.length is None:
        return np.asarray(ones @ others.T)
    shorter = np.minimum(ones[:, -1:], others[:, -1][None, :])
    return np.asarray(ones[:, :-1] @ others[:, :-1].T - slot.length.weight * shorter)


def _check_output(slot: ModelSlot, vector: NDArray[Any]) -> None:
    if vector.size != slot.output_size:
        raise SlotError(
            f"{slot.source}: the network gives {vector.size} numbers, "
            f"output.size says {slot.output_size}"
        )


class OnnxEngine:
    """An ONNX network run by OpenCV on an aligned crop."""

    def __init__(self, slot: ModelSlot) -> None:
        self.slot = slot
        if slot.input is None:
            raise SlotError(f"{slot.source}: input: missing")
        if slot.input.alignment != "arcface_112" or slot.input.width != slot.input.height:
            raise SlotError(f"{slot.source}: input: needs a square arcface_112 crop")
        self._input: ModelInput = slot.input
        self._centre = np.array(slot.centre, np.float32) if slot.centre else None
        try:
            self._network: Any = cv2.dnn.readNetFromONNX(str(slot.file("network")))
        except cv2.error as error:
            raise SlotError(f"{slot.source}: OpenCV cannot run it: {in_a_line(error)}") from error
        _check_fed(slot, self._input, slot.file("network").read_bytes())
        blank = np.zeros((self._input.height, self._input.width, 3), np.uint8)
        try:
            probe = self._forward(blank)
        except cv2.error as error:
            raise SlotError(not_taken(slot.source, self._input)) from error
        _check_output(slot, probe)

    @property
    def looks(self) -> tuple[Look, ...]:
        """Return the ways this engine looks at a face."""
        return looks_of(self.slot)

    def look(self, image: Image, face: Face, look: Look) -> Embedding | None:
        """Return the numbers of the aligned crop; for cosine centred and of unit length.

        Where the slot says what their length tells, it is the last number, in deviations.
        """
        crop = align_arcface(image, face, self._input.width, look.landmarks)
        if crop is None:
            return None
        vector = self._forward(_turned(crop, look))
        if self.slot.metric != "cosine":
            return vector
        seen = _unit(vector) if self._centre is None else _unit(_unit(vector) - self._centre)
        length = self.slot.length
        return seen if length is None else np.append(seen, _length(vector, length))

    def join(self, looks: Sequence[Embedding]) -> Embedding:
        """Make one picture's numbers of several looks at it."""
        return _mean(self.slot, looks)

    def compare(self, one: Embedding, other: Embedding) -> float:
        """Return the slot's metric between two faces."""
        return _compare(self.slot, one, other)

    def _forward(self, crop: Image) -> Embedding:
        values = crop[:, :, ::-1] if self._input.colour_order == "RGB" else crop
        floats = (values.astype(np.float32) - np.array(self._input.mean, np.float32)) * np.float32(
            self._input.scale
        )
        if self._input.layout == "NCHW":
            floats = floats.transpose(2, 0, 1)
        self._network.setInput(np.ascontiguousarray(floats[np.newaxis]), self._input.name)
        return np.asarray(self._network.forward(), np.float32).ravel()


def _check_fed(slot: ModelSlot, fed: ModelInput, data: bytes) -> None:
    """Refuse what the file itself says it is not fed: a network that flattens takes any shape."""
    try:
        stated = input_shape(memoryview(data), fed.name)
    except OnnxFileError as error:
        raise SlotError(f"{slot.source}: {slot.file('network')}: {error}") from error
    sides = (3, fed.height, fed.width) if fed.layout == "NCHW" else (fed.height, fed.width, 3)
    known = None if stated is None else stated[1:]
    if (
        known is None
        or len(known) != 3
        or any(side not in (None, said) for side, said in zip(known, sides, strict=True))
    ):
        raise SlotError(not_taken(slot.source, fed))


class DlibEngine:
    """dlib's ResNet on the detector's box, its own five points and its own chip.

    OpenCV runs it: dlib's wheel takes six times as long for the same numbers.
    """

    def __init__(self, slot: ModelSlot) -> None:
        self.slot = slot
        _check_dlib_input(slot)
        try:
            import dlib  # only where this engine is chosen: half a second and 90 MB
        except ImportError as error:
            raise SlotError(f"{slot.source}: the package dlib is not installed") from error
        self._dlib: Any = dlib
        try:
            self._landmarks: Any = dlib.shape_predictor(str(slot.file("landmarks")))
        except RuntimeError as error:
            raise SlotError(f"{slot.source}: dlib cannot load it: {error}") from error
        try:
            network = to_onnx(slot.file("network").read_bytes())
        except DlibFileError as error:
            raise SlotError(f"{slot.file('network')}: {error}") from error
        self._network: Any = cv2.dnn.readNetFromONNX(np.frombuffer(network, np.uint8))
        _check_output(slot, self._forward(np.zeros((SIDE_PX, SIDE_PX, 3), np.uint8)))

    @property
    def looks(self) -> tuple[Look, ...]:
        """Return the ways this engine looks at a face."""
        return looks_of(self.slot)

    def look(self, image: Image, face: Face, look: Look) -> Embedding | None:
        """Return the descriptor of the face (not of unit length)."""
        part, left, top = _surroundings(image, face)
        if part.size == 0:
            return None
        rgb = np.ascontiguousarray(part[:, :, ::-1])
        box = self._dlib.rectangle(
            round(face.x - left),
            round(face.y - top),
            round(face.x + face.width - left),
            round(face.y + face.height - top),
        )
        chip = self._dlib.get_face_chip(rgb, self._landmarks(rgb, box), SIDE_PX, 0.25)
        return self._forward(_turned(chip, look))

    def join(self, looks: Sequence[Embedding]) -> Embedding:
        """Make one picture's numbers of several looks at it."""
        return _mean(self.slot, looks)

    def compare(self, one: Embedding, other: Embedding) -> float:
        """Return the distance between two faces."""
        return _compare(self.slot, one, other)

    def _forward(self, chip: Image) -> Embedding:
        floats = np.ascontiguousarray(chip.transpose(2, 0, 1)[np.newaxis], np.float32)
        self._network.setInput(floats, INPUT_NAME)
        return np.asarray(self._network.forward(), np.float32).ravel()


_DLIB_INPUT = ModelInput(
    name=INPUT_NAME,
    width=SIDE_PX,
    height=SIDE_PX,
    layout="NHWC",
    colour_order="RGB",
    mean=(0.0, 0.0, 0.0),
    scale=1.0,
    alignment="dlib_five_point",
    landmarks=("whole",),
    looks_in_turn=False,
)
"""What dlib is fed, whatever a slot says: mean and scale lie in its own file."""


def _check_dlib_input(slot: ModelSlot) -> None:
    """Refuse what a slot says and dlib would not do."""
    if slot.input is None:
        raise SlotError(f"{slot.source}: input: missing")
    for name in (field.name for field in fields(ModelInput) if field.name != "looks_in_turn"):
        said, done = getattr(slot.input, name), getattr(_DLIB_INPUT, name)
        if said != done:
            shown = list(done) if isinstance(done, tuple) else done
            raise SlotError(f"{slot.source}: input.{name}: dlib is fed {shown!r}, nothing else")
    if slot.metric != "euclidean":
        raise SlotError(f"{slot.source}: output.metric: dlib's numbers are compared by euclidean")


def _length(vector: Embedding, length: Length) -> np.float32:
    """Return by how many of the crowd's deviations the numbers are longer than its mean."""
    logarithm = np.log(max(float(np.linalg.norm(vector)), 1e-12))
    return np.float32((logarithm - length.mean) / length.deviation)


def _turned(crop: Image, look: Look) -> Image:
    return np.ascontiguousarray(crop[:, ::-1]) if look.mirrored else crop


def _surroundings(image: Image, face: Face) -> tuple[Image, int, int]:
    """Cut the face with a margin of its own size, so that dlib need not copy whole frames."""
    height, width = image.shape[:2]
    left = max(0, int(face.x - face.width))
    top = max(0, int(face.y - face.height))
    right = min(width, int(face.x + 2 * face.width) + 1)
    bottom = min(height, int(face.y + 2 * face.height) + 1)
    return image[top:bottom, left:right], left, top


def open_engine(slot: ModelSlot) -> Engine:
    """Load the network of a recogniser slot; SlotError in one line when it cannot run."""
    if slot.runtime == "onnx":
        return OnnxEngine(slot)
    if slot.runtime == "dlib":
        return DlibEngine(slot)
    raise SlotError(f"{slot.source}: runtime {slot.runtime} is no single recogniser")
