"""This person or this machine: counting, intervals, verdicts, incidents, and simulated halls."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.applications.services import apply
from backend.audit.models import AuditEvent
from backend.cases.models import Case
from backend.cases.opening import open_case
from backend.clock import now
from backend.config import hall
from backend.insight.asking import Question, ask
from backend.insight.counting import count_hall, count_kiosk
from backend.insight.incidents import close_incident, open_incidents
from backend.insight.models import Comparison, Incident
from backend.insight.recording import forget_old, record
from backend.insight.verdict import Elsewhere, Evidence, Scored, Verdict, judge
from backend.insight.wilson import Rate
from backend_client import contract as c
from tests.backend import world
from tests.backend.order_world import read_chip, refusal
from tests.benchmarks.person_or_machine import figures, simulate

GOOD, BAD = Scored(9.0, 6.42), Scored(1.0, 6.42)
QUIET = (Rate(0, 10), Rate(0, 20), Rate(1, 40))
LOUD = (Rate(5, 10), Rate(5, 20), Rate(5, 40))
HALL = Rate(6, 300)


def report(*, matched=False, chip=2.0, record_score=2.0, between=None):
    made = world.match_report()
    scores = tuple(
        score.model_copy(update={"score": value})
        for score, value in zip(made.scores, (chip, record_score), strict=True)
    )
    return made.model_copy(update={"matched": matched, "scores": scores, "between": between})


def fill(kiosk, count, failed=0, start=0):
    """Let other people be compared at a kiosk, the failed ones last."""
    for n in range(count):
        wrong = n >= count - failed
        match = report() if wrong else report(matched=True, chip=12.0, record_score=12.0)
        card = f"C{start + n:08d}"
        record(kiosk, f"visit-{kiosk.id}-{start + n}", card, match, now())


@pytest.mark.parametrize(
    ("failed", "compared", "low", "high"),
    # Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3.
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_the_interval_is_the_published_one(failed, compared, low, high):
    assert Rate(failed, compared).interval(1.96) == pytest.approx((low, high), abs=1e-4)


@given(st.integers(0, 5000), st.integers(0, 5000), st.floats(0.1, 5))
def test_the_interval_holds_the_share_and_stays_in_bounds(failed, more, z):
    rate = Rate(failed, failed + more)
    low, high = rate.interval(z)
    assert 0.0 <= low <= rate.share + 1e-9
    assert rate.share - 1e-9 <= high <= 1.0


@pytest.mark.parametrize(
    ("evidence", "verdict"),
    [
        (Evidence(GOOD, BAD, BAD, True, (), QUIET, HALL), "record"),
        (Evidence(BAD, GOOD, BAD, True, (), QUIET, HALL), "chip"),
        (Evidence(GOOD, BAD, None, True, (), QUIET, HALL), "record"),
        (Evidence(Scored(6.5, 6.42), Scored(6.3, 6.42), None, True, (), LOUD, HALL), "machine"),
        (Evidence(GOOD, BAD, GOOD, True, (), LOUD, HALL), "machine"),
        (Evidence(BAD, BAD, GOOD, True, (), LOUD, HALL), "machine"),
        (Evidence(BAD, BAD, GOOD, True, (), QUIET, HALL), "person"),
        (Evidence(BAD, BAD, GOOD, False, (), QUIET, HALL), "unclear"),
        (Evidence(BAD, BAD, GOOD, True, (), (Rate(0, 3),), HALL), "unclear"),
        (Evidence(BAD, BAD, GOOD, True, (Elsewhere(True),), QUIET, HALL), "machine"),
        (Evidence(BAD, BAD, GOOD, True, (Elsewhere(False),), (Rate(0, 3),), HALL), "person"),
        (Evidence(BAD, BAD, GOOD, True, (Elsewhere(True, suspect=True),), QUIET, HALL), "person"),
        (Evidence(), "unclear"),
    ],
)
def test_verdicts(evidence, verdict):
    assert judge(evidence, hall().insight) == verdict


def test_every_report_counts_its_visit_once(kiosk):
    read_chip(kiosk)
    wanted = c.ApplicationRequest(
        visit_id="visit-1",
        card_number=world.CARD,
        offer_code="G-HKG-3M-1",
        match=world.match_report(),
    )
    open_case(kiosk, world.case_request(match=report()))
    apply(kiosk, wanted)
    apply(kiosk, wanted)
    row = Comparison.objects.get()
    assert (row.failed, row.matched, row.card_number) == (True, True, world.CARD)
    assert (row.chip_score, row.record_score) == (2.0, 2.0)


def test_counts_are_of_other_people_and_other_kiosks(kiosk):
    other = world.add_kiosk("5")
    fill(kiosk, 12, failed=2)
    fill(other, 30, failed=1, start=100)
    record(kiosk, "own", world.CARD, report(), now())
    counted = count_kiosk(kiosk, now(), world.CARD)
    assert counted.windows == (Rate(2, 10), Rate(2, 12), Rate(2, 12))
    assert count_hall(kiosk, now()) == Rate(1, 30)
    assert count_hall(other, now()) == Rate(3, 13)


def test_yesterday_says_nothing_about_a_kiosk_today(kiosk):
    fill(kiosk, 20, failed=3)
    Comparison.objects.update(at=now() - timedelta(hours=25))
    assert count_kiosk(kiosk, now()).total == Rate(0, 0)


def test_a_kiosk_that_stands_out_raises_one_incident_until_it_is_mended(kiosk):
    fill(world.add_kiosk("5"), 60, failed=1, start=100)
    fill(kiosk, 20)
    assert not open_incidents()
    fill(kiosk, 6, failed=6, start=50)
    incident = open_incidents().get()
    assert incident.kiosk_id == kiosk.id
    assert AuditEvent.objects.filter(kind="kiosk.incident_opened").count() == 1
    technician = world.add_staff("technician")
    assert refusal(close_incident, incident.id, world.add_staff("clerk")) == "not_eligible"
    close_incident(incident.id, technician)
    assert count_kiosk(kiosk, now()).total == Rate(0, 0)
    fill(kiosk, 1, failed=1, start=70)
    assert not open_incidents()
    assert refusal(close_incident, incident.id, technician) == "not_found"


def test_one_person_who_tries_again_and_again_accuses_no_machine(kiosk):
    fill(world.add_kiosk("5"), 60, start=100)
    for n in range(12):
        record(kiosk, f"again-{n}", world.CARD, report(), now())
    assert not open_incidents()


def test_the_person_at_another_kiosk_decides_between_person_and_machine(kiosk):
    other = world.add_kiosk("5")
    fill(kiosk, 12)
    fill(other, 12, start=100)
    record(other, "there", world.CARD, report(matched=True, chip=12, record_score=12), now())
    record(kiosk, "here", world.CARD, report(), now())
    answer = ask(Question(kiosk, "here", world.CARD, report(), now()))
    assert answer.verdict == Verdict.MACHINE
    assert [visit.visit_id for visit in answer.visits] == ["there", "here"]


def test_the_card_is_taken_off_a_comparison_and_the_oldest_erased(kiosk):
    fill(kiosk, 3)
    Comparison.objects.filter(visit_id="visit-3-0").update(at=now() - timedelta(days=500))
    Comparison.objects.filter(visit_id="visit-3-1").update(at=now() - timedelta(days=3))
    forget_old()
    left = dict(Comparison.objects.values_list("visit_id", "card_number"))
    assert left == {"visit-3-1": "", "visit-3-2": "C00000002"}
    assert forget_old() == 0


def test_reports_at_the_same_moment_count_once(kiosk):
    world.at_once(6, lambda n: record(kiosk, "one", world.CARD, report(), now()))
    assert Comparison.objects.count() == 1
    assert Incident.objects.count() == 0
    assert Case.objects.count() == 0


def test_simulated_halls_are_judged_right_and_soon(database):
    shown = figures(simulate(halls=1, seed=3))
    assert shown["machine_right"] >= 0.9
    assert shown["record_right"] >= 0.9
    assert shown["person_blamed_machine"] <= 0.15
    assert shown["dirty_never_raised"] == 0
    assert shown["raised_after_visits_median"] <= 15
    assert shown["false_incidents"] <= 1
