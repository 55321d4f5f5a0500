"""Colours keep at least 7:1 on every ground they are used on."""

import re
from pathlib import Path

import pytest

from backend import console

CSS = (Path(console.__file__).parent / "static/console/console.css").read_text("utf-8")
TOKENS = dict(re.findall(r"--([a-z-]+):\s*(#[0-9a-f]{6})", CSS))


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(
    ("text", "ground"),
    [
        *[(text, ground) for text in ("ink", "sub", "brand") for ground in ("ground", "card")],
        ("good", "card"),
        ("urgent", "card"),
        ("urgent", "ground"),
        ("attention", "card"),
        ("ink", "attention-ground"),
        ("urgent", "urgent-ground"),
        ("sub", "tint"),
        ("brand", "tint"),
        ("attention", "tint"),
        ("urgent", "tint"),
        ("card", "brand"),
        ("card", "brand-dark"),
        ("card", "urgent"),
    ],
)
def test_text_is_legible(text, ground):
    assert contrast(TOKENS[text], TOKENS[ground]) >= 7


def test_the_measure_itself():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


def test_focus_is_always_visible():
    assert "outline: none" not in CSS
    assert "outline: 0" not in CSS
    assert ":focus-visible" in CSS
