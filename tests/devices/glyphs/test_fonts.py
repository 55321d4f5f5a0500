"""The bundled fonts hold what the charset promises, and all four hold the same."""

from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from devices.glyphs.charset import common, covered

FONTS = Path(__file__).parents[3] / "assets" / "fonts"


@pytest.mark.parametrize("name", ["SC-Regular", "SC-Bold", "TC-Regular", "TC-Bold"])
def test_font_has_every_promised_character(name: str) -> None:
    with TTFont(FONTS / f"NotoSans{name}.otf") as font:
        held = set(font.getBestCmap())
        assert covered() - held == set()
        assert str(font["name"].getName(13, 3, 1)).startswith(
            "This Font Software is licensed under the SIL Open Font License"
        )


def test_common_characters_are_a_part() -> None:
    assert common() < covered()
    assert {ord(char) for char in "往来港澳通行证签注"} <= common()
    assert {ord(char) for char in "臺灣證"} <= covered() - common()
