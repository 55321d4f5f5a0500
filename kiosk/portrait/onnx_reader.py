"""Reading ONNX files: the fields of their messages, and what a network is to be fed. No I/O.

Source: onnx.proto3 of ONNX 1.8 and the encoding of protocol buffers.
"""

from collections.abc import Iterator
from dataclasses import dataclass

GRAPH, NODE, INPUT = 7, 1, 11  # of a model; of its graph
NODE_INPUT, NODE_OUTPUT = 1, 2
_NAME, _TYPE = 1, 2
_VARINT, _EIGHT_BYTES, _MEASURED, _FOUR_BYTES = 0, 1, 2, 5
_LONGEST_VARINT = 10
_LONGEST_SIDE = 1 << 31  # beyond lies -1, which is written for an open side, as 0 is


class OnnxFileError(Exception):
    """Bytes that are no ONNX file, or not the one that was expected; one line that says why."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a message: its number, what it holds, and all of its bytes."""

    number: int
    value: memoryview | int
    raw: memoryview

    @property
    def message(self) -> memoryview:
        """Return the bytes of a message or text that it holds."""
        if isinstance(self.value, int):
            raise OnnxFileError("a number where a message belongs")
        return self.value

    @property
    def text(self) -> str:
        """Return the text that it holds."""
        return bytes(self.message).decode(errors="replace")


def read_fields(data: memoryview) -> Iterator[Field]:
    """Read the fields of one message in their order; OnnxFileError when it is none."""
    at = 0
    while at < len(data):
        start = at
        key, at = _varint(data, at)
        value: memoryview | int
        kind = key & 7
        if kind == _VARINT:
            value, at = _varint(data, at)
        else:
            if kind == _MEASURED:
                size, at = _varint(data, at)
            elif kind in (_EIGHT_BYTES, _FOUR_BYTES):
                size = 8 if kind == _EIGHT_BYTES else 4
            else:
                raise OnnxFileError("no ONNX file")
            if size > len(data) - at:
                raise OnnxFileError("it ends too early")
            value, at = data[at : at + size], at + size
        yield Field(key >> 3, value, data[start:at])


def input_shape(data: memoryview, name: str) -> tuple[int | None, ...] | None:
    """Return the shape that the file states for its input ``name``; None when it has none.

    A side that the file leaves open is None; () when it says nothing of any.
    """
    for graph in _all(data, GRAPH):
        for entry in _all(graph, INPUT):
            if any(bytes(text) == name.encode() for text in _all(entry, _NAME)):
                return tuple(_sides(entry))
    return None


def _sides(entry: memoryview) -> Iterator[int | None]:
    """Read a ValueInfo's type.tensor_type.shape.dim, where a side is a number or a name."""
    for kind in _all(entry, _TYPE):
        for tensor in _all(kind, 1):
            for shape in _all(tensor, 2):
                for side in _all(shape, 1):
                    yield next((size for size in _sizes(side) if 0 < size < _LONGEST_SIDE), None)


def _sizes(side: memoryview) -> Iterator[int]:
    for field in read_fields(side):
        if field.number == 1 and isinstance(field.value, int):
            yield field.value


def _all(data: memoryview, number: int) -> Iterator[memoryview]:
    return (field.message for field in read_fields(data) if field.number == number)


def _varint(data: memoryview, at: int) -> tuple[int, int]:
    value = 0
    for place, byte in enumerate(data[at : at + _LONGEST_VARINT]):
        value |= (byte & 0x7F) << (7 * place)
        if byte < 0x80:
            return value, at + place + 1
    raise OnnxFileError("it ends too early")
