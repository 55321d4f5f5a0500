"""What is on the screen, as plain values: pixels from the top left corner, no Kivy.

Widgets write into a Pen; ``stage`` puts the result on the canvas. So what a person sees can be
measured in tests without a window.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from kiosk.ui.measure import Face, face_for, line_height, text_width, wrap
from kiosk.ui.page import Action
from kiosk.ui.theme import INK, Colour, Theme
from kiosk.values import Language


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle in pixels from the top left corner."""

    x: float
    y: float
    w: float
    h: float

    @property
    def right(self) -> float:
        """Return the right edge."""
        return self.x + self.w

    @property
    def bottom(self) -> float:
        """Return the lower edge."""
        return self.y + self.h

    def inset(self, by: float) -> "Area":
        """Return the area without a rim."""
        return Area(self.x + by, self.y + by, self.w - 2 * by, self.h - 2 * by)

    def holds(self, x: float, y: float) -> bool:
        """Say whether a point lies inside."""
        return self.x <= x < self.right and self.y <= y < self.bottom


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text on one colour."""

    area: Area
    text: str
    size: int
    face: Face
    colour: Colour


@dataclass(frozen=True, slots=True)
class Box:
    """A rounded rectangle, turned by ``angle`` degrees clockwise about its middle."""

    area: Area
    radius: float
    colour: Colour
    angle: float = 0.0


@dataclass(frozen=True, slots=True)
class Dashes:
    """A dashed rounded outline."""

    area: Area
    radius: float
    width: float
    colour: Colour


@dataclass(frozen=True, slots=True)
class Disc:
    """A filled ellipse."""

    area: Area
    colour: Colour


@dataclass(frozen=True, slots=True)
class QrSquare:
    """A QR code that fills the area, quiet zone included."""

    area: Area
    text: str


class LiveKind(StrEnum):
    """What moves by itself."""

    MIRROR = "mirror"
    BUSY = "busy"


@dataclass(frozen=True, slots=True)
class Live:
    """A place whose content changes many times a second."""

    kind: LiveKind
    area: Area


@dataclass(frozen=True, slots=True)
class TouchArea:
    """Where a finger means something."""

    area: Area
    radius: float
    action: Action


Mark = Line | Box | Dashes | Disc | QrSquare | Live | TouchArea
Drawing = tuple[Mark, ...]


@dataclass
class Pen:
    """Collects marks; ``text`` and the shapes return where they ended, so that more can follow."""

    theme: Theme
    language: Language
    marks: list[Mark] = field(default_factory=list)

    def box(self, area: Area, colour: Colour, radius: float = 0.0, angle: float = 0.0) -> None:
        """Fill a rounded rectangle."""
        self.marks.append(Box(area, radius, colour, angle))

    def framed(
        self, area: Area, fill: Colour, edge: Colour, width: float, radius: float | None = None
    ) -> None:
        """Fill a rounded rectangle with an edge."""
        outer = self.theme.radius if radius is None else radius
        self.box(area, edge, outer)
        self.box(area.inset(width), fill, max(0.0, outer - width))

    def disc(self, area: Area, colour: Colour) -> None:
        """Fill an ellipse."""
        self.marks.append(Disc(area, colour))

    def touch(self, area: Area, action: Action, radius: float | None = None) -> None:
        """Make an area touchable."""
        used = self.theme.radius if radius is None else radius
        self.marks.append(TouchArea(area, used, action))

    def lines(self, text: str, size: int, width: float, bold: bool = False) -> tuple[str, ...]:
        """Return how a text breaks in this width."""
        return wrap(text, face_for(self.language, bold), size, width)

    def text(
        self,
        text: str,
        at: Area,
        size: int,
        colour: Colour = INK,
        *,
        bold: bool = False,
        align: float = 0.0,
    ) -> float:
        """Write from the top of an area, ``align`` 0 left .. 1 right; return the lower edge."""
        face = face_for(self.language, bold)
        pitch = line_height(size)
        y = at.y
        for line in wrap(text, face, size, at.w):
            width = text_width(line, face, size)
            x = at.x + (at.w - width) * align
            self.marks.append(Line(Area(x, y, width, pitch), line, size, face, colour))
            y += pitch
        return y

    def centred(
        self,
        text: str,
        at: Area,
        size: int,
        colour: Colour = INK,
        *,
        bold: bool = False,
        align: float = 0.5,
        fit: bool = False,
    ) -> None:
        """Write in the vertical middle of an area; ``fit`` makes it smaller where it must."""
        if fit:
            size = self._fitting(text, at, size, bold)
        height = line_height(size) * len(self.lines(text, size, at.w, bold))
        top = at.y + (at.h - height) / 2
        self.text(text, Area(at.x, top, at.w, height), size, colour, bold=bold, align=align)

    def _fitting(self, text: str, at: Area, size: int, bold: bool) -> int:
        """Return the size that fits: first a little smaller, then on more lines, then smaller."""
        wanted = text.count("\n") + 1
        for most, largest, least in ((wanted, size, 0.85), (9, size, 0.85), (9, size, 0.5)):
            for smaller in range(largest, round(largest * least) - 1, -1):
                count = len(self.lines(text, smaller, at.w, bold))
                if count <= most and line_height(smaller) * count <= at.h:
                    return smaller
        return size

    def drawing(self) -> Drawing:
        """Return what was drawn."""
        return tuple(self.marks)
