"""A network that gives its numbers once for the whole face and once for each band of it. No I/O.

The last map of a face network lies over the face as it stands in the crop: upper rows see brow
and eyes, lower ones mouth and chin. What follows the map is run on several copies of it, each with
all rows but one band's taken out; two bands cost SFace an eighth. The file itself stays as it is.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from kiosk.portrait.onnx_reader import (
    GRAPH,
    NODE,
    NODE_INPUT,
    NODE_OUTPUT,
    Field,
    OnnxFileError,
    read_fields,
)
from kiosk.portrait.onnx_writer import float_tensor, message, node

Rows = tuple[int, int]
"""From the first row of a map, counted from 0 at the top, up to but without the second."""

_MASKS = "kiosk_bands"
_INITIALIZER = 5


def by_bands(data: bytes, map_name: str, map_rows: int, bands: Sequence[Rows]) -> bytes:
    """Return the ONNX file that gives a row of numbers for the whole map and for each band.

    ``map_name`` is a tensor of the shape (1, channels, map_rows, columns). Raises OnnxFileError
    when no node makes it.
    """
    masks = np.zeros((1 + len(bands), 1, map_rows, 1), np.float32)
    masks[0] = 1.0
    for mask, (first, end) in zip(masks[1:], bands, strict=True):
        mask[:, first:end] = 1.0
    tensor = message(_INITIALIZER, float_tensor(_MASKS, masks))
    parts = [
        message(GRAPH, b"".join([*_masked(field.message, map_name), tensor]))
        if field.number == GRAPH
        else bytes(field.raw)
        for field in read_fields(memoryview(data))
    ]
    return b"".join(parts)


def _masked(graph: memoryview, map_name: str) -> Iterator[bytes]:
    """Copy a graph; where its map is made it is masked, and what follows takes the masked one."""
    masked, made = f"{map_name}_{_MASKS}", False
    for field in read_fields(graph):
        if field.number != NODE:
            yield bytes(field.raw)
            continue
        parts = list(read_fields(field.message))
        yield message(NODE, b"".join(_renamed(part, map_name, masked) for part in parts))
        if any(part.number == NODE_OUTPUT and part.text == map_name for part in parts):
            made = True
            yield message(NODE, node("Mul", (map_name, _MASKS), masked))
    if not made:
        raise OnnxFileError(f"the network makes no {map_name!r}")


def _renamed(part: Field, old: str, new: str) -> bytes:
    if part.number == NODE_INPUT and part.text == old:
        return message(NODE_INPUT, new.encode())
    return bytes(part.raw)
