"""Composes a card's back. Pure: it decides what stands where, never how it is printed.

The device can only erase the whole back, so what is still valid is printed again with what is
new. Nothing is shortened or left out to make it fit: then a person has to decide.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain

from devices.glyphs.wrapping import wrap
from devices.interfaces import BackLine


@dataclass(frozen=True, slots=True)
class PrintedEndorsement:
    """One endorsement as it stands on the card; labels are in the card's own language."""

    destination: str
    kind: str
    entries: str
    valid_from: date
    valid_until: date
    office: str
    order_number: str
    stay_days: int | None = None


@dataclass(frozen=True, slots=True)
class BackOverflow:
    """Why not everything fits; for staff, who may have an old endorsement cancelled."""

    rows_needed: int
    rows_available: int
    endorsements: int

    @property
    def reason(self) -> str:
        """Say it in one sentence."""
        return (
            f"{self.endorsements} endorsements need {self.rows_needed} rows, "
            f"the card's back has {self.rows_available}"
        )


@dataclass(frozen=True, slots=True)
class _Density:
    """How generously the back is set."""

    tall_headings: bool
    gaps: bool


_DENSITIES = (_Density(True, True), _Density(False, True), _Density(False, False))


def compose_back(
    standing: Sequence[PrintedEndorsement],
    new: PrintedEndorsement,
    *,
    today: date,
    max_lines: int,
    max_columns: int,
) -> tuple[BackLine, ...] | BackOverflow:
    """Return the lines of the new back, oldest endorsement first; expired ones are left out.

    A standing endorsement with the new one's order number is replaced, not printed twice (a
    reprint). Sets headings in double height when there is room for it.
    """
    kept = [
        one for one in standing if one.valid_until >= today and one.order_number != new.order_number
    ]
    every = [*sorted(kept, key=lambda one: one.valid_from), new]
    rows = 0
    for density in _DENSITIES:
        lines = _set(every, density, max_columns)
        rows = sum(2 if line.tall else 1 for line in lines)
        if rows <= max_lines:
            return tuple(lines)
    return BackOverflow(rows, max_lines, len(every))


def _set(
    every: Sequence[PrintedEndorsement], density: _Density, max_columns: int
) -> list[BackLine]:
    blocks = [_block(one, density, max_columns) for one in every]
    if density.gaps:
        blocks = [[*block, BackLine("")] for block in blocks[:-1]] + blocks[-1:]
    return list(chain.from_iterable(blocks))


def _block(one: PrintedEndorsement, density: _Density, max_columns: int) -> list[BackLine]:
    terms = one.entries
    if one.stay_days is not None:
        terms += f"  每次逗留不超过{one.stay_days}天"
    plain = (
        terms,
        f"有效期 {one.valid_from.isoformat()} 至 {one.valid_until.isoformat()}",
        f"签发 {one.office}  №{one.order_number}",
    )
    heading = f"往来{one.destination}签注  {one.kind}"
    lines = [BackLine(text, density.tall_headings) for text in wrap(heading, max_columns)]
    return lines + [BackLine(text) for line in plain for text in wrap(line, max_columns)]
