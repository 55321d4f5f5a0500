"""The order of the queue: urgent first, and nobody starves."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.cases.models import OPEN_STAGES, Case, IsOpen, Stage
from backend.cases.opening import open_case
from backend.cases.queue import ahead_of, decision_moment, queue
from backend.cases.residents_side import set_travel
from backend.clock import ago, ahead
from backend.config import hall
from backend_client import contract as c
from tests.backend import world
from tests.benchmarks.queue_day import run_day

MORNING = datetime(2026, 3, 2, 9, tzinfo=UTC)
LONGEST = timedelta(seconds=hall().timers.default_decision_within_s)
WAY = timedelta(seconds=hall().timers.decide_before_departure_s)
GROUNDS = ["", *(ground.code for ground in hall().urgency.ground)]

arrivals = st.lists(
    st.tuples(
        st.integers(0, 8 * 3600),  # seconds after opening
        st.none() | st.integers(-3600, 72 * 3600),  # departure, seconds after arrival
        st.sampled_from(GROUNDS),
    ),
    min_size=1,
    max_size=60,
)


def waiting(arrival):
    second, departure, ground = arrival
    created = MORNING + timedelta(seconds=second)
    leaves = None if departure is None else created + timedelta(seconds=departure)
    return created, decision_moment(created, leaves, ground)


@given(arrivals, st.integers(30, 900))
@settings(max_examples=300, deadline=None)
def test_overtaking_ends_for_everybody_whatever_comes(people, handling_s):
    """Serve by the queue's order, one desk, any load, however overloaded."""
    coming = sorted((waiting(person) for person in people), key=lambda person: person[0])
    moment, there, served = MORNING, [], []
    while coming or there:
        if not there:
            moment = max(moment, coming[0][0])
        while coming and coming[0][0] <= moment:
            there.append(coming.pop(0))
        there.sort(key=lambda person: (person[1], person[0]))
        served.append(there.pop(0))
        moment += timedelta(seconds=handling_s)
    for place, (created, decide_by) in enumerate(served):
        assert decide_by <= created + LONGEST
        newcomers = [before[0] for before in served[:place] if before[0] > created]
        assert all(came <= decide_by + WAY for came in newcomers)


@given(arrivals)
@settings(max_examples=200, deadline=None)
def test_who_says_more_is_never_later_than_who_says_nothing(people):
    for second, departure, ground in people:
        told = waiting((second, departure, ground))[1]
        assert told <= waiting((second, None, ""))[1]
        assert told <= waiting((second, departure, ""))[1]


def test_a_departure_that_is_over_gives_no_place():
    assert waiting((0, -60, "")) == waiting((0, None, ""))


def test_the_database_orders_as_the_rule_says(kiosk):
    departures = [None, 5500, 90000, 9000, None, 5600]
    for number, seconds in enumerate(departures):
        case = open_case(kiosk, world.case_request(f"case-{number}", visit_id=f"v{number}"))
        Case.objects.filter(id=case.id).update(created_at=ago(600 - number))
        if seconds is not None:
            told = c.TravelRequest(depart_at=ahead(seconds), ground=None)
            set_travel(kiosk, case.id, told)
    order = [int(case.id.removeprefix("case-")) for case in queue()]
    assert order[:2] == [1, 5]
    keys = [(case.decide_by, case.created_at, case.id) for case in queue()]
    assert keys == sorted(keys)
    assert [ahead_of(case) for case in queue()] == list(range(len(departures)))


def test_nobody_is_counted_further_than_anybody_reads(kiosk, monkeypatch):
    monkeypatch.setattr("backend.cases.queue.COUNTED", 2)
    for number in range(4):
        open_case(kiosk, world.case_request(f"case-{number}", visit_id=f"v{number}"))
    assert [ahead_of(case) for case in queue()] == [0, 1, 2, 2]


def test_open_is_what_the_written_out_condition_says(kiosk):
    for stage in Stage:
        open_case(kiosk, world.case_request(stage.value, visit_id=stage.value))
        Case.objects.filter(id=stage.value).update(stage=stage)
    open_ = Case.objects.filter(IsOpen()).values_list("id", flat=True)
    assert set(open_) == {stage.value for stage in OPEN_STAGES}
    assert Case.objects.exclude(IsOpen()).count() == len(Stage) - len(OPEN_STAGES)


def test_no_index_that_counts_or_orders_open_cases_is_passed_by(database):
    """With closed cases a thousand to one, walking through them is what must not happen."""
    raised = queue().filter(level__gt=0).values_list("id")[:9]
    counted = Case.objects.filter(IsOpen()).values("stage", "level", "rest_until", "kiosk")
    if connection.vendor == "postgresql":
        # An empty table is read whole, whatever the indexes.
        with connection.cursor() as cursor:
            cursor.execute("SET enable_seqscan = off")
            cursor.execute("SET enable_sort = off")
    # SQLite, of a single hall, may go by the open stages; PostgreSQL, of a city, by the order.
    for pressing in (raised, queue().values_list("id")[:9]):
        assert re.search("case_(raised|open|stage)", pressing.explain())
    counts = "case_counts"
    if connection.vendor == "sqlite":
        counts += r"|case_stage_created \(stage=\?\)"
    assert re.search(counts, counted.explain())


def test_a_far_departure_does_not_put_a_waiting_person_last(kiosk):
    open_case(kiosk, world.case_request("far"))
    Case.objects.filter(id="far").update(created_at=ago(1200))
    set_travel(kiosk, "far", c.TravelRequest(depart_at=ahead(5 * 24 * 3600), ground=None))
    open_case(kiosk, world.case_request("new", visit_id="v2"))
    assert [case.id for case in queue()] == ["far", "new"]


@pytest.mark.slow
def test_a_day_with_too_few_desks_starves_nobody(database):
    figures = run_day(cases=40, desks=1, hours=1)
    assert figures["starved"] == 0
    assert figures["open_at_end"] == 0
    assert figures["longest_queue"] > 3, "the day must be hard enough to say something"
    assert figures["wait_departs_within_3_h_median_s"] <= figures["wait_plain_median_s"]
