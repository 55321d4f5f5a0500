"""What kiosk and portrait worker say to each other, and how it travels.

One message is ``magic, header length, blob length`` (each four bytes, big-endian), a JSON
header and raw bytes. Each request gets exactly one answer. Both sides check bounds, types and
known names: nothing is executed or unpickled from the wire.
"""

import json
import math
import socket
import struct
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import StrEnum
from functools import cache, partial
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from kiosk.portrait import results
from kiosk.portrait.capture import CaptureState
from kiosk.portrait.limits import PortraitLimits
from kiosk.portrait.liveness.limits import LivenessLimits
from kiosk.portrait.tally import Tally
from kiosk.values import Liveness, Measure, Score

MAGIC = b"PRT1"
MAX_HEADER_BYTES = 64 * 1024
MAX_BLOB_BYTES = 32 * 1024 * 1024
_LONGEST_SLICE_S = 3600.0
_AT_WORK_SLICE_S = 0.05
_PREFIX = struct.Struct(">4sII")


class MessageError(Exception):
    """The other side sent what is no message, or ended, or did not answer in time."""


@dataclass(frozen=True, slots=True)
class Configure:
    """Load the models; answered by WorkerReady or WorkerFailed.

    ``self_test`` is the folder of known portraits, "" for none.
    """

    models: str
    engine: str
    fmr: float
    limits: PortraitLimits
    liveness: LivenessLimits
    self_test: str


@dataclass(frozen=True, slots=True)
class SetReferences:
    """Take the encoded reference pictures, and look at none yet; answered by Done.

    ``case`` is the live portrait of a case that is taken up again, None in any other visit.
    """

    chip: bytes | None
    record: bytes | None
    chip_authenticated: bool
    case: bytes | None = None


@dataclass(frozen=True, slots=True)
class ReportReferences:
    """Say what the reference pictures are worth; answered by ReferencesReady."""


@dataclass(frozen=True, slots=True)
class BeginCapture:
    """Start a try; answered by Done."""

    capture: int


@dataclass(frozen=True, slots=True)
class SubmitFrame:
    """Judge one raw BGR frame; answered by Judged."""

    width: int
    height: int
    number: int
    pixels: bytes


@dataclass(frozen=True, slots=True)
class KeepFrame:
    """Take a frame that a lost worker had kept; answered by Done."""

    width: int
    height: int
    number: int
    pixels: bytes


@dataclass(frozen=True, slots=True)
class Tick:
    """Let time pass while no frames come; answered by Judged, without a capture by Done."""


@dataclass(frozen=True, slots=True)
class Prepare:
    """Look at one piece of the references, or compute one of the comparison.

    Answered by Prepared.
    """


@dataclass(frozen=True, slots=True)
class Decide:
    """Compare now; answered by CaptureDone."""


@dataclass(frozen=True, slots=True)
class Forget:
    """Drop all personal data; answered by Done."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What a frame was worth, and how far the capture is.

    ``kept`` numbers the frames that the decision may be made from: with them another worker can
    make it.
    """

    update: results.GuidanceUpdate | None
    state: CaptureState
    kept: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Prepared:
    """How far references and comparison are; ``more`` while there are pieces left."""

    more: bool


@dataclass(frozen=True, slots=True)
class Done:
    """It is done and there is nothing to say."""


Request = (
    Configure
    | SetReferences
    | ReportReferences
    | BeginCapture
    | SubmitFrame
    | KeepFrame
    | Tick
    | Prepare
    | Decide
    | Forget
)
Answer = (
    Judged
    | Prepared
    | Done
    | results.ReferencesReady
    | results.CaptureDone
    | results.WorkerReady
    | results.WorkerFailed
)
Message = Request | Answer

_TYPES: dict[str, type] = {
    kind.__name__: kind for kind in (*get_args(Request), *get_args(Answer))
} | {
    kind.__name__: kind
    for kind in (
        PortraitLimits,
        LivenessLimits,
        Liveness,
        Measure,
        Score,
        results.FaceBox,
        results.Eyes,
        results.Reason,
        results.MatchDecision,
        results.ReferenceReport,
        Tally,
        results.GuidanceUpdate,
    )
}


def format_message(message: Message) -> list[bytes]:
    """Return the parts of a message in the order in which they are sent."""
    blobs: list[bytes] = []
    plain = _plain(message, blobs)
    header = json.dumps({"message": plain, "blobs": [len(blob) for blob in blobs]}).encode()
    size = sum(len(blob) for blob in blobs)
    if len(header) > MAX_HEADER_BYTES or size > MAX_BLOB_BYTES:
        raise MessageError(f"message too large: header {len(header)}, data {size} bytes")
    return [_PREFIX.pack(MAGIC, len(header), size), header, *blobs]


def parse_message(header: bytes, body: bytes) -> Message:
    """Return the message of a header and its raw bytes; MessageError for anything else."""
    try:
        outer = json.loads(header)
        sizes = outer["blobs"]
        if not all(type(size) is int and size >= 0 for size in sizes) or sum(sizes) != len(body):
            raise ValueError("blob sizes do not fit")
        blobs, at = [], 0
        for size in sizes:
            blobs.append(body[at : at + size])
            at += size
        message: Message = _value(Message, outer["message"], blobs)
    except (ValueError, TypeError, KeyError, IndexError, RecursionError) as error:
        raise MessageError(f"not a message: {error}") from error
    return message


class Deadline:
    """How long to wait for the other side; on a busy machine longer while it is at work.

    ``at_work`` is asked once ``within_s`` is over, and again and again until ``longest_s``: a
    process that waits for its turn is not hung.
    """

    def __init__(
        self,
        within_s: float,
        at_work: Callable[[], bool] = lambda: False,
        longest_s: float = 0.0,
    ) -> None:
        now_s = time.monotonic()
        self._until_s = now_s + within_s
        self._latest_s = now_s + longest_s
        self._at_work = at_work

    def slice_s(self) -> float:
        """Return how long to wait before asking again; MessageError when time is up."""
        now_s = time.monotonic()
        if now_s < self._until_s:
            return min(self._until_s - now_s, _LONGEST_SLICE_S)
        if now_s < self._latest_s and self._at_work():
            return _AT_WORK_SLICE_S
        raise MessageError("no answer in time")


def send_message(line: socket.socket, message: Message, deadline: Deadline) -> None:
    """Send a whole message in time; MessageError otherwise."""
    for part in format_message(message):
        view = memoryview(part)
        while view:
            view = view[_attempt(line, deadline, partial(line.send, view)) or 0 :]


def receive_message(line: socket.socket, deadline: Deadline) -> Message:
    """Receive one whole message in time; MessageError otherwise."""
    magic, header_size, body_size = _PREFIX.unpack(_exactly(line, _PREFIX.size, deadline))
    if magic != MAGIC or header_size > MAX_HEADER_BYTES or body_size > MAX_BLOB_BYTES:
        raise MessageError("not a message: bad start or size")
    header = _exactly(line, header_size, deadline)
    return parse_message(header, _exactly(line, body_size, deadline))


def _exactly(line: socket.socket, size: int, deadline: Deadline) -> bytes:
    data = bytearray(size)
    view, filled = memoryview(data), 0
    while filled < size:
        count = _attempt(line, deadline, partial(line.recv_into, view[filled:]))
        if count == 0:
            raise MessageError("line closed")
        filled += count or 0
    return bytes(data)


def _attempt(line: socket.socket, deadline: Deadline, move: Callable[[], int]) -> int | None:
    """Move bytes; None when none could be moved in this slice of the time.

    What can be moved at once is, however late it is: on a busy machine it may be this process
    that had to wait for its turn, with the answer long in the socket.
    """
    try:
        line.setblocking(False)
        try:
            return move()
        except BlockingIOError:
            line.settimeout(deadline.slice_s())
            return move()
    except TimeoutError:
        return None
    except OSError as error:
        raise MessageError(f"line lost: {error}") from error


def _plain(value: Any, blobs: list[bytes]) -> Any:
    if isinstance(value, bytes):
        blobs.append(value)
        return {"blob": len(blobs) - 1}
    if isinstance(value, tuple):
        return [_plain(item, blobs) for item in value]
    if is_dataclass(value):
        plain = {field.name: _plain(getattr(value, field.name), blobs) for field in fields(value)}
        return {"type": type(value).__name__, **plain}
    return value


@cache
def _hints(kind: type) -> Mapping[str, Any]:
    return get_type_hints(kind)


def _value(kind: Any, plain: Any, blobs: list[bytes]) -> Any:
    """Read ``plain`` as ``kind``; ValueError when it is something else."""
    origin = get_origin(kind)
    if origin in (UnionType, Union):
        return _one_of(get_args(kind), plain, blobs)
    if origin is tuple:
        return _tuple(get_args(kind), plain, blobs)
    if isinstance(kind, type) and is_dataclass(kind):
        return _dataclass(kind, plain, blobs)
    if kind is bytes:
        return blobs[plain["blob"]]
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return kind(plain)
    return _scalar(kind, plain)


def _scalar(kind: type, plain: Any) -> Any:
    if kind is float and type(plain) is int:
        plain = float(plain)
    if type(plain) is not kind or (isinstance(plain, float) and not math.isfinite(plain)):
        raise ValueError(f"{plain!r} is no {kind.__name__}")
    return plain


def _one_of(kinds: tuple[Any, ...], plain: Any, blobs: list[bytes]) -> Any:
    if plain is None and NoneType in kinds:
        return None
    if isinstance(plain, dict) and "type" in plain:
        chosen = _TYPES[plain["type"]]
        if chosen not in kinds:
            raise ValueError(f"{plain['type']} is not expected here")
        return _value(chosen, plain, blobs)
    (only,) = (kind for kind in kinds if kind is not NoneType)
    return _value(only, plain, blobs)


def _tuple(kinds: tuple[Any, ...], plain: Any, blobs: list[bytes]) -> tuple[Any, ...]:
    if not isinstance(plain, list):
        raise ValueError("not a list")
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        return tuple(_value(kinds[0], item, blobs) for item in plain)
    return tuple(_value(kind, item, blobs) for kind, item in zip(kinds, plain, strict=True))


def _dataclass(kind: type, plain: Any, blobs: list[bytes]) -> Any:
    hints = _hints(kind)
    if not isinstance(plain, dict) or plain.keys() != hints.keys() | {"type"}:
        raise ValueError(f"not the fields of {kind.__name__}")
    if plain["type"] != kind.__name__:
        raise ValueError(f"{plain['type']} is no {kind.__name__}")
    return kind(**{name: _value(hints[name], plain[name], blobs) for name in hints})
