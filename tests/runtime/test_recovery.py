"""What a broken visit leaves to say. No print is ever called printed without the device's word."""

from dataclasses import replace

import pytest

from devices.errors import TransportClosed
from devices.interfaces import CardPosition
from kiosk.runtime.journal import Left
from kiosk.runtime.recovery import print_mark, read_place, recover, remains_of, settle
from kiosk.session.effects import EndVisit, ForgetPerson, LeaveCase, ReportCase, ReportPrint
from kiosk.session.facts import (
    CardPlace,
    Case,
    CaseStage,
    Escalation,
    Outcome,
    PrintEnd,
    Resumption,
)
from kiosk.session.phases import Attract, Escalated
from kiosk.session.visit import Ref, Visit
from kiosk.session.way import ticket_of
from tests.runtime.samples import ORDER, printing

PRINT = Ref("boot-3", 41)


@pytest.mark.parametrize(
    ("mark", "end", "inspected"),
    [
        (None, PrintEnd.FAILED, False),
        ("rewriting", PrintEnd.UNKNOWN, False),
        (print_mark(PrintEnd.UNKNOWN, inspected=False), PrintEnd.UNKNOWN, False),
        (print_mark(PrintEnd.FAILED, inspected=False), PrintEnd.FAILED, False),
        (print_mark(PrintEnd.PRINTED, inspected=False), PrintEnd.PRINTED, False),
        (print_mark(PrintEnd.PRINTED, inspected=True), PrintEnd.PRINTED, True),
    ],
)
def test_an_order_is_settled_by_how_far_its_print_got(
    mark: str | None, end: PrintEnd, inspected: bool
) -> None:
    remains = remains_of(printing(), {} if mark is None else {PRINT: mark}, "1")

    report = remains.tells[0]
    assert isinstance(report, ReportPrint)
    assert (report.order, report.end, report.inspected) == (ORDER, end, inspected)
    assert isinstance(remains.tells[-1], ForgetPerson)
    cases = [tell.case.reason for tell in remains.tells if isinstance(tell, ReportCase)]
    assert (
        cases
        == {
            PrintEnd.PRINTED: [],
            PrintEnd.UNKNOWN: [Escalation.PRINT_UNKNOWN],
            PrintEnd.FAILED: [Escalation.PAID_NOT_ISSUED],
        }[end]
    )


def test_a_mark_of_another_effect_says_nothing() -> None:
    remains = remains_of(
        printing(), {Ref("boot-3", 40): "printed", Ref("boot-2", 41): "printed"}, "1"
    )
    report = remains.tells[0]
    assert isinstance(report, ReportPrint)
    assert report.end is PrintEnd.FAILED


def test_what_was_reported_before_is_not_reported_again() -> None:
    visit = replace(printing(), print_end=PrintEnd.PRINTED, pending=())
    remains = remains_of(visit, {}, "1")
    assert [type(tell) for tell in remains.tells] == [ForgetPerson]
    assert isinstance(remains.owed[0], EndVisit)
    assert remains.owed[0].outcome is Outcome.ISSUED


@pytest.mark.parametrize(
    ("stage", "reported"), [(CaseStage.SENDING, True), (CaseStage.CLAIMED, False)]
)
def test_an_open_case_is_told_and_left(stage: CaseStage, reported: bool) -> None:
    case = Case("boot-3-c1", Escalation.PORTRAIT_NOT_MATCHED, "K1-003", stage)
    visit = replace(
        printing(), phase=Escalated(), case=case, order=None, payment=None, application=None
    )

    remains = remains_of(visit, {}, "1")

    assert (ReportCase in [type(tell) for tell in remains.tells]) is reported
    assert [type(tell) for tell in remains.owed] == [LeaveCase, EndVisit]


def test_what_was_being_taken_up_waits_again_whether_or_not_the_server_has_heard() -> None:
    visit = replace(
        printing(), order=None, payment=None, application=None, resumption=Resumption("old-1", 5)
    )
    left, ended = remains_of(visit, {}, "1").owed
    assert isinstance(left, LeaveCase)
    assert (left.case_id, left.session) == ("old-1", 5)
    assert isinstance(ended, EndVisit)


def test_a_case_goes_on_waiting_in_its_session_and_beside_what_was_taken_up() -> None:
    mine = Case("boot-3-c1", Escalation.PERSON_ASKED, "K1-003", CaseStage.WAITING)
    visit = replace(printing(), order=None, case=mine, resumption=Resumption("old-1", 5))
    told = [tell for tell in remains_of(visit, {}, "1").owed if isinstance(tell, LeaveCase)]
    assert {(tell.case_id, tell.session) for tell in told} == {("boot-3-c1", 1), ("old-1", 5)}


def test_what_was_taken_up_and_printed_waits_for_nobody() -> None:
    visit = replace(printing(), resumption=Resumption("old-1", 5))
    mark = {PRINT: print_mark(PrintEnd.PRINTED, inspected=True)}
    assert [type(tell) for tell in remains_of(visit, mark, "1").owed] == [EndVisit]


def test_a_case_of_the_restart_has_the_visits_own_number() -> None:
    (report,) = [
        tell for tell in remains_of(printing(), {}, "7").tells if isinstance(tell, ReportCase)
    ]
    assert report.case.ticket == ticket_of(printing(), "7") == "K7-003"


def test_an_idle_kiosk_leaves_nothing_to_say() -> None:
    remains = remains_of(Visit("boot", phase=Attract()), {}, "1")
    assert (remains.tells, remains.owed) == ((), ())


def test_keys_of_what_is_told_never_meet_those_of_the_visit() -> None:
    visit = printing()
    remains = remains_of(visit, {}, "1")
    numbers = [tell.ref.effect_id for tell in (*remains.tells, *remains.owed)]
    assert len(set(numbers)) == len(numbers)
    assert min(numbers) >= visit.next_effect


def test_what_an_earlier_restart_left_comes_first() -> None:
    earlier = remains_of(printing(sequence=2), {}, "1")
    both = recover(Left(printing(), earlier.tells, earlier.owed, {}), "1")
    assert both.tells[: len(earlier.tells)] == earlier.tells
    assert both.owed[: len(earlier.owed)] == earlier.owed
    assert len(both.owed) == 2


def test_owed_ends_say_where_the_card_was_in_the_end() -> None:
    (end,) = settle(remains_of(printing(), {}, "1").owed, CardPlace.OUT)
    assert isinstance(end, EndVisit)
    assert end.card_place is CardPlace.OUT


class Slot:
    """A slot whose sensors say one thing, or that does not answer (None)."""

    def __init__(self, position: CardPosition | None) -> None:
        self._position = position

    def position(self) -> CardPosition:
        if self._position is None:
            raise TransportClosed("unplugged")
        return self._position


@pytest.mark.parametrize(
    ("position", "known", "place"),
    [
        (CardPosition.NONE, CardPlace.INSIDE, CardPlace.OUT),
        (CardPosition.NONE, CardPlace.HELD, CardPlace.OUT),
        (CardPosition.AT_GATE, CardPlace.INSIDE, CardPlace.AT_GATE),
        (CardPosition.AT_GATE, CardPlace.HELD, CardPlace.HELD),
        (CardPosition.INSIDE, CardPlace.OUT, CardPlace.INSIDE),
        (CardPosition.INSIDE, CardPlace.HELD, CardPlace.HELD),
        (CardPosition.UNKNOWN, CardPlace.OUT, CardPlace.INSIDE),
        (CardPosition.UNKNOWN, CardPlace.AT_GATE, CardPlace.AT_GATE),
        (None, CardPlace.INSIDE, CardPlace.INSIDE),
        (None, CardPlace.OUT, CardPlace.OUT),
    ],
)
def test_the_sensors_say_where_the_card_is_and_the_journal_where_they_are_silent(
    position: CardPosition | None, known: CardPlace, place: CardPlace
) -> None:
    before = Visit("boot", card_place=known)
    assert read_place(Slot(position), before) is place
