"""A simulated day in the hall: who waits how long, by urgency, and whether anybody starves.

Real database, real services (open, travel, claim, decide, timers) on a simulated clock; arrivals
and handling times are drawn with a fixed seed. A person starves who is still waiting after the
longest wait plus the way there, while somebody who came later than that is taken first.

    python -m tests.benchmarks.queue_day [--cases 300] [--desks 3]
"""

import argparse
import json
import random
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median

from django.utils.timezone import localtime

from tests.backend import world  # first: it starts Django

from backend.cases.claims import claim, renew  # isort: skip
from backend.cases.decisions import DecisionInput, decide  # isort: skip
from backend.cases.models import Alarm, Case  # isort: skip
from backend.cases.opening import open_case  # isort: skip
from backend.cases.queue import queue  # isort: skip
from backend.cases.residents_side import set_travel  # isort: skip
from backend.cases.timers import run_timers  # isort: skip
from backend.clock import running_on  # isort: skip
from backend.config import hall  # isort: skip
from backend_client import contract as c  # isort: skip
from backend_client.contract import DecisionKind  # isort: skip

OPENING_H = 9
TICK = timedelta(seconds=60)
"""A claim is renewed, and timers run, at least this often while something is open."""
CLASSES = ("departs_within_3_h", "ground", "departs_later", "plain")


@dataclass
class Visitor:
    """One person: when they come and what they say."""

    case_id: str
    at: datetime
    leaves: datetime | None
    ground: str
    urgency: str
    taken_at: datetime | None = None
    decide_by: datetime | None = None


def draw_visitors(
    count: int, opening: datetime, hours: float, chance: random.Random
) -> list[Visitor]:
    """Draw a day's arrivals: two rushes, one in eight leaves soon, one in ten has a ground."""
    grounds = [ground.code for ground in hall().urgency.ground]
    visitors = []
    for number in range(count):
        rush = chance.choice((0.15, 0.7))
        share = min(max(chance.gauss(rush, 0.15), 0.0), 0.95)
        at = opening + timedelta(hours=hours * share)
        draw = chance.random()
        leaves, ground, urgency = None, "", "plain"
        if draw < 0.125:
            leaves, urgency = at + timedelta(minutes=chance.uniform(40, 180)), CLASSES[0]
        elif draw < 0.225:
            ground, urgency = chance.choice(grounds), CLASSES[1]
        elif draw < 0.4:
            leaves, urgency = at + timedelta(hours=chance.uniform(12, 120)), CLASSES[2]
        visitors.append(Visitor(f"day-{number}", at, leaves, ground, urgency))
    return sorted(visitors, key=lambda visitor: visitor.at)


def run_day(cases: int, desks: int, hours: float = 8, seed: int = 7) -> dict[str, object]:
    """Play the day and return its figures; the database is the one Django points at."""
    chance = random.Random(seed)
    opening = localtime().replace(hour=OPENING_H, minute=0, second=0, microsecond=0)
    visitors = draw_visitors(cases, opening, hours, chance)
    by_id = {visitor.case_id: visitor for visitor in visitors}
    kiosk = world.add_kiosk("9")
    clock = [opening]
    with running_on(lambda: clock[0]):
        clerks = [world.add_staff(f"day-clerk-{n}", "clerk") for n in range(desks)]
        busy: dict[int, tuple[str, datetime]] = {}
        coming, longest_queue = list(visitors), 0
        while coming or busy or queue().exists():
            while coming and coming[0].at <= clock[0]:
                _arrive(kiosk, coming.pop(0))
            run_timers()
            for desk, clerk in enumerate(clerks):
                if desk in busy:
                    case_id, until = busy[desk]
                    renew(case_id, clerk)
                    if until > clock[0]:
                        continue
                    decide(case_id, clerk, DecisionInput(DecisionKind.TO_COUNTER))
                    del busy[desk]
                first = queue().filter(stage="waiting").first()
                if first is not None:
                    claim(first.id, clerk)
                    taken = by_id[first.id]
                    taken.taken_at, taken.decide_by = clock[0], first.decide_by
                    handling = timedelta(seconds=max(30.0, chance.expovariate(1 / 150)))
                    busy[desk] = (first.id, clock[0] + handling)
            longest_queue = max(longest_queue, queue().filter(stage="waiting").count())
            clock[0] = _next_moment(clock[0], coming, busy)
    return _figures(visitors, longest_queue)


def _next_moment(
    moment: datetime, coming: list[Visitor], busy: dict[int, tuple[str, datetime]]
) -> datetime:
    events = [coming[0].at] if coming else []
    if busy:
        events += [moment + TICK, *(until for _, until in busy.values())]
    return max(moment + timedelta(seconds=1), min(events, default=moment + TICK))


def _arrive(kiosk, visitor: Visitor) -> None:
    open_case(
        kiosk,
        world.case_request(visitor.case_id, visit_id=visitor.case_id, card_number=None),
    )
    if visitor.leaves or visitor.ground:
        travel = c.TravelRequest(depart_at=visitor.leaves, ground=visitor.ground or None)
        set_travel(kiosk, visitor.case_id, travel)


def _figures(visitors: list[Visitor], longest_queue: int) -> dict[str, object]:
    way = timedelta(seconds=hall().timers.decide_before_departure_s)
    waits: dict[str, list[float]] = {urgency: [] for urgency in CLASSES}
    for visitor in visitors:
        waits[visitor.urgency].append((visitor.taken_at - visitor.at).total_seconds())
    starved = sum(
        other.at > visitor.decide_by + way and other.taken_at < visitor.taken_at
        for visitor in visitors
        for other in visitors
    )
    missed = sum(bool(v.leaves and v.taken_at > v.leaves) for v in visitors)
    return {
        "cases": len(visitors),
        "starved": starved,
        "departures_missed": missed,
        "longest_queue": longest_queue,
        "alarms": Alarm.objects.count(),
        "open_at_end": Case.objects.filter(stage__in=("waiting", "claimed")).count(),
        **{f"wait_{name}_median_s": round(median(found)) for name, found in waits.items() if found},
        **{f"wait_{name}_max_s": round(max(found)) for name, found in waits.items() if found},
    }


def main() -> None:
    """Print what was simulated, and its figures as the last line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=300)
    parser.add_argument("--desks", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as data:
        world.fresh_database(Path(data))
        figures = run_day(options.cases, options.desks)
        world.connections.close_all()
    print(f"A day of {options.cases} cases at {options.desks} desks, waits by urgency:")
    for name in CLASSES:
        print(
            f"  {name:20} median {figures[f'wait_{name}_median_s']:>6} s"
            f"   longest {figures[f'wait_{name}_max_s']:>6} s"
        )
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
