"""Visits over real drivers, emulators on ptys and the real server."""

import sqlite3
from contextlib import closing
from pathlib import Path
from threading import Event as Flag

from demo.hall import Hall
from devices.rig.card_back import back_text
from kiosk.session.events import Button, LanguageChosen, Touched, TravelTold
from kiosk.session.facts import CaseStage, Travel
from kiosk.session.visit import Visit
from kiosk.values import Language
from tests.runtime.machine_room import (
    Emulators,
    Resident,
    person,
    running,
    take_card_when_out,
    wait_for,
)


def test_a_resident_leaves_with_an_endorsement(config: Path, emulators: Emulators) -> None:
    card = person("normal").card
    stop = Flag()
    with running(config) as room:
        runtime = room.kiosk.runtime
        resident = Resident(runtime.post)
        runtime.observe(resident)
        wait_for("attract", lambda: runtime.visit.phase.name == "attract")
        first = runtime.visit.id
        assert emulators.bay.insert(card)
        take_card_when_out(emulators.bay, stop)
        wait_for("next visit", lambda: resident.phases[-2:] == ["take_card", "attract"])
        stop.set()
        wait_for("outbox", lambda: room.outbox.pending() == 0)
        assert room.outbox.refused() == []
        assert resident.phases[-12:] == [
            "attract", "read_card", "offers", "notice", "portrait", "compare",
            "confirm", "pay", "issue", "receipt", "take_card", "attract",
        ]  # fmt: skip
        assert runtime.visit.id != first
    assert "香港" in back_text(card)
    receipt = emulators.receipt_printer.receipts[-1].text
    assert "C1****678" in receipt
    assert "林晓岚" not in receipt


def test_who_asks_for_a_person_gets_a_ticket_and_the_card(
    config: Path, emulators: Emulators, hall: Hall
) -> None:
    stop = Flag()
    with running(config) as room:
        runtime = room.kiosk.runtime
        resident = Resident(runtime.post)
        resident.choices = {"notice": Button.DECLINE_FACE_CHECK}
        runtime.observe(resident)
        wait_for("attract", lambda: runtime.visit.phase.name == "attract")
        runtime.post(LanguageChosen(Language.EN))
        assert emulators.bay.insert(person("normal").card)
        take_card_when_out(emulators.bay, stop)
        wait_for("case", lambda: _stage(runtime.visit) is CaseStage.WAITING)
        case = runtime.visit.case
        assert case is not None
        runtime.post(TravelTold(Travel(None, "funeral")))
        runtime.post(Touched(Button.LEAVE_WITH_TICKET))
        wait_for("next visit", lambda: resident.phases[-2:] == ["take_card", "attract"])
        stop.set()
        wait_for("outbox", lambda: room.outbox.pending() == 0)
        assert room.outbox.refused() == []
    ticket = " ".join(emulators.receipt_printer.receipts[-1].text.split())
    assert case.ticket in ticket
    assert "Nothing to fill in again" in ticket
    assert "portrait" not in resident.phases


def test_a_server_that_dies_in_mid_visit_costs_no_card_and_no_case(
    config: Path, emulators: Emulators, own_hall: Hall
) -> None:
    stop = Flag()
    try:
        with running(config) as room:
            runtime = room.kiosk.runtime
            resident = Resident(runtime.post)
            del resident.choices["confirm"]
            runtime.observe(resident)
            wait_for("attract", lambda: runtime.visit.phase.name == "attract")
            assert emulators.bay.insert(person("normal").card)
            take_card_when_out(emulators.bay, stop)
            wait_for("confirm", lambda: runtime.visit.phase.name == "confirm")
            own_hall.kill()
            wait_for("card out", lambda: resident.phases[-1] == "out_of_service")
            assert resident.phases[-3:] == ["leaving", "take_card", "out_of_service"]
            ticket = emulators.receipt_printer.receipts[-1].text
            assert room.outbox.pending() > 0

            own_hall.start()
            wait_for("outbox", lambda: room.outbox.pending() == 0)
            wait_for("back", lambda: runtime.visit.phase.name == "attract")
            assert room.outbox.refused() == []
        with closing(sqlite3.connect(own_hall.data / "hall.sqlite3")) as database:
            ((number,),) = database.execute("SELECT ticket FROM cases_case").fetchall()
        assert number in ticket
    finally:
        stop.set()


def _stage(visit: Visit) -> CaseStage | None:
    return None if visit.case is None else visit.case.stage


def test_two_runs_of_a_kiosk_give_no_number_twice(config: Path, emulators: Emulators) -> None:
    def number_of_a_run() -> str:
        with running(config) as room:
            runtime = room.kiosk.runtime
            wait_for("attract", lambda: runtime.visit.phase.name == "attract")
            runtime.post(Touched(Button.ASK_PERSON))
            wait_for("case", lambda: runtime.visit.case is not None)
            case = runtime.visit.case
            assert case is not None
            return case.ticket

    assert number_of_a_run() != number_of_a_run()
