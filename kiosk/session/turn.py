"""One step under construction: the visit so far and the effects so far."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kiosk.session.effects import Ask, Cancel, Effect, StartTimer, Tell
from kiosk.session.phases import Phase
from kiosk.session.visit import Pending, Ref, Visit


@dataclass(frozen=True, slots=True)
class Turn:
    """A visit and what it asks of the world; every method returns a new turn."""

    visit: Visit
    effects: tuple[Effect, ...] = ()

    def set(self, **changes: Any) -> "Turn":
        """Change fields of the visit."""
        return Turn(self.visit.changed(**changes), self.effects)

    def ask(self, make: Callable[[Ref], Ask]) -> "Turn":
        """Add an effect that will be answered."""
        visit = self.visit
        effect = make(Ref(visit.id, visit.next_effect))
        kind = f"timer:{effect.timer}" if isinstance(effect, StartTimer) else type(effect).__name__
        pending = (*visit.pending, Pending(visit.next_effect, kind))
        visit = visit.changed(next_effect=visit.next_effect + 1, pending=pending)
        return Turn(visit, (*self.effects, effect))

    def tell(self, make: Callable[[Ref], Tell]) -> "Turn":
        """Add an effect that nobody waits for."""
        visit = self.visit
        effect = make(Ref(visit.id, visit.next_effect))
        return Turn(visit.changed(next_effect=visit.next_effect + 1), (*self.effects, effect))

    def timer(self, name: str, seconds: float) -> "Turn":
        """Start a timer."""
        return self.ask(lambda ref: StartTimer(ref, name, seconds))

    def cancel(self, *kinds: str) -> "Turn":
        """Withdraw every unanswered effect of these kinds."""
        return self._withdraw(lambda pending: pending.kind in kinds)

    def enter(self, phase: Phase, keep: tuple[str, ...] = ()) -> "Turn":
        """Go to a phase and withdraw all that the last one waited for, but for ``keep``."""
        withdrawn = self._withdraw(lambda pending: pending.kind not in keep)
        return withdrawn.set(phase=phase, idle_warning=False)

    def _withdraw(self, is_meant: Callable[[Pending], bool]) -> "Turn":
        visit = self.visit
        gone = [pending for pending in visit.pending if is_meant(pending)]
        if not gone:
            return self
        cancels = [
            Cancel(Ref(visit.id, number), pending.effect_id)
            for number, pending in enumerate(gone, visit.next_effect)
        ]
        rest = tuple(pending for pending in visit.pending if not is_meant(pending))
        visit = visit.changed(pending=rest, next_effect=visit.next_effect + len(gone))
        return Turn(visit, (*self.effects, *cancels))
