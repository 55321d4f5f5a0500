"""Marks onto Kivy's canvas. The only place that turns them into graphics instructions.

Kivy counts from the bottom left, marks from the top left.
"""

from itertools import pairwise
from math import cos, hypot, pi, sin
from typing import Any

import numpy as np
import qrcode
from kivy.core.text import Label as CoreLabel
from kivy.graphics import (
    Color,
    InstructionGroup,
    Mesh,
    PopMatrix,
    PushMatrix,
    Rectangle,
    Rotate,
    SmoothEllipse,
    SmoothRoundedRectangle,
)
from kivy.graphics.texture import Texture

from kiosk.ui.drawing import Area, Box, Dashes, Disc, Drawing, Line, QrSquare
from kiosk.ui.theme import rgba

_DASH, _SPACE = 18.0, 12.0
_SMOOTHEST = 60


def draw(group: Any, drawing: Drawing, screen_height: float) -> None:
    """Add the marks of a drawing to a group; places and things that move are left out."""
    for mark in drawing:
        match mark:
            case Line():
                _line(group, mark, screen_height)
            case Box():
                _box(group, mark, screen_height)
            case Disc(area=area, colour=colour):
                group.add(Color(*rgba(colour)))
                x, y = area.x, screen_height - area.bottom
                segments = _SMOOTHEST if area.w > 40 else 28
                group.add(SmoothEllipse(pos=(x, y), size=(area.w, area.h), segments=segments))
            case Dashes():
                _dashes(group, mark, screen_height)
            case QrSquare(area=area, text=text):
                group.add(Color(1, 1, 1, 1))
                pos = (round(area.x), round(screen_height - area.bottom))
                size = (round(area.w), round(area.h))
                group.add(Rectangle(texture=qr_texture(text), pos=pos, size=size))
            case _:
                pass


def new_group() -> Any:
    """Return an empty group of instructions."""
    return InstructionGroup()


def _line(group: Any, line: Line, screen_height: float) -> None:
    if not line.text:
        return
    label = CoreLabel(text=line.text, font_name=str(line.face.path), font_size=line.size)
    label.refresh()
    texture = label.texture
    area = line.area
    # The font's own line is a little taller than ours: keep its middle on ours.
    top = area.y + (area.h - texture.height) / 2
    group.add(Color(*rgba(line.colour)))
    pos = (round(area.x), round(screen_height - top - texture.height))
    group.add(Rectangle(texture=texture, pos=pos, size=texture.size))


def _box(group: Any, box: Box, screen_height: float) -> None:
    area = box.area
    x, y = area.x, screen_height - area.bottom
    group.add(Color(*rgba(box.colour)))
    if box.angle:
        group.add(PushMatrix())
        origin = (x + area.w / 2, y + area.h / 2)
        group.add(Rotate(angle=-box.angle, origin=origin))
    radius = min(box.radius, area.w / 2, area.h / 2)
    if radius > 0:
        group.add(SmoothRoundedRectangle(pos=(x, y), size=(area.w, area.h), radius=[radius]))
    else:
        group.add(Rectangle(pos=(round(x), round(y)), size=(round(area.w), round(area.h))))
    if box.angle:
        group.add(PopMatrix())


def outline(area: Area, radius: float) -> list[tuple[float, float]]:
    """Return points about a pixel apart along a rounded rectangle, clockwise from the top left."""
    points: list[tuple[float, float]] = []
    corners = (
        (area.right - radius, area.y + radius, -pi / 2),
        (area.right - radius, area.bottom - radius, 0.0),
        (area.x + radius, area.bottom - radius, pi / 2),
        (area.x + radius, area.y + radius, pi),
    )
    for cx, cy, start in corners:
        for step in range(9):
            angle = start + step * pi / 16
            points.append((cx + radius * cos(angle), cy + radius * sin(angle)))
    return [*points, points[0]]


def _dashes(group: Any, dashes: Dashes, screen_height: float) -> None:
    vertices: list[float] = []
    indices: list[int] = []
    travelled = 0.0
    inner = dashes.area.inset(dashes.width / 2)
    points = outline(inner, dashes.radius)
    for (x1, y1), (x2, y2) in pairwise(points):
        length = hypot(x2 - x1, y2 - y1)
        if length == 0:
            continue
        along = ((x2 - x1) / length, (y2 - y1) / length)
        at = 0.0
        while at < length:
            phase = (travelled + at) % (_DASH + _SPACE)
            piece = min(length - at, (_DASH if phase < _DASH else _DASH + _SPACE) - phase)
            if phase < _DASH:
                ends = [(x1 + along[0] * t, y1 + along[1] * t) for t in (at, at + piece)]
                _quad(vertices, indices, ends, along, dashes.width, screen_height)
            at += max(piece, 0.01)
        travelled += length
    group.add(Color(*rgba(dashes.colour)))
    group.add(Mesh(vertices=vertices, indices=indices, mode="triangles"))


def _quad(
    vertices: list[float],
    indices: list[int],
    ends: list[tuple[float, float]],
    along: tuple[float, float],
    width: float,
    screen_height: float,
) -> None:
    first = len(vertices) // 4
    across = (-along[1] * width / 2, along[0] * width / 2)
    for x, y in ends:
        for side in (1, -1):
            vertices += [x + side * across[0], screen_height - (y + side * across[1]), 0, 0]
    indices += [first, first + 1, first + 2, first + 1, first + 2, first + 3]


def qr_texture(text: str) -> Any:
    """Return a texture of a QR code, one pixel a module, quiet zone included."""
    code = qrcode.QRCode(border=4, error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(text)
    matrix = np.array(code.get_matrix(), dtype=bool)
    pixels = np.where(matrix[::-1], 0, 255).astype(np.uint8)
    side = len(matrix)
    texture = Texture.create(size=(side, side), colorfmt="rgb")
    texture.mag_filter = "nearest"
    texture.min_filter = "nearest"
    rgb = np.repeat(pixels[:, :, None], 3, axis=2)
    texture.blit_buffer(np.ascontiguousarray(rgb).tobytes(), colorfmt="rgb", bufferfmt="ubyte")
    return texture
