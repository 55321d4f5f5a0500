"""A small ONNX network written byte by byte: a model that none of our packages carries.

It shrinks nothing and learns nothing: it projects the crop on fixed random directions, which
is enough to tell whether a slot feeds it what its description says.
"""

import numpy as np
from numpy.typing import NDArray


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _bytes(field: int, value: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(value)) + value


def _text(field: int, value: str) -> bytes:
    return _bytes(field, value.encode())


def _value_info(name: str, shape: tuple[int, ...]) -> bytes:
    dims = b"".join(_bytes(1, _number(1, size)) for size in shape)
    tensor = _number(1, 1) + _bytes(2, dims)
    return _text(1, name) + _bytes(2, _bytes(1, tensor))


def _node(kind: str, inputs: list[str], output: str) -> bytes:
    return b"".join(_text(1, name) for name in inputs) + _text(2, output) + _text(4, kind)


def projection(side: int, size: int, input_name: str) -> tuple[bytes, NDArray[np.float32]]:
    """Return an ONNX file that projects a (1, 3, side, side) input, and its matrix."""
    weights = np.random.default_rng(11).normal(size=(3 * side * side, size)).astype(np.float32)
    tensor = (
        b"".join(_number(1, dim) for dim in weights.shape)
        + _number(2, 1)
        + _text(8, "weights")
        + _bytes(9, weights.tobytes())
    )
    graph = (
        _bytes(1, _node("Flatten", [input_name], "flat"))
        + _bytes(1, _node("MatMul", ["flat", "weights"], "numbers"))
        + _text(2, "projection")
        + _bytes(5, tensor)
        + _bytes(11, _value_info(input_name, (1, 3, side, side)))
        + _bytes(12, _value_info("numbers", (1, size)))
    )
    model = _number(1, 7) + _bytes(7, graph) + _bytes(8, _text(1, "") + _number(2, 13))
    return model, weights
