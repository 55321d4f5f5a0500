"""The visit as a Hypothesis state machine; the simplest choice is always the plausible one."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from kiosk.session.events import Started
from kiosk.session.facts import CardPlace
from kiosk.session.phases import Phase as VisitPhase
from kiosk.session.rules import Rules
from tests.session.run import Run, Seen

STEPS = 130
STUBBORN_ENDS = 4
"""Moods tried at each new phase; with fewer, a payment that is never withdrawn was missed."""
PAST_PAY = {"issue", "receipt"}
ALL_PHASES = {kind.__dataclass_fields__["name"].default for kind in VisitPhase.__args__}


@dataclass
class Coverage:
    """What the sequences reached."""

    sequences: int = 0
    steps: int = 0
    reached: Counter[str] = field(default_factory=Counter)
    past_pay: int = 0
    seen: Seen = field(default_factory=Counter)

    def add(self, run: Run, steps: int) -> None:
        """Count one sequence."""
        self.sequences += 1
        self.steps += steps
        self.reached.update(run.phases)
        self.past_pay += bool(run.phases & PAST_PAY)
        self.seen.update(run.seen)

    def report(self) -> list[str]:
        """Return the coverage in lines of text."""
        lines = [f"{self.sequences} sequences, {self.steps} random steps; past Pay: {self.share}"]
        for phase, count in self.reached.most_common():
            events = {event: n for (name, event), n in self.seen.items() if name == phase}
            told = ", ".join(f"{event} {n}" for event, n in sorted(events.items()))
            lines.append(f"  {phase:15}{count / self.sequences:5.0%}  {told}")
        return lines

    @property
    def share(self) -> str:
        """Return the share of sequences that got past Pay."""
        return f"{self.past_pay / self.sequences:.0%}"


class VisitMachine(RuleBasedStateMachine):
    """Random events in a plausible world; every invariant is checked at every step."""

    coverage = Coverage()
    failed = True

    @initialize(has_bin=st.booleans(), place=st.sampled_from((CardPlace.OUT, CardPlace.INSIDE)))
    def begin(self, has_bin: bool, place: CardPlace) -> None:
        self.failed = True
        self.steps = 0
        self.run = Run(Rules(slot_has_bin=has_bin))
        self.run.world.place = place
        self.run.do(Started(place))
        self.failed = False

    @rule(data=st.data())
    def something_happens(self, data: st.DataObject) -> None:
        def pick(options: Sequence[tuple[int, Any]]) -> Any:
            number = data.draw(st.integers(0, sum(weight for weight, _ in options) - 1))
            for weight, value in options:
                if number < weight:
                    return value
                number -= weight
            raise AssertionError("unreachable")

        self.steps += 1
        self.failed = True
        known = set(self.run.phases)
        self.run.happen(pick)
        if self.run.phases != known:  # a phase this sequence has not seen before
            for number in range(STUBBORN_ENDS):
                self.run.twin().end_stubbornly(self.run.visit.next_effect * 7 + number)
        self.failed = False

    def teardown(self) -> None:
        if self.failed:
            return  # the step has told why; this must not hide it
        self.coverage.add(self.run, self.steps)
        for ending in (lambda run: run.end_fairly(), *map(_stubborn, range(3))):
            ending(self.run.twin())


def _stubborn(number: int) -> Any:
    return lambda run: run.end_stubbornly(run.visit.next_effect * 31 + number)


def run_machine(sequences: int, *, shrink: bool = True) -> Coverage:
    """Run so many sequences; return what they reached, or fail with the shortest way there."""
    coverage = Coverage()

    class Machine(VisitMachine):
        pass

    Machine.coverage = coverage
    phases = (Phase.generate, Phase.shrink) if shrink else (Phase.generate,)
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=sequences,
            stateful_step_count=STEPS,
            derandomize=True,
            database=None,
            deadline=None,
            phases=phases,
            suppress_health_check=list(HealthCheck),
            print_blob=False,
            report_multiple_bugs=False,
        ),
    )
    return coverage
