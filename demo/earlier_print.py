"""What stands on a card's back before its first visit here, set by the same bytes as a new one.

The content is data in config/demo; the dots come from the card printer's own print frames, its
emulated thermal head and the glyphs that the frames register.
"""

import tomllib
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from devices.endorsement_back.compose import BackOverflow, PrintedEndorsement, compose_back
from devices.rig.card import Card, blank_back
from devices.sanwa_crp1231.layout import DoesNotFit, PrintLayout, plan_print
from devices.sanwa_crp1231.thermal import paint, parse_glyph

_PRINTED = Path(__file__).resolve().parents[1] / "config" / "demo" / "printed.toml"
_HEADER_BYTES = 3


class UnusableData(Exception):
    """What config/demo wants on a back cannot be printed there."""


def print_earlier(cards: dict[str, Card], today: date, data: Path = _PRINTED) -> None:
    """Print what the data says on these cards' backs. Raises UnusableData."""
    for row in tomllib.loads(data.read_text("utf-8"))["printed"]:
        earlier = PrintedEndorsement(
            destination=row["destination"],
            kind=row["kind"],
            entries=row["entries"],
            valid_from=today - timedelta(days=row["valid_from_days_ago"]),
            valid_until=today - timedelta(days=row["valid_until_days_ago"]),
            office=row["office"],
            order_number=row["number"],
            stay_days=row["stay_days"],
        )
        card = cards[row["resident"]]
        card.back[:] = _worn(_print(earlier), row["kept"])


def _print(one: PrintedEndorsement) -> NDArray[np.bool_]:
    layout = PrintLayout()
    lines = compose_back(
        [],
        one,
        today=one.valid_from,
        max_lines=layout.max_lines,
        max_columns=layout.max_columns,
    )
    if isinstance(lines, BackOverflow):
        raise UnusableData(lines.reason)
    plan = plan_print(lines, layout)
    if isinstance(plan, DoesNotFit):
        raise UnusableData(plan.reason)
    glyphs = {frame.data[0]: parse_glyph(frame.data[1:]) for frame in plan.glyphs}
    back = blank_back()
    for frame in (*plan.composing, plan.final):
        paint(back, frame.data[2] - 1, frame.data[_HEADER_BYTES:], glyphs)
    return back


def _worn(back: NDArray[np.bool_], kept: float) -> NDArray[np.bool_]:
    """Lose dots at random, the same ones each time."""
    lottery = np.random.default_rng(1).random(back.shape)
    return back & (lottery < kept)
