"""How sure a share of a few trials is: the Wilson score interval. Pure."""

from dataclasses import dataclass
from math import sqrt

Z95 = 1.96
"""Both ends of a 95 % interval together miss the truth once in twenty."""


@dataclass(frozen=True, slots=True)
class Rate:
    """How many of how many comparisons failed."""

    failed: int
    compared: int

    @property
    def share(self) -> float:
        """Return the share that failed, 0 where nothing was compared."""
        return self.failed / self.compared if self.compared else 0.0

    def interval(self, z: float = Z95) -> tuple[float, float]:
        """Return the Wilson score interval; 95 % by default, (0, 1) without trials.

        Wilson, J. Amer. Statist. Assoc. 22 (1927) 209-212. It stays inside 0..1 and is right for
        few trials and small shares, where the plain normal interval is not.
        """
        n = self.compared
        if n == 0:
            return 0.0, 1.0
        spread = z * z / n
        centre = (self.share + spread / 2) / (1 + spread)
        half = z * sqrt(self.share * (1 - self.share) / n + spread / (4 * n)) / (1 + spread)
        return max(0.0, centre - half), min(1.0, centre + half)

    def __add__(self, other: "Rate") -> "Rate":
        return Rate(self.failed + other.failed, self.compared + other.compared)
