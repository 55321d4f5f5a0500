"""Residents who leave with a ticket and put the card into another kiosk of the hall.

Two kiosks over real drivers and emulators on ptys, and the real server. What their cameras see are
pictures whose bytes tell people apart; the real matcher has its own visit in ``tests/visits``.
"""

import contextlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest

from demo.hall import Hall
from demo.staff_browser import StaffBrowser
from devices.rig.card import Card
from devices.rig.card_back import back_text
from kiosk.session.events import Button
from kiosk.session.facts import Case, ResumeTrouble
from kiosk.session.phases import TakeCard, WelcomeBack
from tests.backend.world import jpeg
from tests.runtime.bad_line import BadLine
from tests.runtime.hall_kiosks import Machine, kiosk, rows
from tests.runtime.machine_room import wait_for
from tests.runtime.twins import twins

OTHERS = jpeg(200)
"""Another face than ``FACE``."""
_NUMBERS = count(500)

Staff = tuple[StaffBrowser, StaffBrowser]
"""Clerk and approver at their consoles."""


@pytest.fixture
def first(hall: Hall, tmp_path: Path) -> Iterator[Machine]:
    with kiosk(hall, tmp_path / "first", "21") as machine:
        yield machine


@pytest.fixture
def second(hall: Hall, tmp_path: Path) -> Iterator[Machine]:
    with kiosk(hall, tmp_path / "second", "22") as machine:
        yield machine


@pytest.fixture
def card(hall: Hall) -> Card:
    (card,) = twins(hall, 1, first=next(_NUMBERS))
    return card


@pytest.fixture(scope="module")
def staff(running_hall: Hall) -> Iterator[Staff]:
    browsers = []
    for name in ("clerk", "approver"):
        login = running_hall.logins[name]
        browser = StaffBrowser(running_hall.url)
        browser.sign_in(login.username, login.password, login.totp_secret)
        browsers.append(browser)
    yield browsers[0], browsers[1]
    for browser in browsers:
        browser.close()


def accept(staff: Staff, case: Case) -> None:
    clerk, approver = staff
    clerk.claim(case.id)
    clerk.look(case.id)
    clerk.decide(case.id, "identity_accepted")
    approver.wait_for_request(case.id, 30)
    approver.approve(case.id)


def payments(hall: Hall, card: Card) -> int:
    with closing(sqlite3.connect(hall.data / "hall.sqlite3", timeout=10)) as database:
        ((paid,),) = database.execute(
            "SELECT count(*) FROM payments_payment p JOIN applications_application a"
            " ON p.application_id = a.id WHERE a.card_number = ? AND p.state = 'paid'",
            (card.front.mrz[2:11],),
        )
        return int(paid)


def takes_cases_up(hall: Hall, kiosk_id: str) -> bool:
    """Say whether the hall has heard so from the kiosk: its first sign of life is under way."""
    with closing(sqlite3.connect(hall.data / "hall.sqlite3", timeout=10)) as database:
        told = database.execute("SELECT resumes FROM fleet_kiosk WHERE id = ?", (kiosk_id,))
        return told.fetchone() == (1,)


def sent_to_counter(machine: Machine, card: Card, clerk: StaffBrowser) -> Case:
    """Leave a kiosk with a ticket, and have the case sent to the counter."""
    machine.room.matcher.matched = False
    machine.insert(card)
    case = machine.leave_with_ticket()
    clerk.claim(case.id)
    clerk.decide(case.id, "to_counter")
    return case


def test_accepted_meanwhile_the_resident_pays_and_prints_at_another_kiosk(
    hall: Hall, first: Machine, second: Machine, card: Card, staff: Staff
) -> None:
    first.room.matcher.matched = second.room.matcher.matched = False
    first.insert(card)
    case = first.leave_with_ticket()
    accept(staff, case)
    second.insert(card)
    second.is_over()
    assert second.resident.phases == [
        *("read_card", "welcome_back", "read_card", "notice", "portrait", "compare"),
        *("confirm", "pay", "issue", "receipt", "take_card", "attract"),
    ]
    wait_for("forgotten", lambda: second.room.matcher.case is None)
    assert "香港" in back_text(card)
    assert payments(hall, card) == 1
    wait_for("closed", lambda: rows(hall, "cases_case", "close_outcome", card) == ["issued"])
    assert first.room.outbox.refused() == second.room.outbox.refused() == []


def test_what_is_paid_and_did_not_come_is_printed_elsewhere_without_another_fee(
    hall: Hall, first: Machine, second: Machine, card: Card
) -> None:
    first.insert(card)
    first.see("pay")
    first.emulators.chip_reader.faults.silent = True
    first.see("escalated")
    first.emulators.chip_reader.faults.silent = False
    case = first.leave_with_ticket()
    assert case.reason == "paid_not_issued"
    second.insert(card)
    second.is_over()
    assert "pay" not in second.resident.phases
    assert second.resident.phases[-6:] == [
        *("compare", "confirm", "issue", "receipt", "take_card", "attract"),
    ]
    assert "香港" in back_text(card)
    assert payments(hall, card) == 1
    assert rows(hall, "orders_issueorder", "state", card) == ["printed"]
    closed = {"closed"}
    wait_for("closed", lambda: set(rows(hall, "cases_case", "stage", card)) == closed)


def test_another_person_with_the_card_comes_before_a_person_and_nothing_is_issued(
    hall: Hall, first: Machine, second: Machine, card: Card, staff: Staff
) -> None:
    first.room.matcher.matched = False
    first.insert(card)
    case = first.leave_with_ticket()
    accept(staff, case)
    second.room.matcher.face = OTHERS
    second.insert(card)
    new = second.leave_with_ticket()
    assert new.id != case.id
    assert new.reason == "portrait_not_matched"
    assert back_text(card) == ""
    assert rows(hall, "orders_issueorder", "state", card) == []

    first.resident.choices["welcome_back"] = Button.LEAVE
    first.insert(card)
    first.is_over()  # the accepted case waits for its own person again
    assert second.room.outbox.refused() == []
    shown = [phase for phase in first.resident.phases if phase == "welcome_back"]
    assert shown == ["welcome_back"]


def test_an_undecided_case_is_waited_for_at_the_other_kiosk_and_goes_on_there(
    first: Machine, second: Machine, card: Card, staff: Staff
) -> None:
    first.room.matcher.matched = second.room.matcher.matched = False
    first.insert(card)
    case = first.leave_with_ticket()
    second.insert(card)
    second.see("escalated")
    wait_for("the same case", lambda: second.case is not None and second.case.version > 0)
    assert second.case is not None
    assert (second.case.id, second.case.session) == (case.id, 2)
    accept(staff, case)
    second.is_over()
    assert "香港" in back_text(card)


def test_a_case_that_the_counter_took_meanwhile_is_left_to_it(
    first: Machine, second: Machine, card: Card, staff: Staff
) -> None:
    first.room.matcher.matched = False
    first.insert(card)
    case = first.leave_with_ticket()
    del second.resident.choices["welcome_back"]
    second.insert(card)
    second.see("welcome_back")
    clerk, _ = staff
    clerk.claim(case.id)
    clerk.decide(case.id, "to_counter")
    second.touch(Button.NEXT)
    visits = second.room.kiosk.runtime

    def told() -> bool:
        phase = visits.visit.phase
        return isinstance(phase, WelcomeBack) and phase.trouble is not None

    wait_for("a plain word", told)
    second.touch(Button.LEAVE)
    second.is_over()
    assert second.room.outbox.refused() == []


def test_what_the_counter_issued_meanwhile_is_told_with_the_time_and_costs_nothing_more(
    hall: Hall, first: Machine, second: Machine, card: Card, staff: Staff
) -> None:
    first.room.matcher.matched = False
    first.insert(card)
    case = first.leave_with_ticket()
    del second.resident.choices["welcome_back"]
    second.insert(card)
    second.see("welcome_back")
    clerk, _ = staff
    clerk.claim(case.id)
    clerk.decide(case.id, "to_counter")
    before = datetime.now(UTC)
    clerk.issue_at_counter(case.id, seen_in_person="1", fee_taken="1", offer_code="G-HKG-3M-1")
    second.touch(Button.NEXT)

    def told() -> bool:
        phase = second.room.kiosk.runtime.visit.phase
        return isinstance(phase, WelcomeBack) and phase.trouble is not None

    wait_for("a plain word", told)
    phase = second.room.kiosk.runtime.visit.phase
    assert isinstance(phase, WelcomeBack)
    assert phase.trouble is ResumeTrouble.ISSUED
    assert phase.issued_at is not None
    assert before <= phase.issued_at <= datetime.now(UTC)
    ends: list[TakeCard] = []
    second.room.kiosk.runtime.observe(
        lambda visit: ends.append(visit.phase) if isinstance(visit.phase, TakeCard) else None
    )
    second.touch(Button.LEAVE)
    second.is_over()
    assert all(end.issued_before and not end.case_waits for end in ends)
    assert ends
    assert payments(hall, card) == 0
    assert rows(hall, "orders_issueorder", "state", card) == ["at_counter"]
    assert rows(hall, "cases_case", "stage", card) == ["closed"]
    assert second.room.outbox.refused() == []


def test_what_the_counter_records_at_the_last_moment_is_told_and_not_printed_again(
    hall: Hall, first: Machine, card: Card, staff: Staff, tmp_path: Path
) -> None:
    clerk, _ = staff
    case = sent_to_counter(first, card, clerk)
    line = BadLine(hall.port)
    with contextlib.closing(line), kiosk(hall, tmp_path / "third", "26", line.url) as third:
        third.see("attract")
        wait_for("the hall to know that it takes cases up", lambda: takes_cases_up(hall, "26"))
        seen = {"seen_in_person": "1", "fee_taken": "1", "offer_code": "G-HKG-3M-1"}
        clerk.issue_at_counter(case.id, way="kiosk", kiosk="26", **seen)
        line.at("/order", lambda: clerk.issue_at_counter(case.id, seen_in_person="1"))
        third.insert(card)
        third.see("issue")

        def told() -> bool:
            phase = third.room.kiosk.runtime.visit.phase
            return isinstance(phase, WelcomeBack) and phase.trouble is ResumeTrouble.ISSUED

        wait_for("a plain word", told)
        third.touch(Button.LEAVE)
        third.is_over()
        assert third.room.outbox.refused() == []
    assert back_text(card) == ""
    assert rows(hall, "orders_issueorder", "state", card) == ["at_counter"]
    assert set(rows(hall, "cases_case", "stage", card)) == {"closed"}


def test_who_only_looks_takes_the_card_and_the_case_goes_on_waiting(
    first: Machine, second: Machine, card: Card
) -> None:
    first.room.matcher.matched = False
    first.insert(card)
    first.leave_with_ticket()
    waited: list[bool] = []
    second.room.kiosk.runtime.observe(
        lambda visit: (
            waited.append(visit.phase.case_waits) if isinstance(visit.phase, TakeCard) else None
        )
    )
    second.resident.choices["notice"] = Button.LEAVE
    second.insert(card)
    second.is_over()
    assert waited
    assert all(waited)
    second.resident.choices["notice"] = Button.DECLINE_FACE_CHECK
    second.insert(card)
    second.see("escalated")
    assert "welcome_back" in second.resident.phases
    assert second.room.outbox.refused() == []


def test_what_the_counter_orders_at_a_kiosk_prints_there_without_a_face_check(
    hall: Hall, first: Machine, second: Machine, card: Card, staff: Staff
) -> None:
    clerk, _ = staff
    case = sent_to_counter(first, card, clerk)
    # The page offers kiosks that say that they take cases up, and no others.
    clerk.issue_at_counter(
        case.id, way="kiosk", kiosk="22", seen_in_person="1", fee_taken="1", offer_code="G-HKG-3M-1"
    )
    second.insert(card)
    second.is_over()
    assert second.resident.phases == [
        *("read_card", "welcome_back", "read_card", "issue", "receipt", "take_card", "attract"),
    ]
    assert "香港" in back_text(card)
    wait_for("closed", lambda: rows(hall, "cases_case", "stage", card) == ["closed"])
    assert first.room.outbox.refused() == second.room.outbox.refused() == []
