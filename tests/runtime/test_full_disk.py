"""A disk that is full: nobody's card stays in, no case is lost, and the kiosk comes back."""

import contextlib
import json
import os
import sqlite3
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Event as Flag

import pytest

from backend_client.outbox import Outbox
from demo.hall import Hall
from devices.rig.world import Place
from kiosk.runtime.event_log import EventLog, line_of
from kiosk.runtime.journal import Journal
from kiosk.session.effects import Tell
from kiosk.session.events import Button, Started, Touched
from kiosk.session.facts import CardPlace, Device
from kiosk.session.visit import Visit
from kiosk.settings import load_settings
from tests.runtime.machine_room import (
    Emulators,
    Resident,
    person,
    running,
    take_card_when_out,
    wait_for,
    wait_for_phase,
)

FULL = "database or disk is full"


@contextlib.contextmanager
def small_disk(folder: Path, size: str = "1m") -> Iterator[Path]:
    """Lay a file system of its own over a folder; what was in the folder is copied onto it."""
    kept = {file.name: file.read_bytes() for file in folder.iterdir()}
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size},mode=0700", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("NOT TESTED: a really full disk, no file system may be mounted here")
    try:
        for name, data in kept.items():
            (folder / name).write_bytes(data)
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Take the last byte of the disk."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(bytes(4096)):
            pass
    with contextlib.suppress(OSError), ballast.open("ab", buffering=0) as file:
        while file.write(b"0"):
            pass
    return ballast


@pytest.fixture
def disk(config: Path) -> Iterator[Path]:
    with small_disk(load_settings(config).kiosk.data_dir) as folder:
        yield folder


def lines_of(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / "events.jsonl").read_text().splitlines()]


def test_a_full_disk_gives_the_card_back_and_the_kiosk_comes_back_with_the_room(
    config: Path, emulators: Emulators, disk: Path
) -> None:
    stop = Flag()
    with running(config) as room:
        runtime = room.kiosk.runtime
        resident = Resident(runtime.post)
        del resident.choices["confirm"]
        runtime.observe(resident)
        wait_for_phase(runtime, "attract")
        assert emulators.bay.insert(person("normal").card)
        wait_for("confirm", lambda: runtime.visit.phase.name == "confirm")

        ballast = fill(disk)
        take_card_when_out(emulators.bay, stop)
        runtime.post(Touched(Button.CONFIRM))

        wait_for("card out", lambda: emulators.bay.place is Place.OUTSIDE)
        wait_for("out of service", lambda: runtime.visit.phase.name == "out_of_service")
        assert Device.JOURNAL in runtime.visit.lost
        assert FULL in str(room.kiosk.device_watch.statuses[Device.JOURNAL])

        ballast.unlink()
        wait_for("in service", lambda: runtime.visit.phase.name == "attract")
        wait_for("all told", lambda: not room.kiosk._journal.read().tells)
        wait_for("all sent", lambda: room.outbox.pending() == 0)
        assert room.outbox.refused() == []
        stop.set()


def test_a_full_disk_from_the_start_holds_no_card(
    config: Path, emulators: Emulators, disk: Path
) -> None:
    with running(config) as room:
        wait_for("attract", lambda: room.kiosk.runtime.visit.phase.name == "attract")
        assert emulators.bay.insert(person("normal").card)
        read = ("offers", "welcome_back")  # another test may have left a case of this card
        wait_for("in", lambda: room.kiosk.runtime.visit.phase.name in read)
    assert emulators.bay.place is Place.INSIDE
    ballast = fill(disk)
    stop = Flag()
    take_card_when_out(emulators.bay, stop)
    restart = Flag()
    with running(config, restart=restart.set) as room:
        runtime = room.kiosk.runtime
        wait_for("card out", lambda: emulators.bay.place is Place.OUTSIDE)
        wait_for("out of service", lambda: runtime.visit.phase.name == "out_of_service")
        assert not restart.is_set()
        ballast.unlink()
        wait_for("restart", restart.is_set)
        stop.set()
    with running(config) as room:
        wait_for("in service", lambda: room.kiosk.runtime.visit.phase.name == "attract")
        wait_for("all told", lambda: not room.kiosk._journal.read().tells)


def test_a_log_that_cannot_be_written_says_later_what_it_lacks(tmp_path: Path) -> None:
    folder = tmp_path / "log"
    folder.mkdir()
    line = line_of(Visit("boot"), Started(CardPlace.OUT), Visit("boot"))
    with small_disk(folder, "64k"):
        log = EventLog(folder / "events.jsonl")
        log(line)
        ballast = fill(folder)
        for _ in range(100):  # more than fits into the file's last page
            log(line)
        ballast.unlink()
        log(line)
        log(line)
        log.close()
        found = lines_of(folder)
    assert "missing" not in found[-1]
    assert int(str(found[-2]["missing"])) + len(found) == 103


def test_a_case_is_not_lost_when_neither_journal_nor_outbox_takes_it(
    config: Path, emulators: Emulators, hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = Flag()
    put = Outbox.put

    class Full(Journal):
        def commit(
            self, visit: Visit, tells: Sequence[Tell] = (), settled: Sequence[Tell] = ()
        ) -> None:
            if full.is_set():
                raise sqlite3.OperationalError(FULL)
            super().commit(visit, tells, settled)

    def put_or_not(self: Outbox, *args: object) -> None:
        if full.is_set():
            raise sqlite3.OperationalError(FULL)
        put(self, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(Outbox, "put", put_or_not)
    with running(config, Full) as room:
        runtime = room.kiosk.runtime
        cases: list[str] = []
        runtime.observe(lambda visit: cases.append(visit.case.id) if visit.case else None)
        wait_for("attract", lambda: runtime.visit.phase.name == "attract")
        full.set()
        until = time.monotonic() + 9
        runtime.post(Touched(Button.ASK_PERSON))
        wait_for("case", lambda: bool(cases))
        wait_for("leaving", lambda: runtime.visit.phase.name == "leaving")
        wait_for("the time", lambda: time.monotonic() > until)
        assert not [r for r in emulators.receipt_printer.receipts if r.text.strip()]
        full.clear()
        wait_for("at the server", lambda: cases[0] in cases_of(hall))
        wait_for("all told", lambda: not room.kiosk._journal.read().tells)
        assert room.outbox.refused() == []


def cases_of(hall: Hall) -> list[str]:
    with contextlib.closing(sqlite3.connect(hall.data / "hall.sqlite3", timeout=10)) as database:
        return [row[0] for row in database.execute("SELECT id FROM cases_case").fetchall()]
