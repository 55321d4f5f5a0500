"""dlib's face network as an ONNX network: the same numbers in a fraction of the time. No I/O.

dlib's wheel multiplies matrices by itself, without BLAS. Read here is one network, the ResNet of
face_recognition (``anet_type`` in dlib's dnn_face_recognition_ex.cpp), from dlib's own file.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kiosk.portrait.onnx_writer import OnnxGraph

Floats = NDArray[np.float32]

SIDE_PX = 150
NUMBERS = 128
INPUT_NAME = "chip"
_MEAN_RGB = (122.782, 117.001, 104.298)
_SCALE = 1 / 256

# Blocks of two convolutions from the input on: (filters, whether the side is halved).
_BLOCKS = (
    *[(32, False)] * 3,
    (64, True),
    *[(64, False)] * 3,
    (128, True),
    *[(128, False)] * 2,
    (256, True),
    *[(256, False)] * 2,
    (256, True),
)
_FIRST = (32, 7, 2)  # filters, window, stride
_LEARNT = re.compile(rb"\x01[\x04\x05\x07](fc_2|con_4|affine_)")


class DlibFileError(Exception):
    """Bytes that are not dlib's face network; one line that says why."""


@dataclass(frozen=True, slots=True, eq=False)
class _Layer:
    """What a layer has learnt, and for a convolution its filters, window and stride."""

    kind: str
    numbers: Floats
    shape: tuple[int, ...]


def to_onnx(data: bytes) -> bytes:
    """Return the network in a dlib file as an ONNX file; DlibFileError for anything else.

    Input: (1, 3, 150, 150) RGB, 0 to 255. Output: the face's 128 numbers.
    """
    layers = _layers(data)
    graph = OnnxGraph(INPUT_NAME, (1, 3, SIDE_PX, SIDE_PX))
    try:
        at = graph.node("Relu", [_convolution(graph, layers, INPUT_NAME, 3, *_FIRST)])
        at = graph.node("MaxPool", [at], kernel_shape=(3, 3), strides=(2, 2))
        side, channels = _halved(_halved(SIDE_PX, _FIRST[1]), 3), _FIRST[0]
        for filters, halves in _BLOCKS:
            at = _block(graph, layers, at, channels, side, filters, halves)
            channels = filters
            side = side // 2 if halves else side
        at = graph.node("GlobalAveragePool", [at])
        last = _next(layers, "fc")
        weights = graph.tensor(last.numbers.reshape(channels, NUMBERS))
        at = graph.node("MatMul", [graph.node("Flatten", [at], axis=1), weights])
        if next(layers, None) is not None:
            raise ValueError("it has more layers")
    except ValueError as error:
        raise DlibFileError(f"not dlib's face network: {error}") from error
    return graph.file(at, (1, NUMBERS))


def _block(
    graph: OnnxGraph,
    layers: Iterator[_Layer],
    start: str,
    channels: int,
    side: int,
    filters: int,
    halves: bool,
) -> str:
    """Add two convolutions and what went into them; a halving block adds that averaged."""
    at = graph.node("Relu", [_convolution(graph, layers, start, channels, filters, 3, 1 + halves)])
    at = _convolution(graph, layers, at, filters, filters, 3, 1)
    if halves:
        # dlib takes what is missing of either picture or channel for zero.
        short = side // 2 - _halved(side, 3)
        if short:
            at = _padded(graph, at, (0, 0, 0, 0, 0, 0, short, short))
        start = graph.node("AveragePool", [start], kernel_shape=(2, 2), strides=(2, 2))
        if filters > channels:
            start = _padded(graph, start, (0, 0, 0, 0, 0, filters - channels, 0, 0))
    return graph.node("Relu", [graph.node("Add", [at, start])])


def _convolution(
    graph: OnnxGraph,
    layers: Iterator[_Layer],
    start: str,
    channels: int,
    filters: int,
    window: int,
    stride: int,
) -> str:
    """Add a convolution and the scale and shift after it, which are made part of it."""
    layer, affine = _next(layers, "con"), _next(layers, "affine")
    if layer.shape != (filters, window, window, stride, stride):
        raise ValueError(f"a convolution of {layer.shape}")
    scale, shift = affine.numbers.reshape(2, filters).astype(np.float64)
    count = filters * channels * window * window
    weights = layer.numbers[:count].reshape(filters, channels, window, window).astype(np.float64)
    offsets = layer.numbers[count:].reshape(filters).astype(np.float64)
    if start == INPUT_NAME:  # dlib takes the mean off the picture; without an edge it can be here
        weights *= _SCALE
        offsets -= np.einsum("fcyx,c->f", weights, _MEAN_RGB)
    offsets = offsets * scale + shift
    weights = weights * scale[:, None, None, None]
    edge = window // 2 if stride == 1 else 0
    inputs = (
        start,
        graph.tensor(_single(weights)),
        graph.tensor(_single(offsets)),
    )
    return graph.node(
        "Conv",
        inputs,
        kernel_shape=(window, window),
        strides=(stride, stride),
        pads=(edge, edge, edge, edge),
    )


def _single(values: NDArray[np.float64]) -> Floats:
    with np.errstate(over="ignore", invalid="ignore"):
        numbers = values.astype(np.float32)
    if not np.isfinite(numbers).all():
        raise ValueError("its numbers are out of range")
    return numbers


def _padded(graph: OnnxGraph, start: str, pads: tuple[int, ...]) -> str:
    """Add zeros: before, then after, each of picture, channel, row and column."""
    return graph.node("Pad", [start], pads=pads)


def _halved(side: int, window: int) -> int:
    """Return the side after a window that moves by two and needs all of its pixels."""
    return (side - window) // 2 + 1


def _layers(data: bytes) -> Iterator[_Layer]:
    """Read the layers that have learnt something, from the input on."""
    at = 0
    while (mark := _LEARNT.search(data, at)) is not None:
        kind = mark[1].decode().rpartition("_")[0]
        before, at = _integers(data, mark.end(), 2 if kind == "fc" else 0)
        numbers, at = _tensor(data, at)
        shape, at = _integers(data, at, 5 if kind == "con" else 0)
        yield _Layer(kind, numbers, before + shape)


def _next(layers: Iterator[_Layer], kind: str) -> _Layer:
    layer = next(layers, None)
    if layer is None:
        raise ValueError("it ends too early")
    if layer.kind != kind:
        raise ValueError(f"{layer.kind} where {kind} belongs")
    return layer


def _integer(data: bytes, at: int) -> tuple[int, int]:
    """Read dlib's integer: sign and count of bytes in the first, then the bytes, lowest first."""
    if at >= len(data):
        raise ValueError("it ends too early")
    count = data[at] & 0x0F
    value = int.from_bytes(data[at + 1 : at + 1 + count], "little")
    return -value if data[at] & 0x80 else value, at + 1 + count


def _integers(data: bytes, at: int, count: int) -> tuple[tuple[int, ...], int]:
    found: list[int] = []
    for _ in range(count):
        value, at = _integer(data, at)
        found.append(value)
    return tuple(found), at


def _tensor(data: bytes, at: int) -> tuple[Floats, int]:
    """Read a tensor as a row of numbers: version 2, four dimensions, floats."""
    (version, *sizes), at = _integers(data, at, 5)
    count = math.prod(sizes)
    if version != 2 or not 0 < 4 * count <= len(data) - at:
        raise ValueError(f"a tensor of version {version} with {count} numbers")
    numbers = np.frombuffer(data, "<f4", count, at)
    if not np.isfinite(numbers).all():
        raise ValueError("a number of it is none")
    return numbers, at + 4 * count
