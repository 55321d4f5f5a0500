"""One step under construction: the visit so far and the effects so far."""

from collections.abc import Callable
from dataclasses import dataclass, replace
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
        return replace(self, visit=replace(self.visit, **changes))

    def ask(self, make: Callable[[Ref], Ask]) -> "Turn":
        """Add an effect that will be answered."""
        visit = self.visit
        effect = make(Ref(visit.id, visit.next_effect))
        kind = f"timer:{effect.timer}" if isinstance(effect, StartTimer) else type(effect).__name__
        pending = (*visit.pending, Pending(visit.next_effect, kind))
        visit = replace(visit, next_effect=visit.next_effect + 1, pending=pending)
        return Turn(visit, (*self.effects, effect))

    def tell(self, make: Callable[[Ref], Tell]) -> "Turn":
        """Add an effect that nobody waits for."""
        visit = self.visit
        effect = make(Ref(visit.id, visit.next_effect))
        return Turn(replace(visit, next_effect=visit.next_effect + 1), (*self.effects, effect))

    def timer(self, name: str, seconds: float) -> "Turn":
        """Start a timer."""
        return self.ask(lambda ref: StartTimer(ref, name, seconds))

    def cancel(self, *kinds: str) -> "Turn":
        """Withdraw every unanswered effect of these kinds."""
        turn = self
        for pending in self.visit.pending:
            if pending.kind in kinds:
                turn = turn._withdraw(pending)
        return turn

    def enter(self, phase: Phase, keep: tuple[str, ...] = ()) -> "Turn":
        """Go to a phase and withdraw all that the last one waited for, but for ``keep``."""
        turn = self
        for pending in self.visit.pending:
            if pending.kind not in keep:
                turn = turn._withdraw(pending)
        return turn.set(phase=phase, idle_warning=False)

    def _withdraw(self, pending: Pending) -> "Turn":
        rest = tuple(other for other in self.visit.pending if other != pending)
        return self.set(pending=rest).tell(lambda ref: Cancel(ref, pending.effect_id))
