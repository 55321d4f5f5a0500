"""The ranges that limits may be set in, kept beside each limit, and the check of what is given.

A limit that is accepted here works; any other is one line that says what to write.
"""

import math
from collections.abc import Mapping
from dataclasses import Field, dataclass, fields
from typing import Any, get_args, get_origin


@dataclass(frozen=True, slots=True)
class Range:
    """From ``low`` (itself only with ``low_too``) to ``high``; ``off`` switches the gate off.

    ``below`` names another limit of the same kind that this one must stay under.
    """

    low: float
    high: float
    low_too: bool = True
    off: float | None = None
    below: str = ""

    def holds(self, value: float) -> bool:
        """Say whether a value lies within; what is no number does not."""
        return (self.low <= value if self.low_too else self.low < value) and value <= self.high

    def in_words(self, *, whole: bool) -> str:
        """Say what may be written."""
        kind = "a whole number " if whole else ""
        start = f"from {self.low:g} to" if self.low_too else f"above {self.low:g} and at most"
        off = "" if self.off is None else f"; {self.off:g} switches this gate off"
        return f"must be {kind}{start} {self.high:g}{off}"


class LimitError(ValueError):
    """A limit that cannot be used: its name, and what is allowed."""

    def __init__(self, name: str, allowed: str) -> None:
        super().__init__(f"{name}: {allowed}")
        self.name = name
        self.allowed = allowed


def ranges_of(kind: type[Any]) -> dict[str, tuple[type, Range]]:
    """Return the type and range of each limit of a dataclass; fields without one are none."""
    found = {}
    for entry in fields(kind):
        parts = _annotated(entry)
        if parts is not None:
            found[entry.name] = parts
    return found


def check_limits(kind: type[Any], given: Mapping[str, float]) -> dict[str, Any]:
    """Return the limits as ``kind`` takes them. Raises LimitError."""
    known = ranges_of(kind)
    checked: dict[str, Any] = {}
    for name, value in given.items():
        if name not in known:
            raise LimitError(name, f"is not a limit; allowed are {', '.join(sorted(known))}")
        number, allowed = known[name]
        whole = number is int
        fits = math.isfinite(value) and (not whole or value == int(value))
        if not fits or not allowed.holds(value):
            raise LimitError(name, f"{allowed.in_words(whole=whole)}, is {value:g}")
        checked[name] = number(value)
    all_limits: dict[str, Any] = {entry.name: entry.default for entry in fields(kind)} | checked
    for name, (_, allowed) in known.items():
        if not allowed.below:
            continue
        low, high = all_limits[name], all_limits[allowed.below]
        if not low < high:
            named = name if name in checked else allowed.below
            raise LimitError(named, f"{name} must be below {allowed.below}: {low:g}, {high:g}")
    return checked


def _annotated(entry: Field[Any]) -> tuple[type, Range] | None:
    if get_origin(entry.type) is None:
        return None
    number, *notes = get_args(entry.type)
    allowed = next((note for note in notes if isinstance(note, Range)), None)
    return None if allowed is None else (number, allowed)
