"""Draws cards as pictures for demo and dock: the front from its data, the back from its dots."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from devices.glyphs.font import open_font
from devices.rig.card import BACK_HEIGHT_DOTS, BACK_WIDTH_DOTS, Card, CardFront

WIDTH, HEIGHT = 1012, 638  # ID-1 (85.60 x 53.98 mm) at 300 dpi
_RADIUS = 38
_PAPER, _EDGE = (238, 241, 236), (196, 204, 200)
_BAND, _INK, _FAINT = (46, 94, 98), (32, 40, 44), (112, 124, 124)
_THERMAL = (38, 44, 84)
_GUILLOCHE = (224, 230, 226)
_SCALE_BACK = 1.25


def _blank() -> tuple[Image.Image, ImageDraw.ImageDraw]:
    picture = Image.new("RGB", (WIDTH, HEIGHT), (255, 255, 255))
    draw = ImageDraw.Draw(picture)
    box = (2, 2, WIDTH - 3, HEIGHT - 3)
    draw.rounded_rectangle(box, _RADIUS, fill=_PAPER, outline=_EDGE, width=3)
    return picture, draw


def _guilloche(draw: ImageDraw.ImageDraw, top: int, bottom: int) -> None:
    """Draw the fine waves that such cards carry, so that they look like none that exists."""
    x = np.arange(24, WIDTH - 24, 6)
    for line in range(14):
        y = (top + bottom) / 2 + (bottom - top) / 2.4 * np.sin(x / 130 + line * 0.45)
        draw.line([(float(a), float(b)) for a, b in zip(x, y, strict=True)], fill=_GUILLOCHE)


def render_back(card: Card) -> Image.Image:
    """Draw the back as a person sees it: its dots, dark blue on the card."""
    picture, draw = _blank()
    _guilloche(draw, 60, HEIGHT - 60)
    dots = Image.fromarray(np.where(card.back, 255, 0).astype(np.uint8))
    size = (round(BACK_WIDTH_DOTS * _SCALE_BACK), round(BACK_HEIGHT_DOTS * _SCALE_BACK))
    ink = dots.resize(size, Image.Resampling.LANCZOS)
    place = ((WIDTH - size[0]) // 2, (HEIGHT - size[1]) // 2)
    picture.paste(Image.new("RGB", size, _THERMAL), place, ink)
    return picture


def render_front(front: CardFront) -> Image.Image:
    """Draw a specimen front: title band, portrait, details and MRZ."""
    picture, draw = _blank()
    _guilloche(draw, 130, 480)
    draw.rounded_rectangle((2, 2, WIDTH - 3, 96), _RADIUS, fill=_BAND)
    draw.rectangle((2, 58, WIDTH - 3, 96), fill=_BAND)
    draw.text((40, 50), front.title, (255, 255, 255), open_font(40, bold=True), anchor="lm")
    draw.text((WIDTH - 40, 50), "SPECIMEN", (190, 214, 212), open_font(28), anchor="rm")
    if front.portrait is not None:
        _paste_portrait(picture, front.portrait, (40, 122, 300, 456))
    rows = (
        ("姓名 Name", front.name),
        ("证件号码 No.", front.number),
        ("出生日期 Date of birth", front.birth),
        ("有效期至 Date of expiry", front.expiry),
    )
    for index, (label, value) in enumerate(rows):
        top = 128 + index * 84
        draw.text((340, top), label, _FAINT, open_font(22))
        draw.text((340, top + 28), value, _INK, open_font(36, bold=True))
    _draw_mrz(draw, front.mrz)
    return picture


def _paste_portrait(picture: Image.Image, path: Path, box: tuple[int, int, int, int]) -> None:
    width, height = box[2] - box[0], box[3] - box[1]
    with Image.open(path) as source:
        portrait = source.convert("RGB")
    scale = max(width / portrait.width, height / portrait.height)
    portrait = portrait.resize((round(portrait.width * scale), round(portrait.height * scale)))
    left, top = (portrait.width - width) // 2, (portrait.height - height) // 2
    picture.paste(portrait.crop((left, top, left + width, top + height)), box[:2])


def _draw_mrz(draw: ImageDraw.ImageDraw, mrz: str) -> None:
    lines = mrz.split("\n") if mrz else []
    longest = max((len(line) for line in lines), default=1)
    pitch = min((WIDTH - 80) / longest, 30.0)
    font = open_font(round(pitch * 1.35))
    for row, line in enumerate(lines):
        y = HEIGHT - 40 - (len(lines) - 1 - row) * 44
        for column, char in enumerate(line):
            draw.text((40 + (column + 0.5) * pitch, y), char, _INK, font, anchor="ms")
