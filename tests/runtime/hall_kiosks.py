"""Kiosks of one hall, over real drivers and emulators on ptys, and who stands before each."""

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from threading import Event as Flag

from demo.hall import Hall
from devices.rig.card import Card
from kiosk.session.events import Button, Touched
from kiosk.session.facts import Case, CaseStage
from tests.runtime.machine_room import (
    FACE,
    Emulators,
    Resident,
    Running,
    running,
    take_card_when_out,
    wait_for,
    write_config,
)


@dataclass
class Machine:
    """One kiosk of the hall and the person who stands before it."""

    emulators: Emulators
    room: Running
    resident: Resident

    @property
    def case(self) -> Case | None:
        return self.room.kiosk.runtime.visit.case

    def touch(self, button: Button) -> None:
        self.room.kiosk.runtime.post(Touched(button))

    def see(self, phase: str) -> None:
        deadline = time.monotonic() + 60
        while self.phase != phase:
            assert time.monotonic() < deadline, f"{phase}: {self.resident.phases}, {self.case}"
            time.sleep(0.02)

    @property
    def phase(self) -> str:
        return self.room.kiosk.runtime.visit.phase.name

    def insert(self, card: Card) -> None:
        self.see("attract")
        self.resident.phases.clear()
        assert self.emulators.bay.insert(card)

    def is_over(self) -> None:
        self.see("take_card")
        wait_for("the end", lambda: self.resident.phases[-2:] == ["take_card", "attract"])
        wait_for("outbox", lambda: self.room.outbox.pending() == 0)

    def leave_with_ticket(self) -> Case:
        """Wait until staff have the case, then leave; return it."""
        self.see("escalated")
        wait_for("a case", lambda: self.case is not None and self.case.stage is CaseStage.WAITING)
        case = self.case
        assert case is not None
        self.touch(Button.LEAVE_WITH_TICKET)
        self.is_over()
        return case


@contextlib.contextmanager
def kiosk(
    hall: Hall, folder: Path, number: str, url: str = "", lost_after_s: float = 2.0
) -> Iterator[Machine]:
    """Run a kiosk of the hall, which it reaches at ``url`` where that is not the hall's own."""
    folder.mkdir()
    emulators, stop = Emulators(), Flag()
    hall.enrol(number, folder / "kiosk" / "credential")
    config = write_config(folder, emulators, url or hall.url, eject_again=0.5, rearm=0.3)
    text = config.read_text("utf-8")
    text = text.replace('number = "1"', f'number = "{number}"')
    text = text.replace("lost_after_s = 2.0", f"lost_after_s = {lost_after_s}")
    config.write_text(text, "utf-8")
    try:
        with running(config) as room:
            resident = Resident(room.kiosk.runtime.post)
            resident.choices["welcome_back"] = Button.NEXT
            room.kiosk.runtime.observe(resident)
            room.matcher.face = FACE
            take_card_when_out(emulators.bay, stop)
            yield Machine(emulators, room, resident)
    finally:
        stop.set()
        emulators.stop()


def rows(hall: Hall, table: str, column: str, card: Card) -> list[str]:
    number = card.front.mrz[2:11]
    with closing(sqlite3.connect(hall.data / "hall.sqlite3", timeout=10)) as database:
        found = database.execute(
            f"SELECT {column} FROM {table} WHERE card_number = ?",  # noqa: S608 - this file's own
            (number,),
        )
        return [row[0] for row in found]
