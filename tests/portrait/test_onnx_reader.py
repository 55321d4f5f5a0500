"""What an ONNX file says of its input, read from its bytes."""

import pytest

from kiosk.portrait.onnx_reader import GRAPH, INPUT, OnnxFileError, input_shape, read_fields
from kiosk.portrait.onnx_writer import OnnxGraph, message


def test_the_shape_a_file_states_is_read() -> None:
    graph = OnnxGraph("picture", (1, 3, 300, 16))
    file = memoryview(graph.file(graph.node("Relu", ["picture"]), (1, 3, 300, 16)))
    assert input_shape(file, "picture") == (1, 3, 300, 16)
    assert input_shape(file, "data") is None
    assert input_shape(file, "relu_0") is None  # what it gives is no input


def test_a_side_that_is_left_open_is_none() -> None:
    named, three, unsaid = message(2, b"height"), b"\x08\x03", b""
    sides = b"".join(message(1, side) for side in (named, three, unsaid))
    entry = message(1, b"picture") + message(2, message(1, message(2, sides)))
    file = memoryview(message(GRAPH, message(INPUT, entry)))
    assert input_shape(file, "picture") == (None, 3, None)


def test_sides_that_are_no_length_are_open() -> None:
    file = memoryview(OnnxGraph("picture", (0, 3, (1 << 64) - 1, 7)).file("picture", (1,)))
    assert input_shape(file, "picture") == (None, 3, None, 7)
    assert input_shape(memoryview(OnnxGraph("picture", ()).file("picture", (1,))), "picture") == ()


@pytest.mark.parametrize("data", [b"\x0a", b"\x0a\x05abc", b"\x0f", b"\xff" * 11, b"\x0d\x00"])
def test_bytes_that_are_no_message_are_refused(data: bytes) -> None:
    with pytest.raises(OnnxFileError):
        list(read_fields(memoryview(data)))


def test_a_number_is_no_message() -> None:
    with pytest.raises(OnnxFileError, match="a number where a message belongs"):
        input_shape(memoryview(b"\x38\x01"), "picture")
