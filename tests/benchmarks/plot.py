"""A plot with both axes logarithmic, as SVG: a few curves need no plotting library."""

import math
from html import escape

WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 720, 420, 64, 24, 150, 48
LETTERS = 16
COLOURS = ("#0b5cad", "#b3261e", "#2e7d32", "#6a1b9a")

Curve = list[tuple[float, float]]


def log_plot(label: str, curves: dict[str, Curve]) -> str:
    """Return the SVG of curves over one axis; values at or below nought are left out."""
    kept = {name: [p for p in curve if min(p) > 0] for name, curve in curves.items()}
    every = [point for curve in kept.values() for point in curve]
    x_range = _decades([x for x, _ in every])
    y_range = _decades([y for _, y in every])

    def place(point: tuple[float, float]) -> tuple[float, float]:
        x = LEFT + (WIDTH - LEFT - RIGHT) * _share(point[0], x_range)
        return x, HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * _share(point[1], y_range)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        'font-family="sans-serif" font-size="13">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
    ]
    for power in range(x_range[0], x_range[1] + 1):
        x, y = place((10**power, 10 ** y_range[0]))
        parts.append(_line(x, TOP, x, y))
        parts.append(
            f'<text x="{x:.0f}" y="{y + 20:.0f}" text-anchor="middle">{10**power:g}</text>'
        )
    for power in range(y_range[0], y_range[1] + 1):
        x, y = place((10 ** x_range[0], 10**power))
        parts.append(_line(x, y, WIDTH - RIGHT, y))
        parts.append(
            f'<text x="{x - 8:.0f}" y="{y + 4:.0f}" text-anchor="end">{10.0**power:g}</text>'
        )
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(
        f'<text x="{middle:.0f}" y="{HEIGHT - 8}" text-anchor="middle">{escape(label)}</text>'
    )
    named_at: list[float] = []
    for (name, curve), colour in zip(kept.items(), COLOURS, strict=False):
        if not curve:
            continue
        points = [place(point) for point in curve]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in points]
        x, y = points[-1]
        # Curves that end together are named one below the other.
        while any(abs(y - other) < LETTERS for other in named_at):
            y += LETTERS
        named_at.append(y)
        parts.append(f'<text x="{x + 8:.0f}" y="{y + 4:.0f}" fill="{colour}">{escape(name)}</text>')
    return "\n".join([*parts, "</svg>\n"])


def _decades(values: list[float]) -> tuple[int, int]:
    low = math.floor(math.log10(min(values, default=1.0)))
    return low, max(low + 1, math.ceil(math.log10(max(values, default=10.0))))


def _share(value: float, decades: tuple[int, int]) -> float:
    return (math.log10(value) - decades[0]) / (decades[1] - decades[0])


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<path d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}" stroke="#ddd"/>'
