"""Writing small ONNX files: the few messages of its format that a plain network needs. No I/O.

Source: onnx.proto3 of ONNX 1.8 (IR version 7).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

_IR_VERSION = 7
_FLOAT = 1
_ATTRIBUTE_INT, _ATTRIBUTE_INTS = 2, 7


@dataclass(slots=True)
class OnnxGraph:
    """A network under construction; names of tensors are the arrows between its nodes."""

    input_name: str
    input_shape: tuple[int, ...]
    opset: int = 10
    _nodes: list[bytes] = field(default_factory=list)
    _tensors: list[bytes] = field(default_factory=list)

    def tensor(self, values: NDArray[np.float32]) -> str:
        """Add constant numbers; return their name."""
        name = f"tensor_{len(self._tensors)}"
        self._tensors.append(float_tensor(name, values))
        return name

    def node(self, kind: str, inputs: Iterable[str], **attributes: int | Sequence[int]) -> str:
        """Add an operation; return the name of what it gives."""
        output = f"{kind.lower()}_{len(self._nodes)}"
        self._nodes.append(node(kind, inputs, output, **attributes))
        return output

    def file(self, output: str, output_shape: tuple[int, ...]) -> bytes:
        """Return the ONNX file whose result is ``output``."""
        graph = [message(1, node) for node in self._nodes]
        graph.append(_text(2, "network"))
        graph += [message(5, tensor) for tensor in self._tensors]
        graph.append(message(11, _value_info(self.input_name, self.input_shape)))
        graph.append(message(12, _value_info(output, output_shape)))
        opset = _text(1, "") + _number(2, self.opset)
        return _number(1, _IR_VERSION) + message(7, b"".join(graph)) + message(8, opset)


def float_tensor(name: str, values: NDArray[np.float32]) -> bytes:
    """Return a TensorProto of numbers."""
    dims = b"".join(_number(1, size) for size in values.shape)
    raw = np.ascontiguousarray(values, "<f4").tobytes()
    return dims + _number(2, _FLOAT) + _text(8, name) + message(9, raw)


def node(kind: str, inputs: Iterable[str], output: str, **attributes: int | Sequence[int]) -> bytes:
    """Return a NodeProto with one output, by whose name it is called too."""
    parts = [_text(1, name) for name in inputs]
    parts += [_text(2, output), _text(3, output), _text(4, kind)]
    parts += [message(5, _attribute(name, value)) for name, value in attributes.items()]
    return b"".join(parts)


def message(number: int, value: bytes) -> bytes:
    """Return a field that holds a message, a text or bytes."""
    return _varint(number << 3 | 2) + _varint(len(value)) + value


def _attribute(name: str, value: int | Sequence[int]) -> bytes:
    if isinstance(value, int):
        return _text(1, name) + _number(3, value) + _number(20, _ATTRIBUTE_INT)
    numbers = b"".join(_number(8, part) for part in value)
    return _text(1, name) + numbers + _number(20, _ATTRIBUTE_INTS)


def _value_info(name: str, shape: tuple[int, ...]) -> bytes:
    dims = b"".join(message(1, _number(1, size)) for size in shape)
    tensor = _number(1, _FLOAT) + message(2, dims)
    return _text(1, name) + message(2, message(1, tensor))


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _number(number: int, value: int) -> bytes:
    return _varint(number << 3) + _varint(value)


def _text(number: int, value: str) -> bytes:
    return message(number, value.encode())
