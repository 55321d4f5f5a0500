"""The passive model's slot: a network that grades one frame, as data. No weights ship.

Like a recogniser's slot it is one ``model.toml``; what is wrong with it is one SlotError line.
"""

import hashlib
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

import cv2
import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kiosk.portrait.faces import Face, Image
from kiosk.portrait.network_errors import in_a_line, not_taken
from kiosk.portrait.slot_file import file_sha256, find_package_file
from kiosk.portrait.slots import SlotError

Name = Annotated[str, Field(min_length=1, max_length=64)]
Side = Annotated[int, Field(ge=16, le=1024)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class NetworkFile(_Section):
    """Where the network lies: in a package, or beside the description."""

    package: str = ""
    path: Name
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class NetworkInput(_Section):
    """What the network is fed: the face's box, ``crop`` times as large, resized."""

    name: Name
    width: Side
    height: Side
    layout: Literal["NCHW", "NHWC"]
    colour_order: Literal["RGB", "BGR"]
    mean: tuple[float, float, float]
    scale: Annotated[float, Field(gt=0)]
    crop: Annotated[float, Field(ge=1, le=6)]


class NetworkOutput(_Section):
    """How many numbers come out, and which one grows with liveness."""

    size: Annotated[int, Field(ge=1, le=16)]
    live: Annotated[int, Field(ge=0, le=15)]
    softmax: bool


class LivenessThreshold(_Section):
    """From which score on a frame counts as live, and the measurement that says so."""

    value: Annotated[float, Field(ge=0, le=1)]
    data_set: Name
    date: Name
    live_frames: Annotated[int, Field(gt=0)]
    attack_frames: Annotated[int, Field(gt=0)]


class _SlotFile(_Section):
    name: Name
    role: Literal["liveness"]
    runtime: Literal["onnx"]
    licence: Name
    commercial_use: bool
    file: NetworkFile
    input: NetworkInput
    output: NetworkOutput
    threshold: LivenessThreshold


class PassiveModel:
    """Grades single frames 0..1, higher is more alive."""

    def __init__(self, source: Path) -> None:
        slot, text = _read(source)
        path = _find(source, slot.file)
        self.name = slot.name
        self.threshold = slot.threshold.value
        self.sha256 = hashlib.sha256(text + slot.file.sha256.encode()).hexdigest()
        self._input, self._output = slot.input, slot.output
        try:
            self._network: Any = cv2.dnn.readNetFromONNX(str(path))
        except cv2.error as error:
            raise SlotError(f"{source}: OpenCV cannot run it: {in_a_line(error)}") from error
        try:
            probe = self._forward(np.zeros((slot.input.height, slot.input.width, 3), np.uint8))
        except cv2.error as error:
            raise SlotError(not_taken(source, slot.input)) from error
        if probe.size != slot.output.size or slot.output.live >= probe.size:
            raise SlotError(
                f"{source}: the network gives {probe.size} numbers, output.size says "
                f"{slot.output.size}, output.live {slot.output.live}"
            )

    def score(self, image: Image, face: Face) -> float:
        """Grade the face in a frame."""
        crop = _crop(image, face, self._input.crop)
        size = (self._input.width, self._input.height)
        values = self._forward(np.asarray(cv2.resize(crop, size), np.uint8))
        if self._output.softmax:
            values = np.exp(values - values.max())
            values = values / values.sum()
        score = float(values[self._output.live])
        return min(1.0, max(0.0, score)) if np.isfinite(score) else 0.0

    def _forward(self, crop: Image) -> np.ndarray[Any, np.dtype[np.float64]]:
        values = crop[:, :, ::-1] if self._input.colour_order == "RGB" else crop
        floats = (values.astype(np.float32) - np.array(self._input.mean, np.float32)) * np.float32(
            self._input.scale
        )
        if self._input.layout == "NCHW":
            floats = floats.transpose(2, 0, 1)
        self._network.setInput(np.ascontiguousarray(floats[np.newaxis]), self._input.name)
        return np.asarray(self._network.forward(), np.float64).ravel()


def _crop(image: Image, face: Face, factor: float) -> Image:
    """Cut the box, ``factor`` times as large; edges are repeated where the frame ends."""
    side = max(face.width, face.height) * factor
    centre = (face.x + face.width / 2, face.y + face.height / 2)
    left, top = round(centre[0] - side / 2), round(centre[1] - side / 2)
    whole = max(2, round(side))
    height, width = image.shape[:2]
    columns = np.clip(np.arange(left, left + whole), 0, width - 1)
    rows = np.clip(np.arange(top, top + whole), 0, height - 1)
    return np.ascontiguousarray(image[rows][:, columns])


def _read(source: Path) -> tuple[_SlotFile, bytes]:
    try:
        text = source.read_bytes()
        slot = _SlotFile.model_validate(tomllib.loads(text.decode()))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        raise SlotError(f"{source}: {key}: {first['msg']}") from error
    except (OSError, ValueError) as error:
        raise SlotError(f"{source}: {error}") from error
    folder = source.absolute().parent.name
    if slot.name != folder:
        raise SlotError(f"{source}: name: must be the folder's, {folder!r}, is {slot.name!r}")
    if not slot.commercial_use:
        raise SlotError(f"{source}: commercial_use: this model may not be used commercially")
    return slot, text


def _find(source: Path, file: NetworkFile) -> Path:
    path = source.parent / file.path
    if file.package:
        found = find_package_file(file.package, file.path)
        if found is None:
            raise SlotError(f"{source}: {file.path} of package {file.package} is not installed")
        path = found
    if not path.is_file():
        raise SlotError(f"{source}: model file {path} is missing")
    seen = file_sha256(path)
    if seen != file.sha256:
        raise SlotError(f"{source}: {path} has sha256 {seen}, expected {file.sha256}")
    return path
