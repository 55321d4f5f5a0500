"""The loop with the session's own ``step``: whole visits, failures, and nothing that ends it."""

import contextlib
import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path
from threading import Event as Flag

import pytest

from kiosk.runtime.clock import MonotonicClock
from kiosk.runtime.event_log import EventLine, EventLog
from kiosk.runtime.journal import Journal
from kiosk.runtime.loop import Beginning, Runtime, Step
from kiosk.runtime.materials import MaterialsByVisit
from kiosk.runtime.recovery import recover
from kiosk.runtime.reply import Reply
from kiosk.runtime.timers import Timers
from kiosk.session import effects, events
from kiosk.session.effects import EndVisit, ForgetPerson, ReportCase, ReportPrint
from kiosk.session.events import Button, OfferTouched, Touched
from kiosk.session.facts import CardPlace, Escalation, Outcome, PrintEnd
from kiosk.session.flow import step
from kiosk.session.rules import Rules
from kiosk.session.rules import Timers as Waits
from kiosk.session.visit import Visit
from tests.runtime.easy_handlers import EasyHandlers
from tests.runtime.samples import NUMBER, printing

RULES = Rules(
    timers=Waits(eject_again=0.05, rearm=0.05, leaving=0.05, take_card=5.0, find_parked=0.1)
)


class Desk:
    """A runtime with easy handlers, and the fingers of its resident."""

    def __init__(self, folder: Path, run: Step = step, beginning: Beginning | None = None) -> None:
        self.folder = folder
        self.handlers = EasyHandlers()
        self.journal = Journal(folder / "journal.sqlite3")
        self.materials = MaterialsByVisit()
        self.seen: list[Visit] = []
        self.log = EventLog(folder / "events.jsonl")
        self.runtime = Runtime(
            step=run,
            rules=RULES,
            journal=self.journal,
            handlers=self.handlers.table(),
            timers=Timers(MonotonicClock()),
            materials=self.materials,
            beginning=beginning or Beginning(Visit("boot"), CardPlace.OUT),
            log=self.log,
        )
        self.runtime.observe(self.seen.append)

    def wait(self, what: str, condition: Callable[[Visit], bool]) -> Visit:
        deadline = time.monotonic() + 10
        while not condition(self.seen[-1]):
            assert time.monotonic() < deadline, f"{what}; phase is {self.seen[-1].phase}"
            time.sleep(0.005)
        return self.seen[-1]

    def wait_phase(self, name: str) -> Visit:
        return self.wait(f"phase {name} never came", lambda visit: visit.phase.name == name)

    def touch(self, phase: str, button: Button) -> None:
        self.wait_phase(phase)
        self.runtime.post(Touched(button))

    def come_to_confirm(self) -> None:
        self.handlers.insert.put(None)
        self.wait_phase("offers")
        self.runtime.post(OfferTouched("hk"))
        self.touch("offers", Button.NEXT)
        self.touch("notice", Button.AGREE)
        self.wait_phase("confirm")

    def wait_next_visit(self, sequence: int = 1) -> None:
        self.wait(
            "no next visit",
            lambda visit: visit.sequence == sequence and visit.phase.name == "attract",
        )

    def wait_told(self) -> list[effects.Tell]:
        deadline = time.monotonic() + 10
        while self.journal.read().tells:
            assert time.monotonic() < deadline, "tells stay in the journal"
            time.sleep(0.005)
        return self.handlers.told

    def stop(self) -> None:
        self.runtime.stop()
        with contextlib.suppress(sqlite3.ProgrammingError):  # one test closes it earlier
            self.journal.close()
        self.log.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    desk.runtime.start()
    yield desk
    desk.stop()


@pytest.mark.parametrize("how", ["silent", "lost", "broken"])
def test_an_unanswered_question_about_a_parked_case_holds_nobody_up(desk: Desk, how: str) -> None:
    def no_answer(ask: effects.Effect, reply: Reply) -> None:
        if how == "broken":
            raise LookupError("the line itself broke")
        if how == "lost":
            reply.send(events.ServerLost(ask.ref))
        reply.cancelled.wait(20)

    desk.handlers.instead[effects.FindParked] = no_answer
    desk.come_to_confirm()


def test_a_whole_visit_and_its_traces(desk: Desk, tmp_path: Path) -> None:
    desk.come_to_confirm()
    desk.touch("confirm", Button.CONFIRM)
    desk.wait_next_visit()

    told = desk.wait_told()
    assert [type(tell) for tell in told] == [ReportPrint, EndVisit, ForgetPerson]
    assert isinstance(told[1], EndVisit)
    assert (told[1].outcome, told[1].card_place) == (Outcome.ISSUED, CardPlace.OUT)
    phases = [name for name, _ in groupby(visit.phase.name for visit in desk.seen)]
    assert phases[:8] == [
        "out_of_service", "attract", "read_card", "offers", "notice", "portrait", "compare",
        "confirm",
    ]  # fmt: skip
    assert phases[-5:] == ["pay", "issue", "receipt", "take_card", "attract"]


def test_the_log_names_events_and_phases_and_nobody(desk: Desk, tmp_path: Path) -> None:
    desk.come_to_confirm()
    desk.touch("confirm", Button.CONFIRM)
    desk.wait_next_visit()

    text = (tmp_path / "events.jsonl").read_text(encoding="utf-8")
    lines = [json.loads(line) for line in text.splitlines()]
    assert NUMBER not in text
    assert "晓明" not in text
    assert ("CardRead", "read_card") in [(line["event"], line["before"]) for line in lines]
    assert lines[-1]["phase"] == "attract"


def test_the_journal_has_the_transition_before_its_effect_begins(desk: Desk) -> None:
    found: list[bool] = []

    def rewrite(ask: effects.RewriteBack, reply: Reply) -> None:
        visit = desk.journal.read().visit
        pending = [] if visit is None else [p.effect_id for p in visit.pending]
        found.append(visit is not None and visit.order == ask.order)
        found.append(ask.ref.effect_id in pending)
        reply.send(events.BackPrinted(ask.ref, PrintEnd.PRINTED, inspected=False, detail=""))

    desk.handlers.instead[effects.RewriteBack] = rewrite
    desk.come_to_confirm()
    desk.touch("confirm", Button.CONFIRM)
    desk.wait_next_visit()

    assert found == [True, True]


def test_a_handler_that_breaks_leads_to_a_person_and_the_card_comes_out(desk: Desk) -> None:
    def breaks(ask: effects.Ask, reply: Reply) -> None:
        raise RuntimeError("paper everywhere")

    desk.handlers.instead[effects.RewriteBack] = breaks
    desk.come_to_confirm()
    desk.touch("confirm", Button.CONFIRM)
    visit = desk.wait_phase("escalated")

    assert visit.print_end is PrintEnd.UNKNOWN
    assert visit.case is not None
    assert visit.case.reason is Escalation.PRINT_UNKNOWN
    desk.runtime.post(Touched(Button.LEAVE_WITH_TICKET))
    desk.wait_next_visit()
    ends = [tell for tell in desk.wait_told() if isinstance(tell, EndVisit)]
    assert [end.card_place for end in ends] == [CardPlace.OUT]


def test_a_handler_that_ends_without_an_answer_is_a_failure(desk: Desk) -> None:
    desk.handlers.instead[effects.ReadCardFiles] = lambda ask, reply: None
    desk.handlers.insert.put(None)
    desk.touch("bad_card", Button.NEXT)
    desk.wait_next_visit()


def test_a_cancelled_ask_is_withdrawn_and_its_late_answer_dropped(desk: Desk) -> None:
    cancelled = Flag()

    def capture(ask: effects.StartCapture, reply: Reply) -> None:
        reply.cancelled.wait(10)
        cancelled.set()
        reply.send(events.Captured(ask.ref))

    desk.handlers.instead[effects.StartCapture] = capture
    desk.handlers.insert.put(None)
    desk.wait_phase("offers")
    desk.runtime.post(OfferTouched("hk"))
    desk.touch("offers", Button.NEXT)
    desk.touch("notice", Button.AGREE)
    desk.wait("no capture", lambda visit: visit.awaits("StartCapture"))
    desk.runtime.post(Touched(Button.LEAVE))

    desk.wait_next_visit()
    assert cancelled.wait(5)
    assert "compare" not in [visit.phase.name for visit in desk.seen]


def test_a_step_that_breaks_ends_the_visit_and_not_the_kiosk(tmp_path: Path) -> None:
    def breaks_once(
        visit: Visit, event: events.Event, rules: Rules
    ) -> tuple[Visit, tuple[effects.Effect, ...]]:
        if isinstance(event, events.PaymentChanged):
            raise ZeroDivisionError
        return step(visit, event, rules)

    desk = Desk(tmp_path, breaks_once)
    desk.runtime.start()
    desk.come_to_confirm()
    desk.touch("confirm", Button.CONFIRM)

    desk.wait_next_visit(2)  # the broken visit, then the one that gave its card back

    told = desk.wait_told()
    ends = [tell for tell in told if isinstance(tell, EndVisit)]
    places = {end.ref.visit_id: end.card_place for end in ends}
    assert places == {"boot-0": CardPlace.OUT, "boot-1": CardPlace.OUT}
    assert ends[0].application_id == "a1"
    assert ForgetPerson in [type(tell) for tell in told if tell.ref.visit_id == "boot-0"]
    desk.come_to_confirm()
    desk.stop()


def test_without_a_journal_nothing_is_printed_and_the_card_comes_out(desk: Desk) -> None:
    desk.come_to_confirm()
    desk.journal.close()  # every write fails from now on, as on a full disk

    desk.runtime.post(Touched(Button.CONFIRM))

    desk.wait("no next visit", lambda visit: visit.sequence > 0)
    assert desk.runtime.visit.card_place is CardPlace.OUT
    assert {"pay", "issue"}.isdisjoint(visit.phase.name for visit in desk.seen)
    assert "RewriteBack" not in (desk.folder / "events.jsonl").read_text("utf-8")


def test_a_log_that_breaks_disturbs_no_visit(tmp_path: Path) -> None:
    desk = Desk(tmp_path)

    def full(line: EventLine) -> None:
        raise OSError(28, "No space left on device")

    desk.runtime._log = full
    desk.runtime.start()
    desk.come_to_confirm()
    desk.touch("confirm", Button.CONFIRM)
    desk.wait_next_visit()
    assert "receipt" in [visit.phase.name for visit in desk.seen]
    desk.stop()


@pytest.mark.parametrize("journal_too", [False, True])
def test_a_start_that_breaks_is_said_again_until_the_card_is_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, journal_too: bool
) -> None:
    monkeypatch.setattr("kiosk.runtime.loop.RESTART_S", (0.0, 0.05))
    broken = iter(range(4))

    def breaks_often(
        visit: Visit, event: events.Event, rules: Rules
    ) -> tuple[Visit, tuple[effects.Effect, ...]]:
        if isinstance(event, events.Started) and next(broken, None) is not None:
            raise ZeroDivisionError
        return step(visit, event, rules)

    def no_begin_run(*args: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    desk = Desk(tmp_path, breaks_often, Beginning(Visit("boot"), CardPlace.INSIDE))
    if journal_too:
        monkeypatch.setattr(desk.journal, "begin_run", no_begin_run)
    desk.runtime.start()
    desk.wait("never out", lambda visit: visit.phase.name == "attract")
    places = [visit.card_place for visit in desk.seen if visit.phase.name == "take_card"]
    assert places == [CardPlace.INSIDE, CardPlace.AT_GATE]
    assert all(visit.card_place is CardPlace.INSIDE for visit in desk.seen[1:4]), "place forgotten"
    assert len([tell for tell in desk.wait_told() if isinstance(tell, EndVisit)]) == 1
    desk.stop()


def test_a_card_whose_taking_in_broke_the_visit_is_given_back(tmp_path: Path) -> None:
    broken = iter(range(1))

    def breaks_once(
        visit: Visit, event: events.Event, rules: Rules
    ) -> tuple[Visit, tuple[effects.Effect, ...]]:
        if isinstance(event, events.CardTakenIn) and next(broken, None) is not None:
            raise ZeroDivisionError
        return step(visit, event, rules)

    desk = Desk(tmp_path, breaks_once)
    desk.runtime.start()
    desk.handlers.insert.put(None)
    desk.wait_next_visit(2)  # the broken visit, then the one that gave its card back
    assert "take_card" in [visit.phase.name for visit in desk.seen]
    desk.stop()


def test_what_the_last_run_left_is_told_and_its_end_waits_for_the_card(tmp_path: Path) -> None:
    left = Journal(tmp_path / "journal.sqlite3")
    left.commit(printing())
    remains = recover(left.read(), "1")
    left.close()

    beginning = Beginning(Visit("next"), CardPlace.INSIDE, remains.tells, remains.owed)
    desk = Desk(tmp_path, beginning=beginning)
    gate = Flag()

    def watch(ask: effects.WatchGate, reply: Reply) -> None:
        gate.wait(10)
        reply.send(events.CardMoved(ask.ref, CardPlace.OUT))

    desk.handlers.instead[effects.WatchGate] = watch
    desk.runtime.start()
    desk.wait("card never came out", lambda visit: visit.card_place is CardPlace.AT_GATE)
    assert EndVisit not in [type(tell) for tell in desk.wait_told()]
    gate.set()
    desk.wait_next_visit()

    told = desk.wait_told()
    assert [type(tell) for tell in told[:2]] == [ReportPrint, ReportCase]
    broken = [tell for tell in told if isinstance(tell, EndVisit) and tell.ref.visit_id == "boot-3"]
    assert [(end.card_place, end.case_id) for end in broken] == [(CardPlace.OUT, "boot-3-c1")]
    desk.stop()


def test_an_observer_that_breaks_disturbs_nobody(desk: Desk) -> None:
    def breaks(visit: Visit) -> None:
        if visit.phase.name == "attract":
            raise RuntimeError("no screen")

    desk.wait_phase("attract")
    with pytest.raises(RuntimeError):
        desk.runtime.observe(breaks)  # the first showing is the caller's own affair
    desk.come_to_confirm()
