"""A small ONNX network: a model that none of our packages carries.

It shrinks nothing and learns nothing: it projects the crop on fixed random directions, which
is enough to tell whether a slot feeds it what its description says.
"""

import numpy as np
from numpy.typing import NDArray

from kiosk.portrait.onnx_writer import OnnxGraph


def projection(
    side: int, size: int, input_name: str, stated: tuple[int, ...] | None = None
) -> tuple[bytes, NDArray[np.float32]]:
    """Return an ONNX file that projects a (1, 3, side, side) input, and its matrix.

    ``stated`` is the shape that the file tells of its input, where it is not that.
    """
    weights = np.random.default_rng(11).normal(size=(3 * side * side, size)).astype(np.float32)
    graph = OnnxGraph(input_name, (1, 3, side, side) if stated is None else stated)
    flat = graph.node("Flatten", [input_name], axis=1)
    numbers = graph.node("MatMul", [flat, graph.tensor(weights)])
    return graph.file(numbers, (1, size)), weights
