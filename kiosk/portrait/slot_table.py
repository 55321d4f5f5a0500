"""A table of a slot's ``model.toml``, read strictly: each fault is one line. No I/O."""

import math
from pathlib import Path
from typing import Any

from kiosk.portrait.slots import SlotError


class Table:
    """Gives up its values one by one: wrong types, missing and unknown keys are SlotErrors."""

    def __init__(self, source: Path, where: str, values: dict[str, Any]) -> None:
        self._source = source
        self._where = where
        self._values = dict(values)

    def fail(self, key: str, what: str) -> SlotError:
        """Make the one-line error for ``key``."""
        return SlotError(f"{self._source}: {self._where}{key}: {what}")

    def take(self, key: str, kind: type, default: Any = None) -> Any:
        """Remove and return a value of ``kind``; a float may be written as an integer."""
        value = self._values.pop(key, default)
        if value is None:
            raise self.fail(key, "missing")
        if kind is float and type(value) is int:
            value = float(value)
        if type(value) is not kind:
            raise self.fail(key, f"must be {kind.__name__}, is {value!r}")
        if isinstance(value, float) and not math.isfinite(value):
            raise self.fail(key, f"must be a finite number, is {value!r}")
        return value

    def choice(self, key: str, allowed: tuple[str, ...], default: str | None = None) -> str:
        """Take a string that must be one of ``allowed``."""
        value: str = self.take(key, str, default)
        if value not in allowed:
            raise self.fail(key, f"must be one of {', '.join(allowed)}, is {value!r}")
        return value

    def text(self, key: str) -> str:
        """Take a string that says something."""
        value: str = self.take(key, str)
        if not value.strip():
            raise self.fail(key, "must not be empty")
        return value

    def within(self, key: str, least: int, most: int) -> int:
        """Take a whole number from ``least`` to ``most``."""
        value: int = self.take(key, int)
        if not least <= value <= most:
            raise self.fail(key, f"must be {least} to {most}, is {value!r}")
        return value

    def positive(self, key: str, kind: type) -> Any:
        """Take a number greater than zero."""
        value = self.take(key, kind)
        if not value > 0:
            raise self.fail(key, f"must be positive, is {value!r}")
        return value

    def share(self, key: str) -> float:
        """Take a number above zero and up to one."""
        value: float = self.positive(key, float)
        if value > 1:
            raise self.fail(key, f"must be at most 1, is {value!r}")
        return value

    def tables(self, key: str) -> list["Table"]:
        """Take an array of tables, empty when missing."""
        entries = self.take(key, list, [])
        if not all(isinstance(entry, dict) for entry in entries):
            raise self.fail(key, "must be tables")
        return [Table(self._source, f"{self._where}{key}.", entry) for entry in entries]

    def table(self, key: str) -> "Table | None":
        """Take one table, None when missing."""
        if key not in self._values:
            return None
        return Table(self._source, f"{self._where}{key}.", self.take(key, dict))

    def done(self) -> None:
        """Refuse what nobody has taken."""
        for key in self._values:
            raise self.fail(key, "unknown key")
