"""Colours and sizes. Text pairs keep a contrast of 10:1 or more; ``TEXT_PAIRS`` names them all."""

from dataclasses import dataclass
from typing import NewType

Colour = NewType("Colour", str)

INK = Colour("#0E1F2B")
SUB = Colour("#243744")
GROUND = Colour("#F4F7F9")
CARD = Colour("#FFFFFF")
LINE = Colour("#D5DEE5")
BRAND = Colour("#073A59")
BRAND_SOFT = Colour("#7FA8C4")
BRAND_TINT = Colour("#E6F0F6")
GOOD = Colour("#043E26")
GOOD_TINT = Colour("#E6F4EC")
ATTENTION = Colour("#573000")
ATTENTION_TINT = Colour("#FFF4E0")
ATTENTION_LINE = Colour("#D9A24A")
OFF = Colour("#D3DCE3")
DARK = Colour("#1F2C36")
VEIL = Colour("#0E1F2BB8")
PRESSED = Colour("#0E1F2B22")

TEXT_PAIRS = (
    (INK, GROUND),
    (INK, CARD),
    (INK, BRAND_TINT),
    (SUB, GROUND),
    (SUB, CARD),
    (SUB, BRAND_TINT),
    (BRAND, BRAND_TINT),
    (BRAND, GROUND),
    (BRAND, CARD),
    (CARD, BRAND),
    (GOOD, GOOD_TINT),
    (GOOD, CARD),
    (ATTENTION, ATTENTION_TINT),
    (ATTENTION, GROUND),
    (INK, OFF),
)


def rgba(colour: Colour) -> tuple[float, float, float, float]:
    """Return red, green, blue and alpha as 0..1 of ``#RRGGBB`` or ``#RRGGBBAA``."""
    values = [int(colour[i : i + 2], 16) / 255 for i in range(1, len(colour), 2)]
    red, green, blue = values[:3]
    return red, green, blue, values[3] if len(values) > 3 else 1.0


def luminance(colour: Colour) -> float:
    """Return the relative luminance of WCAG 2.2."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgba(colour)[:3]]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: Colour, other: Colour) -> float:
    """Return the contrast ratio of WCAG 2.2, 1..21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@dataclass(frozen=True, slots=True)
class Theme:
    """Every size in pixels of this screen."""

    width: int
    height: int
    landscape: bool
    scale: float
    margin: int
    gap: int
    header: int
    footer: int
    progress: int
    title: int
    large_title: int
    lead: int
    body: int
    option: int
    button: int
    button_height: int
    footer_text: int
    target: int
    radius: int

    def px(self, value: float) -> int:
        """Return a length of the reference screen in pixels of this one, at least 1."""
        return max(1, round(value * self.scale))


_PORTRAIT = {
    "margin": 56,
    "gap": 36,
    "header": 132,
    "footer": 188,
    "progress": 132,
    "title": 72,
    "large_title": 98,
    "lead": 42,
    "body": 36,
    "option": 46,
    "button": 56,
    "button_height": 168,
    "footer_text": 38,
    "target": 120,
    "radius": 26,
}
_LANDSCAPE = {
    "margin": 40,
    "gap": 22,
    "header": 108,
    "footer": 124,
    "progress": 94,
    "title": 50,
    "large_title": 58,
    "lead": 30,
    "body": 27,
    "option": 31,
    "button": 38,
    "button_height": 108,
    "footer_text": 28,
    "target": 97,
    "radius": 20,
}


def theme_for(width: int, height: int) -> Theme:
    """Return the sizes for a screen: portrait drawn for 1080×1920, landscape for 1280×800."""
    landscape = width > height
    base = _LANDSCAPE if landscape else _PORTRAIT
    across, down = (1280, 800) if landscape else (1080, 1920)
    scale = min(width / across, height / down)
    sizes = {name: round(value * scale) for name, value in base.items()}
    return Theme(width=width, height=height, landscape=landscape, scale=scale, **sizes)
