"""The kiosk is killed at every write of its journal; after each restart nothing is lost.

Devices, card and server live on, as they do when a computer loses its power: the emulators run
in the test's process, the hall in its own.
"""

import queue
import signal
import sqlite3
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from threading import Event as Flag
from threading import Thread

import pytest

from demo.hall import Hall
from devices.rig.card import Card, CardFront
from devices.rig.card_back import back_text
from devices.rig.chip import EepChip
from devices.rig.chip_files import make_files
from devices.rig.world import Place
from devices.travel_document.eep import Holder, PrintedMrz, format_printed
from kiosk.runtime.journal import Journal
from kiosk.settings import load_settings
from tests.devices.chip_world import make_jpeg
from tests.runtime.machine_room import ROOT, Emulators, take_card_when_out, wait_for

POINTS = 21
"""Journal writes of one whole paid visit, from the card taken in to Attract."""

SLOW_POINTS = ((15, 0.05), (16, 0.1), (16, 0.35), (18, 0.05), (19, 0.05), (20, 0.1))
"""Killed in the middle of what the machine does: telling, erasing, printing, ejecting."""


SHARED = (
    "name_zh, surname, given, sex, born, city, functionary, active_military,"
    " registered_official, exit_banned, portrait_id, demo"
)
"""What twins have in common on record: all but their number."""
MAKE_TWIN = (
    f"INSERT INTO records_resident ({SHARED}) SELECT {SHARED} FROM records_resident"  # noqa: S608
    " WHERE id = (SELECT resident_id FROM records_permit WHERE card_number = ?)"
)


def twins(hall: Hall, count: int) -> list[Card]:
    """Give the first demo resident twins with a card each: every point begins with a fresh one.

    One person's cards would not do: who has paid and got nothing is asked for no other fee.
    """
    rows = tomllib.loads((ROOT / "config" / "demo" / "residents.toml").read_text("utf-8"))
    row = rows["resident"][0]
    expires = date.today() + timedelta(days=2000)  # noqa: DTZ011 - the hall's own calendar day
    cards = []
    with closing(sqlite3.connect(hall.data / "hall.sqlite3", timeout=10)) as database, database:
        for number in (f"C9{at:07}" for at in range(count)):
            printed = PrintedMrz(number, f"{expires:%y%m%d}", f"{row['born']:%y%m%d}")
            holder = Holder(printed, row["name_zh"], row["surname"], row["given"], row["sex"])
            files = make_files(holder, make_jpeg(1000))
            chip = EepChip(printed.bac_key().information, files)
            cards.append(Card(CardFront(format_printed(printed)), chip))
            twin = database.execute(MAKE_TWIN, (row["card_number"],)).lastrowid
            database.execute(
                "INSERT INTO records_permit (card_number, resident_id, valid_until, booklet,"
                " cancelled) VALUES (?, ?, ?, 0, 0)",
                (number, twin, expires.isoformat()),
            )
    return cards


class Mortal:
    """The process, and the phases that it said."""

    def __init__(self, config: Path, point: int, delay_s: float) -> None:
        arguments = ["-m", "tests.runtime.mortal_kiosk", str(config), str(point), str(delay_s)]
        self._process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._said: queue.Queue[str] = queue.Queue()
        self.phases: list[str] = []
        self._thread = Thread(target=self._listen, daemon=True)
        self._thread.start()

    def wait_phase(self, name: str, within_s: float = 40.0) -> None:
        while True:
            said = self._said.get(timeout=within_s).split()[0]
            self.phases.append(said)
            if said == name:
                return

    def wait_death(self, within_s: float = 40.0) -> int:
        code = self._process.wait(within_s)
        self._thread.join(5)
        self._close()
        return code

    def end(self) -> int:
        assert self._process.stdin is not None
        self._process.stdin.close()
        return self.wait_death()

    def abort(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        self._close()

    def _listen(self) -> None:
        for line in self._process.stdout or ():
            self._said.put(line)

    def _close(self) -> None:
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()


@pytest.fixture
def taker(emulators: Emulators) -> Iterator[None]:
    stop = Flag()
    thread = take_card_when_out(emulators.bay, stop)
    yield
    stop.set()
    thread.join(5)


def orders(hall: Hall) -> dict[str, str]:
    """Return the state of every order by the number that its print puts on the card."""
    with closing(sqlite3.connect(hall.data / "hall.sqlite3", timeout=10)) as database:
        rows = database.execute(
            "SELECT json_extract(new, '$.number'), state FROM orders_issueorder"
        )
        return dict(rows.fetchall())


def messages_waiting(data_dir: Path) -> int:
    with closing(sqlite3.connect(data_dir / "outbox.sqlite3", timeout=10)) as database:
        return int(database.execute("SELECT count(*) FROM message").fetchone()[0])


def messages_refused(data_dir: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(data_dir / "outbox.sqlite3", timeout=10)) as database:
        return database.execute("SELECT path, code FROM refused").fetchall()


def unsaid(data_dir: Path) -> int:
    journal = Journal(data_dir / "journal.sqlite3")
    try:
        left = journal.read()
        return len(left.tells) + len(left.owed)
    finally:
        journal.close()


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.usefixtures("taker")
def test_nothing_is_lost_wherever_the_power_fails(
    config: Path, emulators: Emulators, hall: Hall
) -> None:
    data_dir = load_settings(config).kiosk.data_dir
    points = [(point, 0.0) for point in range(1, POINTS + 1)]
    cards = twins(hall, len(points) + len(SLOW_POINTS))
    mortal = Mortal(config, *points[0])
    try:
        mortal.wait_phase("attract")
        for number, (point, delay_s) in enumerate([*points, *SLOW_POINTS], start=1):
            where = f"killed at {point} + {delay_s} s"
            assert emulators.bay.insert(cards[number - 1]), where
            assert mortal.wait_death() == -signal.SIGKILL, where

            following = [*points, *SLOW_POINTS, (0, 0.0)][number]
            mortal = Mortal(config, *following)
            mortal.wait_phase("attract")

            assert emulators.bay.place is Place.OUTSIDE, where
            wait_for(f"{where}: unsaid", lambda: unsaid(data_dir) == 0)
            wait_for(f"{where}: unsent", lambda: messages_waiting(data_dir) == 0)
            assert messages_refused(data_dir) == [], where
            wait_for(f"{where}: {orders(hall)}", lambda: "printing" not in orders(hall).values())
            _orders_are_true(orders(hall), [back_text(card) for card in cards], where)
        assert mortal.end() == 0
    finally:
        mortal.abort()
    assert hall.audit_ok()


def _orders_are_true(states: dict[str, str], backs: list[str], where: str) -> None:
    """No order counts as printed that is on no card, and none on a card counts as failed."""
    for number, state in states.items():
        on_a_card = any(number in back for back in backs)
        if state == "printed":
            assert on_a_card, f"{where}: {number} is called printed and is on no card"
        if state in ("failed", "ordered"):
            assert not on_a_card, f"{where}: {number} is called {state} and is on a card"
