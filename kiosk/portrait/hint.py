"""The one hint that helps most now, and keeping it long enough to be read. Pure."""

from kiosk.portrait.criteria import first_failing
from kiosk.portrait.quality import Assessment
from kiosk.values import Hint


def choose_hint(assessment: Assessment) -> Hint:
    """Return the hint for the first criterion that fails, GOOD when none does."""
    failing = first_failing(assessment)
    return Hint.GOOD if failing is None else failing[0]


class SteadyHint:
    """Keeps a hint on screen for at least ``stable_s`` before another takes its place."""

    def __init__(self, stable_s: float) -> None:
        self._stable_s = stable_s
        self._shown: Hint | None = None
        self._since_s = 0.0

    def show(self, hint: Hint, now_s: float) -> Hint:
        """Return the hint to show at ``now_s`` when ``hint`` is the newest."""
        if self._shown is None or (
            hint is not self._shown and now_s - self._since_s >= self._stable_s
        ):
            self._shown, self._since_s = hint, now_s
        return self._shown
