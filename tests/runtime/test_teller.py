"""Nothing that is to be told is dropped, whatever does not take it, and its order stays."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from threading import Event as Flag

import pytest

from kiosk.runtime.journal import Journal
from kiosk.runtime.reply import Handlers, Reply
from kiosk.runtime.workers import Teller
from kiosk.session.effects import EndVisit, ForgetPerson, LeaveCase, Tell
from kiosk.session.facts import CardPlace, Outcome
from kiosk.session.visit import Ref, Visit
from tests.runtime.machine_room import wait_for

LEAVE = LeaveCase(Ref("boot-3", 50), "case", CardPlace.OUT)
END = EndVisit(Ref("boot-3", 51), Outcome.FAILED, CardPlace.OUT, None, "case")
FORGET = ForgetPerson(Ref("boot-3", 52))


class Desk:
    """A teller whose disk may be full and whose handlers may break."""

    def __init__(self, folder: Path) -> None:
        self.journal = Journal(folder / "journal.sqlite3")
        self.full = Flag()
        self.broken: set[type[Tell]] = set()
        self.tries = 0
        self.told: list[Tell] = []
        handlers: Handlers = dict.fromkeys((LeaveCase, EndVisit, ForgetPerson), self._take)
        self.teller = Teller(handlers, self.journal)

    def tell(self, *tells: Tell) -> None:
        for tell in tells:
            self.teller.tell(tell)

    def _take(self, tell: Tell, reply: Reply) -> None:
        self.tries += 1
        if self.full.is_set():
            raise sqlite3.OperationalError("database or disk is full")
        if type(tell) in self.broken:
            raise KeyError("words")
        self.told.append(tell)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setattr("kiosk.runtime.workers.RETRY_S", (0.01, 0.02))
    desk = Desk(tmp_path)
    yield desk
    desk.teller.stop()
    desk.journal.close()


def test_tells_wait_for_the_disk_in_their_order_for_as_long_as_it_takes(desk: Desk) -> None:
    desk.full.set()
    desk.tell(LEAVE, END)
    wait_for("tries", lambda: desk.tries > 12)
    desk.tell(FORGET)
    desk.full.clear()
    wait_for("told", lambda: len(desk.told) == 3)
    assert desk.told == [LEAVE, END, FORGET]


def test_one_that_breaks_lets_the_others_pass_and_is_tried_again(desk: Desk) -> None:
    desk.broken.add(LeaveCase)
    desk.tell(LEAVE, END, FORGET)
    wait_for("others", lambda: desk.told == [END, FORGET])
    desk.broken.clear()
    wait_for("told", lambda: desk.told == [END, FORGET, LEAVE])


def test_what_was_told_holds_nothing_up_when_the_journal_cannot_forget_it(desk: Desk) -> None:
    desk.journal.commit(Visit("boot"), [LEAVE, END])
    desk.journal._db.execute("PRAGMA query_only = ON")
    desk.tell(LEAVE, END)
    wait_for("told", lambda: desk.told == [LEAVE, END])
    assert desk.journal.read().tells == (LEAVE, END)
    desk.journal._db.execute("PRAGMA query_only = OFF")
    desk.journal.commit(Visit("boot"))
    assert desk.journal.read().tells == ()


def test_what_was_missed_is_in_the_journal_with_the_next_write(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite3")
    journal.missed(Visit("boot", 2), [LEAVE], [END], trouble="full")
    journal.missed(Visit("boot", 3), [FORGET], trouble="full")
    assert journal.trouble == "full"
    journal.catch_up()
    left = journal.read()
    assert (left.visit, left.tells, left.owed) == (Visit("boot", 3), (LEAVE, FORGET), (END,))
    assert journal.trouble == ""
    journal.missed(Visit("boot", 3), [], trouble="full")
    journal.commit(Visit("boot", 4), settled=[END])
    assert journal.read().owed == ()
    journal.catch_up()
    assert journal.read().visit == Visit("boot", 4), "an older visit takes no newer one's place"
    journal.close()


def test_what_was_missed_and_told_meanwhile_is_not_written(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite3")
    journal.missed(Visit("boot"), [LEAVE, END], trouble="full")
    journal.delivered(LEAVE)
    journal.commit(Visit("boot"))
    assert journal.read().tells == (END,)
    journal.close()
