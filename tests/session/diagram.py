"""Draw the visit from transitions that really happened: ``python -m tests.session.diagram``.

Writes docs/visit.md. Nothing is drawn by hand; a test fails when the file is not current.
"""

import random
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kiosk.session import events as ev
from kiosk.session.facts import CardPlace
from kiosk.session.rules import Rules
from tests.session.machine import ALL_PHASES, STEPS
from tests.session.run import Run

PAGE = Path(__file__).parents[2] / "docs" / "visit.md"
SEQUENCES = 1000

HEAD = """# The visit

Generated from transitions observed in {sequences} random sequences over a plausible world, by
`python -m tests.session.diagram`; do not edit. A test fails when this page is not current.

The main way is drawn first, the ways off it follow. Events with many causes are written once:
`Touched` says which button, `EffectFailed` is an exception in a device or the server's line,
`TimeUp` names its timer.

"""


class Trace(Run):
    """A run that notes who went where, and why."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.moves: set[tuple[str, str, str]] = set()

    def do(self, event: ev.Event) -> Any:
        before = self.visit.phase.name
        reception = super().do(event)
        after = self.visit.phase.name
        if before != after:
            self.moves.add((before, after, cause(event)))
        return reception


def cause(event: ev.Event) -> str:
    """Name an event as the diagram shows it."""
    match event:
        case ev.Touched(button=button):
            return f"Touched {button.value}"
        case ev.TimeUp(timer=timer):
            return f"TimeUp {timer}"
        case ev.ServerChanged(up=up):
            return f"Server {'back' if up else 'lost'}"
        case ev.DeviceChanged(usable=usable):
            return f"Device {'back' if usable else 'lost'}"
        case ev.CardMoved(place=place):
            return f"CardMoved {place.value}"
        case ev.CaseChanged(case=case):
            return f"Decision {case.decision.kind.value}" if case.decision else "Case closed"
        case _:
            return type(event).__name__


def observe(sequences: int = SEQUENCES) -> dict[tuple[str, str], set[str]]:
    """Run seeded sequences; return the causes of each transition between phases."""
    moves: dict[tuple[str, str], set[str]] = defaultdict(set)
    for seed in range(sequences):
        bent = 0.5 if seed % 4 == 0 else 0.9  # every fourth sequence meets more of what is rare
        source = random.Random(seed)

        def pick(
            options: Sequence[tuple[int, Any]], source: random.Random = source, bent: float = bent
        ) -> Any:
            weights, values = zip(*options, strict=True)
            return values[source.choices(range(len(values)), [w**bent for w in weights])[0]]

        run = Trace(Rules(slot_has_bin=seed % 2 == 0))
        run.do(ev.Started(CardPlace.OUT))
        for _ in range(STEPS):
            run.happen(pick)
        for before, after, why in run.moves:
            moves[before, after].add(why)
    for place in CardPlace:
        run = Trace()
        run.world.place = place
        run.do(ev.Started(place))
        for before, after, why in run.moves:
            moves[before, after].add(why)
    return dict(moves)


ORDER = (
    "attract",
    "insert_card",
    "read_card",
    "welcome_back",
    "offers",
    "notice",
    "portrait",
    "compare",
    "confirm",
    "pay",
    "issue",
    "receipt",
    "take_card",
    "escalated",
    "bad_card",
    "leaving",
    "card_held",
    "out_of_service",
)


def page(moves: dict[tuple[str, str], set[str]], sequences: int = SEQUENCES) -> str:
    """Return docs/visit.md: one diagram of the way, one table of every transition."""
    assert set(ORDER) == ALL_PHASES, "a phase is missing in the order of the page"
    ordered = sorted(moves, key=lambda move: (ORDER.index(move[0]), ORDER.index(move[1])))
    lines = ["```mermaid", "stateDiagram-v2", "    [*] --> out_of_service"]
    lines += [f"    {before} --> {after}" for before, after in ordered]
    lines += ["```", "", "| from | to | on |", "|---|---|---|"]
    lines += [
        f"| {before} | {after} | {', '.join(sorted(moves[before, after]))} |"
        for before, after in ordered
    ]
    return HEAD.format(sequences=sequences) + "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(observe()), encoding="utf-8")
