"""Plots as SVG: drawn on the server, styled by reports.css, legible at 360 px. Pure.

Words come in the page's language and are escaped here. Each plot has a table of its values beside
it on the page, so it is marked as one picture with a title.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH = 360
ROW = 42
RIGHT = 58
PLOT_HEIGHT = 150
FOOT = 24
TOP = 16


@dataclass(frozen=True, slots=True)
class Column:
    """One place on the horizontal axis: a bar for the usual value, a tick for the longest."""

    label: str
    value: float | None
    peak: float | None = None


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of parts one after the other; a part is (style, value). ``text`` ends the row."""

    label: str
    parts: tuple[tuple[str, float], ...]
    text: str


@dataclass(frozen=True, slots=True)
class Interval:
    """One row with a share and its interval, all in 0..1."""

    label: str
    share: float
    low: float
    high: float
    text: str


def columns(title: str, shown: Sequence[Column], every: int = 1) -> str:
    """Draw columns in minutes on one scale; every ``every``-th has its label below."""
    top = nice_top(max([v for c in shown for v in (c.value, c.peak) if v is not None], default=0))
    height = TOP + PLOT_HEIGHT + FOOT
    left, wide = 34, WIDTH - 34
    parts = []
    for share in (0.0, 0.5, 1.0):
        y = TOP + PLOT_HEIGHT * (1 - share)
        parts.append(f'<line class="rule" x1="{left}" x2="{WIDTH}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(_text(left - 6, y + 4, f"{top * share:g}", "end"))
    step = wide / max(1, len(shown))
    for place, column in enumerate(shown):
        x = left + step * place
        if column.value is not None:
            tall = PLOT_HEIGHT * column.value / top
            parts.append(
                f'<rect class="bar-main" x="{x + step * 0.15:.1f}" width="{step * 0.7:.1f}" '
                f'y="{TOP + PLOT_HEIGHT - tall:.1f}" height="{max(1.0, tall):.1f}"/>'
            )
        if column.peak is not None:
            y = TOP + PLOT_HEIGHT * (1 - column.peak / top)
            parts.append(
                f'<line class="peak" x1="{x + step * 0.1:.1f}" x2="{x + step * 0.9:.1f}" '
                f'y1="{y:.1f}" y2="{y:.1f}"/>'
            )
        if place % every == 0:
            parts.append(_text(x + step / 2, height - 6, column.label, "middle"))
    return _svg(title, height, parts)


def bars(title: str, shown: Sequence[Bar]) -> str:
    """Draw rows of stacked parts on one scale; a label has its own line, whatever its length."""
    most = max([sum(value for _, value in bar.parts) for bar in shown], default=0) or 1
    wide = WIDTH - RIGHT
    parts = []
    for place, bar in enumerate(shown):
        y = ROW * place
        parts.append(_text(0, y + 14, bar.label, "start"))
        x = 0.0
        for style, value in bar.parts:
            span = wide * value / most
            if value:
                parts.append(
                    f'<rect class="{style}" x="{x:.1f}" width="{max(1.5, span):.1f}" '
                    f'y="{y + 20}" height="16"/>'
                )
            x += span
        parts.append(_text(x + 6, y + 33, bar.text, "start"))
    return _svg(title, ROW * max(1, len(shown)) + 4, parts)


def intervals(title: str, shown: Sequence[Interval], reference: float | None = None) -> str:
    """Draw rows of a share with its interval; ``reference`` is a line across all of them."""
    most = nice_top(100 * max([row.high for row in shown] + [reference or 0.0]) or 1) / 100
    left, wide = 8.0, WIDTH - RIGHT - 8
    height = ROW * max(1, len(shown)) + FOOT
    parts = []
    for share in (0.0, most / 2, most):
        x = left + wide * share / most
        parts.append(f'<line class="rule" x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{height - FOOT}"/>')
        anchor = "start" if share == 0 else "middle"
        parts.append(_text(x if share else 0, height - 7, f"{share * 100:g}%", anchor))
    if reference is not None:
        x = left + wide * reference / most
        parts.append(
            f'<line class="reference" x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{height - FOOT}"/>'
        )
    for place, row in enumerate(shown):
        y = ROW * place + 28
        low, mid, high = (left + wide * v / most for v in (row.low, row.share, row.high))
        parts.append(_text(0, y - 12, row.label, "start"))
        parts.append(
            f'<line class="whisker" x1="{low:.1f}" x2="{high:.1f}" y1="{y}" y2="{y}"/>'
            f'<circle class="dot" cx="{mid:.1f}" cy="{y}" r="5"/>'
        )
        parts.append(_text(WIDTH, y + 5, row.text, "end"))
    return _svg(title, height, parts)


def nice_top(value: float) -> float:
    """Return the end of an axis: 1, 2, 4, 6 or 10 times a power of ten, at or above ``value``."""
    top = 1.0
    while True:
        for step in (1, 2, 4, 6):
            if step * top >= value:
                return step * top
        top *= 10


def _text(x: float, y: float, words: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


def _svg(title: str, height: float, parts: Sequence[str]) -> str:
    return (
        f'<svg class="plot" viewBox="0 0 {WIDTH} {height:g}" role="img" '
        f'aria-label="{escape(title)}">{"".join(parts)}</svg>'
    )
