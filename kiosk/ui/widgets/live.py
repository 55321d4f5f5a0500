"""What moves by itself: the camera's mirror and the bar that says that the machine works."""

from typing import Any

import numpy as np
from kivy.graphics import Color, Rectangle
from kivy.graphics.texture import Texture
from numpy.typing import NDArray

from kiosk.ui.drawing import Area, Pen
from kiosk.ui.sources import FrameSource, Guidance, GuidanceSource
from kiosk.ui.theme import BRAND, DARK, GROUND, LINE, Theme, rgba
from kiosk.ui.widgets.canvas import draw, new_group
from kiosk.ui.widgets.mirror import bar_height, capture_bar, hint_pill, oval
from kiosk.values import Frame, Hint, Language

_STEPS = 50


class MirrorView:
    """The camera picture as a mirror; a new frame is copied once, an old one never."""

    def __init__(
        self,
        area: Area,
        theme: Theme,
        language: Language,
        frames: FrameSource,
        guidance: GuidanceSource,
    ) -> None:
        self.group = new_group()
        self._theme, self._language = theme, language
        self._frames, self._guidance = frames, guidance
        self._area = area
        bar = bar_height(Pen(theme, language))
        room = Area(area.x, area.y, area.w, area.h - bar)
        self._picture = room
        self._number: int | None = None
        self._shown: tuple[Hint, int] | None = None
        self._texture: Any = None
        self._size = (0, 0)
        self._camera = new_group()
        self._above = new_group()
        flat = new_group()
        flat.add(Color(*rgba(DARK)))
        flat.add(Rectangle(pos=self._pos(self._picture), size=self._wh(self._picture)))
        mask = new_group()
        mask.add(Color(1, 1, 1, 1))
        mask.add(
            Rectangle(
                texture=_mask(self._picture, theme.radius * 1.2, theme.px(9)),
                pos=self._pos(self._picture),
                size=self._wh(self._picture),
            )
        )
        for group in (flat, self._camera, mask, self._above):
            self.group.add(group)

    def _pos(self, area: Area) -> tuple[int, int]:
        return round(area.x), round(self._theme.height - area.bottom)

    def _wh(self, area: Area) -> tuple[int, int]:
        return round(area.w), round(area.h)

    def tick(self, now: float) -> bool:
        """Take over a new frame and new guidance; say whether anything changed."""
        del now
        frame = self._frames.latest()
        changed = False
        if frame is not None and frame.number != self._number:
            self._number = frame.number
            self._blit(frame)
            changed = True
        guidance = self._guidance.latest()
        state = (guidance.hint, round(guidance.progress * _STEPS))
        if state != self._shown:
            self._shown = state
            self._write(guidance)
            changed = True
        return changed

    def clear(self) -> None:
        """Forget the person: blacken the texture before it is let go."""
        if self._texture is not None:
            width, height = self._size
            self._texture.blit_buffer(bytes(width * height * 3), colorfmt="rgb")
        self.group.clear()
        self._texture = None

    def _blit(self, frame: Frame) -> None:
        picture = mirrored(frame.image, self._picture.w / self._picture.h)
        height, width = picture.shape[:2]
        if self._texture is None or self._size != (width, height):
            self._size = (width, height)
            self._texture = Texture.create(size=self._size, colorfmt="rgb")
            self._texture.flip_vertical()
            self._camera.clear()
            self._camera.add(Color(1, 1, 1, 1))
            self._camera.add(
                Rectangle(
                    texture=self._texture,
                    pos=self._pos(self._picture),
                    size=self._wh(self._picture),
                )
            )
        self._texture.blit_buffer(picture.tobytes(), colorfmt="rgb")

    def _write(self, guidance: Guidance) -> None:
        self._above.clear()
        pen = Pen(self._theme, self._language)
        hint_pill(pen, guidance.hint, self._picture)
        capture_bar(pen, guidance.progress, self._area)
        draw(self._above, pen.drawing(), self._theme.height)


def mirrored(image: NDArray[np.uint8], aspect: float) -> NDArray[np.uint8]:
    """Return the middle of a BGR picture with this width to height, mirrored, as RGB."""
    height, width = image.shape[:2]
    wide = min(width, round(height * aspect))
    high = min(height, round(wide / aspect))
    left, top = (width - wide) // 2, (height - high) // 2
    part = image[top : top + high, left : left + wide]
    return np.ascontiguousarray(part[:, ::-1, ::-1])


def _mask(area: Area, radius: float, edge: float) -> Any:
    """Return what lies on the picture: page ground at the corners, a veil around the oval."""
    width, height = round(area.w), round(area.h)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32) + 0.5
    face = oval(Area(0, 0, width, height))
    rx, ry = face.w / 2, face.h / 2
    dx, dy = (x - face.x - rx) / rx, (y - face.y - ry) / ry
    distance = (np.sqrt(dx * dx + dy * dy) - 1) * min(rx, ry)
    outside = np.clip(distance + 0.5, 0, 1)
    ring = np.clip(edge / 2 - np.abs(distance) + 0.5, 0, 1)
    qx = np.maximum(np.abs(x - width / 2) - width / 2 + radius, 0)
    qy = np.maximum(np.abs(y - height / 2) - height / 2 + radius, 0)
    corner = np.clip(np.sqrt(qx * qx + qy * qy) - radius + 0.5, 0, 1)
    pixels = np.zeros((height, width, 4), dtype=np.float32)
    veil, ground = np.array(rgba(DARK)), np.array(rgba(GROUND))
    pixels[..., :3] = veil[:3]
    pixels[..., 3] = outside * 0.55
    for amount, colour in ((ring, np.ones(4)), (corner, ground)):
        pixels[..., :3] += (colour[:3] - pixels[..., :3]) * amount[..., None]
        pixels[..., 3] = np.maximum(pixels[..., 3], amount)
    texture = Texture.create(size=(width, height), colorfmt="rgba")
    raw = np.ascontiguousarray((pixels[::-1] * 255).astype(np.uint8))
    texture.blit_buffer(raw.tobytes(), colorfmt="rgba", bufferfmt="ubyte")
    return texture


class BusyView:
    """A short bar that glides to and fro: the machine works. Slow, and it never blinks."""

    _PERIOD_S = 3.2
    _SHARE = 0.24

    def __init__(self, area: Area, theme: Theme) -> None:
        self.group = new_group()
        self._area, self._theme = area, theme
        self._moving = new_group()
        pen = Pen(theme, Language.EN)
        pen.box(area, LINE, area.h / 2)
        draw(self.group, pen.drawing(), theme.height)
        self.group.add(self._moving)
        self._started: float | None = None

    def tick(self, now: float) -> bool:
        """Move on; always changes."""
        if self._started is None:
            self._started = now
        turn = ((now - self._started) / self._PERIOD_S) % 2
        where = turn if turn < 1 else 2 - turn
        eased = where * where * (3 - 2 * where)
        width = self._area.w * self._SHARE
        x = self._area.x + (self._area.w - width) * eased
        self._moving.clear()
        pen = Pen(self._theme, Language.EN)
        pen.box(Area(x, self._area.y, width, self._area.h), BRAND, self._area.h / 2)
        draw(self._moving, pen.drawing(), self._theme.height)
        return True

    def clear(self) -> None:
        """Take everything off the canvas."""
        self.group.clear()
