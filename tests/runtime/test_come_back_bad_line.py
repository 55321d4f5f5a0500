"""A kiosk asks for a case that waits, and the line or the server goes away: real ones, both.

Whoever stands there goes on, or has the card back, within the bound; the case goes on waiting.
"""

import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from demo.hall import Hall
from devices.rig.card import Card
from devices.rig.card_back import back_text
from kiosk.runtime.line import PATIENCE_S
from kiosk.session.events import Button
from kiosk.session.rules import Timers
from tests.backend.world import DATABASES
from tests.runtime.bad_line import BadLine
from tests.runtime.hall_kiosks import Machine, kiosk, rows
from tests.runtime.machine_room import wait_for
from tests.runtime.twins import twins

SLACK_S = 4.0
"""What a busy machine may add to a bound: a wait that has none would be far beyond it."""
_NUMBERS = count(700)


@pytest.fixture
def line(hall: Hall) -> Iterator[BadLine]:
    line = BadLine(hall.port)
    yield line
    line.close()


@pytest.fixture
def first(hall: Hall, tmp_path: Path) -> Iterator[Machine]:
    with kiosk(hall, tmp_path / "first", "23") as machine:
        yield machine


@pytest.fixture
def second(hall: Hall, line: BadLine, tmp_path: Path) -> Iterator[Machine]:
    """A kiosk behind the bad line; it is as patient as in service."""
    with kiosk(hall, tmp_path / "second", "24", line.url, lost_after_s=8.0) as machine:
        yield machine


@pytest.fixture
def card(hall: Hall) -> Card:
    (card,) = twins(hall, 1, first=next(_NUMBERS))
    return card


def waiting(hall: Hall, card: Card) -> list[str]:
    """Return the reasons of the card's cases; all must be open and wait for their resident."""
    assert set(rows(hall, "cases_case", "stage", card)) == {"waiting"}
    assert set(rows(hall, "cases_case", "left_with_ticket", card)) == {1}
    return rows(hall, "cases_case", "reason", card)


def is_gone_on_with(machine: Machine, card: Card, case_id: str, session: int) -> None:
    """Put the card in: the case is found, taken up, and waited for here."""
    machine.resident.choices["welcome_back"] = Button.NEXT
    machine.resident.choices["notice"] = Button.AGREE
    machine.room.matcher.matched = False
    machine.insert(card)
    machine.see("escalated")
    wait_for("the case", lambda: machine.case is not None and machine.case.version > 0)
    assert machine.case is not None
    assert (machine.case.id, machine.case.session) == (case_id, session)


def parks(machine: Machine, card: Card) -> str:
    machine.room.matcher.matched = False
    machine.insert(card)
    return machine.leave_with_ticket().id


def test_a_stalled_line_costs_the_bound_and_a_late_answer_changes_nothing(
    hall: Hall, line: BadLine, first: Machine, second: Machine, card: Card
) -> None:
    case = parks(first, card)
    del second.resident.choices["notice"]
    line.stall("/cases/parked")
    second.insert(card)
    assert line.met.wait(30)
    asked = time.monotonic()
    second.see("notice")
    assert time.monotonic() - asked < Timers().find_parked + SLACK_S
    line.heal()
    second.touch(Button.LEAVE)
    second.is_over()
    assert "welcome_back" not in second.resident.phases
    assert second.room.outbox.refused() == []
    assert waiting(hall, card) == ["portrait_not_matched"]
    is_gone_on_with(second, card, case, 2)


def test_an_answer_that_is_lost_may_have_taken_it_up_so_it_waits_again(
    hall: Hall, line: BadLine, first: Machine, second: Machine, card: Card
) -> None:
    case = parks(first, card)
    line.stall("/resume", answers=True)
    second.insert(card)
    assert line.met.wait(30)
    asked = time.monotonic()
    second.see("take_card")
    assert time.monotonic() - asked < PATIENCE_S + SLACK_S
    second.is_over()
    assert second.room.outbox.refused() == []
    assert waiting(hall, card) == ["portrait_not_matched"]
    assert back_text(card) == ""
    is_gone_on_with(first, card, case, 3)


def test_a_server_that_dies_at_that_moment_keeps_card_and_case(tmp_path: Path) -> None:
    data = tmp_path / "hall"
    data.mkdir()
    DATABASES.lay(data)
    hall = Hall(data).start()
    line = BadLine(hall.port)
    try:
        (card,) = twins(hall, 1, first=next(_NUMBERS))
        with kiosk(hall, tmp_path / "only", "25", line.url) as machine:
            case = parks(machine, card)
            line.at("/cases/parked", hall.kill)
            machine.insert(card)
            assert line.met.wait(30)
            asked = time.monotonic()
            machine.see("take_card")
            assert time.monotonic() - asked < PATIENCE_S + SLACK_S
            machine.see("out_of_service")
            assert "welcome_back" not in machine.resident.phases
            hall.start()
            wait_for("outbox", lambda: machine.room.outbox.pending() == 0)
            # Nobody there could know of the case: the visit that was cut off is one of its own.
            assert sorted(waiting(hall, card)) == ["device_fault", "portrait_not_matched"]
            is_gone_on_with(machine, card, case, 2)
    finally:
        line.close()
        hall.stop()
