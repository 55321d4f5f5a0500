"""The one hint that helps most now, and keeping it long enough to be read. Pure."""

from collections import Counter, deque

from kiosk.portrait.criteria import first_failing
from kiosk.portrait.quality import Assessment
from kiosk.values import Hint


def choose_hint(assessment: Assessment) -> Hint:
    """Return the hint for the first criterion that fails, GOOD when none does."""
    failing = first_failing(assessment)
    return Hint.GOOD if failing is None else failing.hint


class SteadyHint:
    """Keeps a hint on screen for at least ``stable_s`` before another takes its place.

    The one that follows is what most frames of that time asked for (the newest among equals):
    a single odd frame does not put its hint up.
    """

    def __init__(self, stable_s: float) -> None:
        self._stable_s = stable_s
        self._shown: Hint | None = None
        self._since_s = 0.0
        self._asked: deque[tuple[float, Hint]] = deque()

    def show(self, hint: Hint, now_s: float) -> Hint:
        """Return the hint to show at ``now_s`` when ``hint`` is the newest."""
        self._asked.append((now_s, hint))
        while now_s - self._asked[0][0] >= self._stable_s and len(self._asked) > 1:
            self._asked.popleft()
        if self._shown is None:
            self._shown, self._since_s = hint, now_s
        elif now_s - self._since_s >= self._stable_s:
            wanted = self._wanted()
            if wanted is not self._shown:
                self._shown, self._since_s = wanted, now_s
        return self._shown

    def _wanted(self) -> Hint:
        newest_first = [hint for _, hint in reversed(self._asked)]
        return Counter(newest_first).most_common(1)[0][0]
