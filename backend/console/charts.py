"""Small charts as SVG, drawn on the server from data. Pure; colours are the style sheet's.

They hold marks only: words and figures stand beside them as text, in the page's own size.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDTH, HEIGHT, MARGIN = 200.0, 26.0, 9.0


@dataclass(frozen=True, slots=True)
class Mark:
    """One value on the line: ``shape`` is dot or square."""

    value: float
    shape: str
    good: bool


@dataclass(frozen=True, slots=True)
class Scale:
    """The values at the left and the right end."""

    low: float
    high: float

    def x(self, value: float) -> float:
        """Return where a value lies; what is beyond an end is drawn at it."""
        span = (self.high - self.low) or 1.0
        part = min(1.0, max(0.0, (value - self.low) / span))
        return round(MARGIN + part * (WIDTH - 2 * MARGIN), 1)


def scale_of(values: Sequence[float]) -> Scale:
    """Return a scale that holds all values, with a little room."""
    low, high = min(values), max(values)
    room = (high - low) * 0.08 or max(abs(high), 1.0) * 0.1
    return Scale(low - room, high + room)


def score_line(marks: Sequence[Mark], threshold: float, scale: Scale, label: str) -> SafeString:
    """Draw scores against their threshold, the stretch that fails shaded."""
    limit = scale.x(threshold)
    shapes = format_html_join("", "{}", ((_shape(mark, scale),) for mark in marks))
    body = format_html(
        '<rect class="fails" x="{}" y="4" width="{}" height="18"/>'
        '<line class="axis" x1="{}" y1="13" x2="{}" y2="13"/>'
        '<line class="limit" x1="{}" y1="2" x2="{}" y2="24"/>{}',
        MARGIN,
        round(limit - MARGIN, 1),
        MARGIN,
        WIDTH - MARGIN,
        limit,
        limit,
        shapes,
    )
    return _svg(body, label)


def interval_bar(
    share: float, low: float, high: float, scale: Scale, label: str, *, loud: bool
) -> SafeString:
    """Draw a share with its interval."""
    body = format_html(
        '<line class="axis" x1="{}" y1="13" x2="{}" y2="13"/>'
        '<rect class="{}" x="{}" y="8" width="{}" height="10" rx="5"/>'
        '<circle class="share" cx="{}" cy="13" r="4.5"/>',
        MARGIN,
        WIDTH - MARGIN,
        "span loud" if loud else "span",
        scale.x(low),
        round(max(2.0, scale.x(high) - scale.x(low)), 1),
        scale.x(share),
    )
    return _svg(body, label)


def _shape(mark: Mark, scale: Scale) -> SafeString:
    kind = "mark good" if mark.good else "mark bad"
    x = scale.x(mark.value)
    if mark.shape == "dot":
        return format_html('<circle class="{}" cx="{}" cy="13" r="6"/>', kind, x)
    return format_html(
        '<rect class="{}" x="{}" y="7.5" width="11" height="11"/>', kind, round(x - 5.5, 1)
    )


def _svg(body: SafeString, label: str) -> SafeString:
    return format_html(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>',
        WIDTH,
        HEIGHT,
        label,
        body,
    )
