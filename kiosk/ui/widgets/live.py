"""What moves by itself: the camera's mirror and the bar that says that the machine works."""

from typing import Any

import numpy as np
from kivy.graphics import Color, Rectangle, SmoothLine
from kivy.graphics.texture import Texture
from numpy.typing import NDArray

from kiosk.ui.drawing import Area, Pen
from kiosk.ui.sources import FrameSource, Guidance, GuidanceSource
from kiosk.ui.theme import BRAND, CARD, DARK, GROUND, LINE, Theme, rgba
from kiosk.ui.widgets.canvas import draw, new_group
from kiosk.ui.widgets.crop import followed, mirrored
from kiosk.ui.widgets.mirror import bar_height, capture_bar, opening_pill, oval, told
from kiosk.values import Frame, HeadMove, Hint, Language

_STEPS = 50
_FRAME_S = 0.045
"""About 20 pictures a second: smooth enough for a mirror, and cores are left for matching."""


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
        self._shown: tuple[Hint, HeadMove | None, int, bool] | None = None
        self._texture: Any = None
        self._darkening: NDArray[np.uint8] = np.zeros((0, 0, 3), np.uint8)
        self._lighting: NDArray[np.uint8] = self._darkening
        self._middle: tuple[float, float] | None = None
        self._size = (0, 0)
        self._taken_at = 0.0
        self._camera = new_group()
        self._above = new_group()
        self._flat = new_group()  # a ground for oval and words until the first frame covers it
        self._flat.add(Color(*rgba(DARK)))
        self._flat.add(Rectangle(pos=self._pos(self._picture), size=self._wh(self._picture)))
        for group in (self._flat, self._camera, self._rim(), self._above):
            self.group.add(group)
        self._see()  # the first picture may be here, or a second away
        self._write(guidance.latest())

    def _rim(self) -> Any:
        """Return what lies on the picture: the oval's line and round corners."""
        picture = self._picture
        face = oval(picture)
        rim = new_group()
        rim.add(Color(*rgba(CARD)))  # else the line takes the colour of what was drawn before
        line = (face.x, self._theme.height - face.bottom, face.w, face.h)
        rim.add(SmoothLine(ellipse=(*line, 0, 360, 120), width=self._theme.px(9) / 2))
        side = round(self._theme.radius * 1.2)
        texture = _corner(side)
        left, right = round(picture.x), round(picture.x) + round(picture.w) - side
        bottom = round(self._theme.height - picture.bottom)
        top = bottom + round(picture.h) - side
        rim.add(Color(*rgba(GROUND)))
        for x, y, across, down in (
            (left, top, 0, 0),
            (right, top, 1, 0),
            (left, bottom, 0, 1),
            (right, bottom, 1, 1),
        ):
            u, v = (1 - across, across), (down, 1 - down)
            coords = (u[1], v[0], u[0], v[0], u[0], v[1], u[1], v[1])
            rim.add(Rectangle(texture=texture, pos=(x, y), size=(side, side), tex_coords=coords))
        return rim

    def _pos(self, area: Area) -> tuple[int, int]:
        return round(area.x), round(self._theme.height - area.bottom)

    def _wh(self, area: Area) -> tuple[int, int]:
        return round(area.w), round(area.h)

    def tick(self, now: float) -> bool:
        """Take over a new frame and new guidance; say whether anything changed."""
        changed = now - self._taken_at >= _FRAME_S and self._see()
        if changed:
            self._taken_at = now
        guidance = self._guidance.latest()
        opening = self._texture is None
        state = (guidance.hint, guidance.move, round(guidance.progress * _STEPS), opening)
        if state != self._shown:
            self._shown = state
            self._write(guidance)
            changed = True
        return changed

    def _see(self) -> bool:
        """Take over a frame that has not been shown; say whether there was one."""
        frame = self._frames.latest()
        if frame is None or frame.number == self._number:
            return False
        self._number = frame.number
        self._blit(frame)
        return True

    def clear(self) -> None:
        """Forget the person: blacken the texture before it is let go."""
        width, height = self._size
        if self._texture is not None:
            self._texture.blit_buffer(bytes(width * height * 3), colorfmt="rgb")
        self.group.clear()
        self._texture = None

    def _blit(self, frame: Frame) -> None:
        guidance = self._guidance.latest()
        face = oval(self._picture)
        height_in_view = (face.y + face.h / 2 - self._picture.y) / self._picture.h
        self._middle = followed(self._middle, guidance.face, frame.image.shape[:2], height_in_view)
        picture = mirrored(frame.image, self._picture.w / self._picture.h, self._middle)
        height, width = picture.shape[:2]
        if self._size != (width, height):
            self._size = (width, height)
            self._texture = self._prepare()
            self._darkening = darkening(self._picture, oval(self._picture), self._size)
            self._lighting = self._darkening * np.uint8(255)
            self._flat.clear()
        if guidance.lamp:
            np.bitwise_or(picture, self._lighting, out=picture)
        else:
            np.right_shift(picture, self._darkening, out=picture)
        self._texture.blit_buffer(picture.tobytes(), colorfmt="rgb")

    def _prepare(self) -> Any:
        texture = Texture.create(size=self._size, colorfmt="rgb")
        texture.flip_vertical()
        self._camera.clear()
        self._camera.add(Color(1, 1, 1, 1))
        place = {"pos": self._pos(self._picture), "size": self._wh(self._picture)}
        self._camera.add(Rectangle(texture=texture, **place))
        return texture

    def _write(self, guidance: Guidance) -> None:
        self._above.clear()
        pen = Pen(self._theme, self._language)
        if self._texture is None:
            opening_pill(pen, self._picture)
        else:
            told(pen, guidance, self._picture)
        progress = 0.0 if self._texture is None else guidance.progress
        capture_bar(pen, progress, self._area)
        draw(self._above, pen.drawing(), self._theme.height)


def darkening(picture: Area, face: Area, size: tuple[int, int]) -> NDArray[np.uint8]:
    """Return by how many bits each pixel is darkened, (height, width, 3): 1 outside the oval.

    It is done in the picture itself: a veil drawn over it would cost software GL one more
    pass over every pixel, and with it the screen's smoothness.
    """
    width, height = size
    y, x = np.ogrid[0:height, 0:width]
    dx = ((x + 0.5) * picture.w / width + picture.x - face.x) / (face.w / 2) - 1
    dy = ((y + 0.5) * picture.h / height + picture.y - face.y) / (face.h / 2) - 1
    outside = np.asarray(dx * dx + dy * dy > 1, np.uint8)
    return np.ascontiguousarray(np.repeat(outside[:, :, None], 3, axis=2))


def _corner(side: int) -> Any:
    """Return the white outside of a round corner, its centre at the lower right."""
    y, x = np.ogrid[0:side, 0:side]
    distance = np.sqrt((side - x - 0.5) ** 2 + (side - y - 0.5) ** 2)
    pixels = np.full((side, side, 4), 255, dtype=np.uint8)
    pixels[..., 3] = (np.clip(distance - side + 0.5, 0, 1) * 255).astype(np.uint8)
    return _texture(pixels)


def _texture(pixels: NDArray[np.uint8]) -> Any:
    """Return a texture of RGBA pixels, first row on top."""
    height, width = pixels.shape[:2]
    texture = Texture.create(size=(width, height), colorfmt="rgba")
    texture.blit_buffer(pixels[::-1].tobytes(), colorfmt="rgba", bufferfmt="ubyte")
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
