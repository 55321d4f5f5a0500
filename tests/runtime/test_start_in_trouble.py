"""Starts that find something broken: the card comes out, staff hear of it, nothing is destroyed."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from threading import Event as Flag
from threading import Thread

import pytest
from cryptography.fernet import Fernet

from demo.hall import Hall
from devices.rig.world import Place
from kiosk.runtime.data_lock import DataInUse, DataLock
from kiosk.runtime.journal import Journal
from kiosk.runtime.opening import NoJournal, open_journal
from kiosk.session.facts import CardPlace, Device
from kiosk.session.phases import CardHeld, Outcome
from kiosk.session.visit import Visit
from kiosk.settings import load_settings
from tests.runtime.machine_room import (
    ROOT,
    Emulators,
    person,
    running,
    take_card_when_out,
    wait_for,
)
from tests.runtime.samples import printing


@pytest.fixture
def data(config: Path) -> Path:
    return load_settings(config).kiosk.data_dir


def leave_a_card_inside(config: Path, emulators: Emulators) -> None:
    with running(config) as room:
        runtime = room.kiosk.runtime
        wait_for("attract", lambda: runtime.visit.phase.name == "attract")
        assert emulators.bay.insert(person("normal").card)
        wait_for("offers", lambda: runtime.visit.phase.name == "offers")
    assert emulators.bay.place is Place.INSIDE


def zeros(data: Path) -> None:
    (data / "journal.sqlite3").write_bytes(bytes(8192))


def no_key(data: Path) -> None:
    (data / "journal.key").write_bytes(b"\x00\x01 not a key")


def another_key(data: Path) -> None:
    (data / "journal.key").write_bytes(Fernet.generate_key())


@pytest.mark.parametrize("spoil", [zeros, no_key, another_key])
def test_what_cannot_be_read_is_put_aside_and_the_card_given_back(
    config: Path, emulators: Emulators, hall: Hall, data: Path, spoil: "type[object]"
) -> None:
    leave_a_card_inside(config, emulators)
    spoil(data)  # type: ignore[call-arg]
    spoilt = {name: (data / name).read_bytes() for name in ("journal.sqlite3", "journal.key")}
    cases = count_cases(hall)
    stop = Flag()
    take_card_when_out(emulators.bay, stop)
    with running(config) as room:
        runtime = room.kiosk.runtime
        wait_for("card out", lambda: emulators.bay.place is Place.OUTSIDE)
        wait_for("attract", lambda: runtime.visit.phase.name == "attract")
        wait_for("case", lambda: count_cases(hall) == cases + 1)
        wait_for("told", lambda: "unreadable" in device_words(hall, "journal"))
        assert room.outbox.refused() == []
        stop.set()
    for name, content in spoilt.items():
        (kept,) = data.glob(f"{name}.unreadable-2*")
        assert kept.read_bytes() == content


def count_cases(hall: Hall) -> int:
    with closing(sqlite3.connect(hall.data / "hall.sqlite3", timeout=10)) as database:
        return int(database.execute("SELECT count(*) FROM cases_case").fetchone()[0])


def device_words(hall: Hall, device: str) -> str:
    with closing(sqlite3.connect(hall.data / "hall.sqlite3", timeout=10)) as database:
        path = f"$.{device}"
        rows = database.execute("SELECT json_extract(devices, ?) FROM fleet_kiosk", [path])
        return " ".join(str(row[0]) for row in rows.fetchall())


def test_on_a_disk_that_is_read_only_the_card_comes_out_and_nobody_is_served(
    config: Path, emulators: Emulators, hall: Hall, data: Path
) -> None:
    leave_a_card_inside(config, emulators)
    with closing(Journal(data / "journal.sqlite3")) as journal:
        left = journal.read()
    mount = ["mount", "--bind", str(data), str(data)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("NOT TESTED: a read-only disk, nothing may be mounted here")
    stop = Flag()
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", str(data)], check=True)
        take_card_when_out(emulators.bay, stop)
        with running(config) as room:
            runtime = room.kiosk.runtime
            wait_for("card out", lambda: emulators.bay.place is Place.OUTSIDE)
            wait_for("out of service", lambda: runtime.visit.phase.name == "out_of_service")
            wait_for("told", lambda: "cannot be opened" in device_words(hall, "journal"))
            assert runtime.visit.lost == (Device.JOURNAL,)
    finally:
        stop.set()
        subprocess.run(["umount", "--lazy", str(data)], check=True)
    with closing(Journal(data / "journal.sqlite3")) as journal:
        assert journal.read().visit == left.visit, "left for a start that can settle it"
    with running(config) as room:
        wait_for("attract", lambda: room.kiosk.runtime.visit.phase.name == "attract")
        wait_for("told", lambda: not room.kiosk._journal.read().tells)


def test_numbers_go_on_where_the_key_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    with closing(Journal(path)) as journal:
        journal.commit(printing(sequence=990))
    path.with_suffix(".key").write_bytes(Fernet.generate_key())
    opened = open_journal(path)
    opened.journal.close()
    assert opened.left.visit is None
    assert opened.left.next_sequence >= 991
    assert "key" in opened.note


@pytest.mark.parametrize("spoilt", range(100, 8000, 1300))
def test_a_damaged_journal_opens(tmp_path: Path, spoilt: int) -> None:
    path = tmp_path / "journal.sqlite3"
    with closing(Journal(path)) as journal:
        journal.commit(printing())
    content = bytearray(path.read_bytes())
    content[spoilt : spoilt + 900] = b"\xff" * 900
    path.write_bytes(content)
    opened = open_journal(path)
    opened.journal.commit(Visit("next"))
    opened.journal.close()


def test_a_directory_in_the_journals_place_is_no_reason_not_to_start(tmp_path: Path) -> None:
    (tmp_path / "journal.sqlite3").mkdir()
    opened = open_journal(tmp_path / "journal.sqlite3")
    assert isinstance(opened.journal, NoJournal)
    assert "cannot be opened" in opened.journal.trouble


def test_a_held_card_stays_held_over_a_restart(
    config: Path, emulators: Emulators, data: Path
) -> None:
    leave_a_card_inside(config, emulators)
    held = Visit("before", phase=CardHeld(Outcome.LEFT), card_place=CardPlace.HELD)
    with closing(Journal(data / "journal.sqlite3")) as journal:
        journal.begin_run(held, (), ())
    with running(config) as room:
        runtime = room.kiosk.runtime
        wait_for("held", lambda: runtime.visit.phase.name == "card_held")
        time.sleep(1)  # an eject would have begun
        assert emulators.bay.place is Place.INSIDE
        assert runtime.visit.card_place is CardPlace.HELD


def mortal(config: Path) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "tests.runtime.mortal_kiosk", str(config), "0", "0"]
    return subprocess.Popen(
        command,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def test_a_second_kiosk_on_one_directory_leaves_the_first_ones_print_alone(
    config: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = mortal(config)
    try:
        assert first.stdout is not None
        assert any(line.startswith("attract") for line in first.stdout)
        monkeypatch.setattr("kiosk.runtime.data_lock.WAIT_S", 0.5)
        with pytest.raises(DataInUse, match="another kiosk is running"), running(config):
            pass
        first.send_signal(signal.SIGKILL)
        first.wait(10)
        with running(config) as room:
            wait_for("attract", lambda: room.kiosk.runtime.visit.phase.name == "attract")
    finally:
        first.kill()
        first.communicate()


def test_a_restart_waits_for_the_kiosk_before_it_to_end(tmp_path: Path) -> None:
    old = DataLock(tmp_path)
    ending = Thread(target=lambda: (time.sleep(0.5), old.release()))
    ending.start()
    DataLock(tmp_path, wait_s=5).release()
    ending.join()


def test_a_lock_ends_with_its_holder_and_not_with_its_children(tmp_path: Path) -> None:
    old = DataLock(tmp_path)
    child = subprocess.Popen([shutil.which("sleep") or "sleep", "30"], close_fds=False)
    old.release()
    try:
        DataLock(tmp_path, wait_s=5.0).release()  # the child lets go when it begins its program
    finally:
        child.kill()
        child.wait()
