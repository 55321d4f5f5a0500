"""How often "this person or this machine?" is answered right, and how soon, in simulated halls.

    python -m tests.benchmarks.person_or_machine [--halls N] [--seed S]

Each hall has eight kiosks and a day of 400 visits, in a real database through the services that
the kiosks' reports go through. Three kinds: in the morning the lens of one kiosk gets dirty; some
residents' record portraits are another person's; neither, only residents whose looks have changed.
Scores are drawn, not measured: a genuine comparison around 12 with a spread of 2.5 against the
threshold 5.58, another person around 2, a dirty lens takes a third to two thirds away.
"""

import argparse
import json
import random
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median

from tests.backend import world  # sets Django up: before anything of the server

# isort: split

from django.db import transaction
from django.utils import timezone

from backend.insight.asking import Question, ask
from backend.insight.models import Comparison, Incident
from backend.insight.recording import record
from backend.insight.verdict import Verdict
from backend_client.contract import MatchReport, ReferencesScore, ScoreReport

KINDS = ("dirty_lens", "wrong_record", "neither")
KIOSKS, VISITS, DIRTY_FROM, DIRTY = 8, 400, 100, 3
THRESHOLD, GENUINE, SPREAD, OTHER = 5.58, 12.0, 2.5, 2.0
CHANGED_LOOKS, WRONG_RECORDS, TRIES_ELSEWHERE = 0.02, 0.03, 0.3


@dataclass
class Tally:
    """What came of one kind of hall."""

    verdicts: Counter[tuple[str, str]] = field(default_factory=Counter)
    raised_after: list[int] = field(default_factory=list)
    failed_before: list[int] = field(default_factory=list)
    missed: int = 0
    false_incidents: int = 0
    kiosk_days: int = 0

    def share(self, truth: str, *verdicts: Verdict) -> float:
        """Return how often failures of this truth got one of these verdicts."""
        all_of = sum(count for (what, _), count in self.verdicts.items() if what == truth)
        hits = sum(self.verdicts[(truth, verdict.value)] for verdict in verdicts)
        return hits / all_of if all_of else float("nan")


class Hall:
    """One simulated day."""

    def __init__(self, kind: str, seed: int, tally: Tally) -> None:
        self.kind, self.tally = kind, tally
        self.random = random.Random(seed)
        self.kiosks = [world.Kiosk.objects.get(id=str(n)) for n in range(KIOSKS)]
        self.dirty_visits = self.dirty_failed = 0
        self.raised = False

    def play(self) -> None:
        """Play all visits, and judge each failed comparison as the case's page would."""
        start = timezone.localtime().replace(hour=8, minute=30, second=0, microsecond=0)
        for number in range(VISITS):
            moment = start + timedelta(seconds=72 * number)
            self._visit(number, moment)
        self.tally.kiosk_days += KIOSKS
        self.tally.missed += self.kind == "dirty_lens" and not self.raised

    def _visit(self, number: int, moment: datetime) -> None:
        card = f"C{self.random.randrange(10**8):08d}"
        truth = self._truth()
        kiosk = self.random.randrange(KIOSKS)
        if self._at(kiosk, card, truth, number, moment):
            return
        if self.random.random() < TRIES_ELSEWHERE:
            other = (kiosk + self.random.randrange(1, KIOSKS)) % KIOSKS
            self._at(other, card, truth, number, moment + timedelta(seconds=40))

    def _truth(self) -> str:
        draw = self.random.random()
        if self.kind == "wrong_record" and draw < WRONG_RECORDS:
            return "record"
        return "person" if draw > 1 - CHANGED_LOOKS else "genuine"

    def _at(self, kiosk: int, card: str, truth: str, number: int, moment: datetime) -> bool:
        """Compare at a kiosk; True when it matched."""
        dirty = self.kind == "dirty_lens" and kiosk == DIRTY and number >= DIRTY_FROM
        match = self._match(truth, dirty)
        visit_id = f"v{number}-{kiosk}"
        before = Incident.objects.count()
        record(self.kiosks[kiosk], visit_id, card, match, moment)
        self._count(kiosk, dirty, match, Incident.objects.count() > before)
        if not match.matched:
            question = Question(self.kiosks[kiosk], visit_id, card, match, moment)
            what = "machine" if dirty and truth == "genuine" else truth
            stage = what if what != "machine" or self.dirty_failed > 2 else "machine_first_two"
            self.tally.verdicts[(stage, ask(question).verdict.value)] += 1
        return match.matched

    def _count(self, kiosk: int, dirty: bool, match: MatchReport, opened: bool) -> None:
        if dirty:
            self.dirty_visits += 1
            self.dirty_failed += not match.matched
        if opened and dirty and not self.raised:
            self.raised = True
            self.tally.raised_after.append(self.dirty_visits)
            self.tally.failed_before.append(self.dirty_failed)
        elif opened and not dirty:
            self.tally.false_incidents += 1

    def _match(self, truth: str, dirty: bool) -> MatchReport:
        chip = record_score = self.random.gauss(GENUINE, SPREAD)
        chip += self.random.gauss(0, 1.0)
        record_score += self.random.gauss(0, 1.0)
        between = self.random.gauss(GENUINE, SPREAD)
        if truth == "record":
            record_score, between = (self.random.gauss(OTHER, 1.5) for _ in range(2))
        elif truth == "person":
            chip, record_score = (self.random.gauss(3.5, 1.2) for _ in range(2))
        if dirty:
            left = self.random.uniform(0.33, 0.67)
            chip, record_score = chip * left, record_score * left
        scores = {"chip": chip, "record": record_score}
        return MatchReport(
            matched=min(scores.values()) >= THRESHOLD,
            tries=1,
            model="fused",
            model_sha256="0" * 64,
            scores=tuple(
                ScoreReport(reference=name, engine="fused", score=score, threshold=THRESHOLD)
                for name, score in scores.items()
            ),
            between=ReferencesScore(score=between, threshold=THRESHOLD),
        )


def simulate(halls: int, seed: int) -> dict[str, Tally]:
    """Play ``halls`` days of each kind in the database that Django points at."""
    tallies = {kind: Tally() for kind in KINDS}
    for number in range(KIOSKS):
        world.add_kiosk(str(number))
    for kind, tally in tallies.items():
        for day in range(halls):
            with transaction.atomic():
                Hall(kind, seed * 1000 + day, tally).play()
                Comparison.objects.all().delete()
                Incident.objects.all().delete()
    return tallies


def figures(tallies: dict[str, Tally]) -> dict[str, float | int]:
    """Return the figures of the last line."""
    dirty, wrong, neither = (tallies[kind] for kind in KINDS)
    healthy_days = sum(t.kiosk_days for t in tallies.values())
    return {
        "machine_right": round(dirty.share("machine", Verdict.MACHINE), 3),
        "machine_unclear": round(dirty.share("machine", Verdict.UNCLEAR), 3),
        "machine_first_two_right": round(dirty.share("machine_first_two", Verdict.MACHINE), 3),
        "record_right": round(wrong.share("record", Verdict.RECORD), 3),
        "person_right": round(neither.share("person", Verdict.PERSON), 3),
        "person_blamed_machine": round(neither.share("person", Verdict.MACHINE), 3),
        "raised_after_visits_median": median(dirty.raised_after) if dirty.raised_after else -1,
        "raised_after_failures_median": median(dirty.failed_before) if dirty.failed_before else -1,
        "raised_after_visits_p95": sorted(dirty.raised_after)[int(0.95 * len(dirty.raised_after))]
        if dirty.raised_after
        else -1,
        "dirty_never_raised": dirty.missed,
        "false_incidents": sum(t.false_incidents for t in tallies.values()),
        "kiosk_days": healthy_days,
    }


def main() -> None:
    """Simulate and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--halls", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        world.fresh_database(Path(folder))
        tallies = simulate(options.halls, options.seed)
        world.connections.close_all()
    for kind, tally in tallies.items():
        print(f"{kind}: what was true, what the page said, how often")
        for (truth, verdict), count in sorted(tally.verdicts.items()):
            print(f"  {truth:18} {verdict:8} {count:6}")
    shown = figures(tallies)
    print(
        f"A dirty lens raises an incident after {shown['raised_after_visits_median']} visits "
        f"(median; 95 %: {shown['raised_after_visits_p95']}); "
        f"{shown['false_incidents']} false incidents in {shown['kiosk_days']} kiosk days."
    )
    print(json.dumps(shown))


if __name__ == "__main__":
    main()
