"""Cells drawn from the font are read back as themselves; anything else is not."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.glyphs import UNKNOWN_CELL, columns_of, full_cell, half_cell, is_half, read_row
from devices.glyphs.charset import can_draw, covered

GB2312_HANZI = [chr(point) for point in sorted(covered()) if 0x4E00 <= point <= 0x9FFF]
ASCII = [chr(point) for point in range(0x20, 0x7F)]


def draw(text: str, scale: int = 1, bold: bool = False) -> np.ndarray:
    cells = [
        half_cell(char, scale, bold) if is_half(char) else full_cell(char, scale, bold)
        for char in text
    ]
    return np.concatenate([np.zeros((24 * scale, 0), np.bool_), *cells], axis=1)


@settings(deadline=None)  # the first reading looks at every character of the font
@given(st.text(st.sampled_from(GB2312_HANZI + ASCII), min_size=1, max_size=25))
def test_text_is_read_back(text: str) -> None:
    assert read_row(draw(text)) == text.rstrip(" ")


def test_every_hanzi_of_the_font_is_told_from_every_other() -> None:
    assert len(GB2312_HANZI) > 8000
    sample = GB2312_HANZI[::97]
    assert read_row(draw("".join(sample))) == "".join(sample)


@pytest.mark.parametrize("bold", [False, True])
def test_other_weights_are_read_with_their_own_cells(bold: bool) -> None:
    assert read_row(draw("往来港澳 C1", bold=bold), bold=bold) == "往来港澳 C1"
    assert UNKNOWN_CELL in read_row(draw("往来港澳", bold=bold), bold=not bold)


def test_spoilt_dots_are_unknown() -> None:
    row = draw("往来")
    row[3:6, 3:9] = ~row[3:6, 3:9]
    assert read_row(row) == UNKNOWN_CELL * 2 + "来"


def test_columns() -> None:
    assert columns_of("往A ") == 4
    assert can_draw("臺")
    assert not can_draw("\U0001f600")
