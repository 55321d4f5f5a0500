"""What a page depends on beside the visit: time, place, and what is being chosen right now."""

from dataclasses import dataclass, field
from datetime import datetime

from kiosk.session.rules import Timers
from kiosk.ui.page import Ground, TravelDraft


@dataclass(frozen=True, slots=True)
class Scene:
    """The moment and the place.

    Seconds count since the phase, case or warning was first shown; ``idle_s`` since the session
    last began to wait for a touch.
    """

    now: datetime
    kiosk_label: str = "1"
    grounds: tuple[Ground, ...] = ()
    timers: Timers = field(default_factory=Timers)
    phase_s: float = 0.0
    case_s: float = 0.0
    warned_s: float = 0.0
    idle_s: float = 0.0
    draft: TravelDraft = field(default_factory=TravelDraft)
    list_page: int = 0

    def left(self, limit_s: float, passed_s: float) -> int:
        """Return whole seconds left of a limit, never below 0."""
        return max(0, round(limit_s - passed_s))
