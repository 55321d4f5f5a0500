"""Recognition engines: a picture with a face in it becomes numbers, two of which compare.

An engine is what a model slot says. Numbers of different engines are never compared. An engine
looks at a face in one or several ways (landmarks of the whole picture or of a close-up, as it
is or mirrored); the mean of what it sees is steadier than one look.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.portrait.dlib_network import INPUT_NAME, SIDE_PX, DlibFileError, to_onnx
from kiosk.portrait.faces import Face, Image, align_arcface
from kiosk.portrait.likeness import Embedding, Likeness, compare
from kiosk.portrait.network_errors import in_a_line, not_taken
from kiosk.portrait.onnx_bands import Rows, by_bands
from kiosk.portrait.onnx_reader import OnnxFileError, input_shape
from kiosk.portrait.slots import LastMap, ModelInput, ModelSlot, SlotError


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


def _check_output(slot: ModelSlot, numbers: NDArray[Any]) -> None:
    count = numbers.size // (1 + len(slot.bands))
    if count != slot.output_size:
        raise SlotError(
            f"{slot.source}: the network gives {count} numbers, output.size says {slot.output_size}"
        )
    if numbers.shape != (1 + len(slot.bands), count):
        raise SlotError(f"{slot.source}: output.map: the network gives no row for each band")


class OnnxEngine:
    """An ONNX network run by OpenCV on an aligned crop."""

    def __init__(self, slot: ModelSlot) -> None:
        self.slot = slot
        if slot.input is None:
            raise SlotError(f"{slot.source}: input: missing")
        if slot.input.alignment != "arcface_112" or slot.input.width != slot.input.height:
            raise SlotError(f"{slot.source}: input: needs a square arcface_112 crop")
        self._input: ModelInput = slot.input
        self._likeness = Likeness(slot)
        data = slot.file("network").read_bytes()
        self._network: Any = _open_network(slot, data)
        _check_fed(slot, self._input, data)
        count = 3 * self._input.height * self._input.width
        pattern = (np.arange(count) % 256).astype(np.uint8)
        probe = pattern.reshape(self._input.height, self._input.width, 3)
        try:
            _check_output(slot, self._forward(self._network, probe))
            if slot.last_map is not None and not slot.known_pairs:
                self._check_map(slot.last_map, data, probe)  # once: each start would wait for it
        except cv2.error as error:
            if slot.last_map is not None:
                raise _other_map(slot, slot.last_map) from error
            raise SlotError(not_taken(slot.source, self._input)) from error

    @property
    def looks(self) -> tuple[Look, ...]:
        """Return the ways this engine looks at a face."""
        return looks_of(self.slot)

    def look(self, image: Image, face: Face, look: Look) -> Embedding | None:
        """Return the numbers of the aligned crop, as the slot compares them."""
        crop = align_arcface(image, face, self._input.width, look.landmarks)
        if crop is None:
            return None
        return self._likeness.of(self._forward(self._network, _turned(crop, look)))

    def join(self, looks: Sequence[Embedding]) -> Embedding:
        """Make one picture's numbers of several looks at it."""
        return self._likeness.join(looks)

    def compare(self, one: Embedding, other: Embedding) -> float:
        """Return the slot's metric between two faces."""
        return compare(self.slot, one, other)

    def _check_map(self, last_map: LastMap, data: bytes, probe: Image) -> None:
        """Refuse more rows than there are: OpenCV cuts a mask that is too long without a word."""
        last, none = (last_map.rows - 1, last_map.rows), (0, 0)
        network = _open_by_bands(self.slot, last_map, data, [last, none])
        _, of_last, of_none = self._forward(network, probe)
        if np.array_equal(of_last, of_none):
            raise _other_map(self.slot, last_map)

    def _forward(self, network: Any, crop: Image) -> Embedding:
        """Return a row of numbers for the whole face, then one for each of the network's bands."""
        values = crop[:, :, ::-1] if self._input.colour_order == "RGB" else crop
        floats = (values.astype(np.float32) - np.array(self._input.mean, np.float32)) * np.float32(
            self._input.scale
        )
        if self._input.layout == "NCHW":
            floats = floats.transpose(2, 0, 1)
        network.setInput(np.ascontiguousarray(floats[np.newaxis]), self._input.name)
        numbers = np.asarray(network.forward(), np.float32)
        return numbers if self.slot.bands else numbers.reshape(1, -1)


def _open_network(slot: ModelSlot, data: bytes) -> Any:
    """Open the network, by bands where the slot has some; SlotError in one line."""
    if slot.last_map is not None:
        return _open_by_bands(slot, slot.last_map, data, [band.rows for band in slot.bands])
    return _open_plain(slot)


def _open_plain(slot: ModelSlot) -> Any:
    try:
        return cv2.dnn.readNetFromONNX(str(slot.file("network")))
    except cv2.error as error:
        raise SlotError(f"{slot.source}: OpenCV cannot run it: {in_a_line(error)}") from error


def _open_by_bands(slot: ModelSlot, last_map: LastMap, data: bytes, bands: Sequence[Rows]) -> Any:
    try:
        banded = by_bands(data, last_map.name, last_map.rows, bands)
        return cv2.dnn.readNetFromONNX(np.frombuffer(banded, np.uint8))
    except OnnxFileError as error:
        _open_plain(slot)  # a file that is none at all is told as that
        raise SlotError(f"{slot.source}: output.map: {error}") from error
    except cv2.error as error:
        _open_plain(slot)
        raise _other_map(slot, last_map) from error


def _check_fed(slot: ModelSlot, fed: ModelInput, data: bytes) -> None:
    """Refuse what the file itself says it is not fed: a network that flattens takes any shape."""
    try:
        stated = input_shape(memoryview(data), fed.name)
    except OnnxFileError as error:
        raise SlotError(f"{slot.source}: {slot.file('network')}: {error}") from error
    sides = (3, fed.height, fed.width) if fed.layout == "NCHW" else (fed.height, fed.width, 3)
    if stated == ():
        return
    if stated is None or len(stated) != 4 or not _fits(stated[1:], sides):
        raise SlotError(not_taken(slot.source, fed))


def _fits(stated: Sequence[int | None], sides: Sequence[int]) -> bool:
    return all(side in (None, said) for side, said in zip(stated, sides, strict=True))


def _other_map(slot: ModelSlot, last_map: LastMap) -> SlotError:
    return SlotError(
        f"{slot.source}: output.map: {last_map.name!r} has not {last_map.rows} rows, or what "
        "follows it does not take one map for each band"
    )


class DlibEngine:
    """dlib's ResNet on the detector's box, its own five points and its own chip.

    OpenCV runs it: dlib's wheel takes six times as long for the same numbers.
    """

    def __init__(self, slot: ModelSlot) -> None:
        self.slot = slot
        _check_dlib_input(slot)
        self._likeness = Likeness(slot)
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
        return self._likeness.of(self._forward(_turned(chip, look)))

    def join(self, looks: Sequence[Embedding]) -> Embedding:
        """Make one picture's numbers of several looks at it."""
        return self._likeness.join(looks)

    def compare(self, one: Embedding, other: Embedding) -> float:
        """Return the distance between two faces."""
        return compare(self.slot, one, other)

    def _forward(self, chip: Image) -> Embedding:
        floats = np.ascontiguousarray(chip.transpose(2, 0, 1)[np.newaxis], np.float32)
        self._network.setInput(floats, INPUT_NAME)
        return np.asarray(self._network.forward(), np.float32).reshape(1, -1)


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
