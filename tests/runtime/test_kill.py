"""The kiosk is killed at every write of its journal; after each restart nothing is lost.

Devices, card and server live on, as they do when a computer loses its power: the emulators run
in the test's process, the hall in its own.
"""

import queue
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from threading import Event as Flag
from threading import Thread

import pytest

from backend_client import contract as c
from backend_client.client import KioskClient
from demo.hall import Hall
from devices.rig.card import Card
from devices.rig.card_back import back_text
from devices.rig.world import Place
from kiosk.runtime.journal import Journal
from kiosk.settings import load_settings
from tests.runtime.machine_room import FACE, ROOT, Emulators, take_card_when_out, wait_for
from tests.runtime.twins import twins

POINTS = 22
"""Journal writes of one whole paid visit, from the card taken in to Attract."""

POINTS_TAKEN_UP = (
    *((point, 0.0) for point in (3, 4, 5, 6, 8, 10, 11, 12, 13, 16, 18, 19, 20)),
    *((4, 0.005), (4, 0.03), (10, 0.01), (18, 0.1)),
)
"""The same in a visit that takes a parked case up: asking, comparing, going on, printing."""

SLOW_POINTS = ((16, 0.05), (17, 0.1), (17, 0.35), (19, 0.05), (20, 0.05), (21, 0.1))
"""Killed in the middle of what the machine does: telling, erasing, printing, ejecting."""


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
        while not self._said.empty():
            self.phases.append(self._said.get().split()[0])
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


def orders(hall: Hall, cards: Sequence[Card] = ()) -> dict[str, str]:
    """Return the state of every order by the number that its print puts on the card.

    Of these cards only, where some are named.
    """
    mine = {card.front.mrz[2:11] for card in cards}
    with closing(sqlite3.connect(hall.data / "hall.sqlite3", timeout=10)) as database:
        rows = database.execute(
            "SELECT card_number, json_extract(new, '$.number'), state FROM orders_issueorder"
        ).fetchall()
    return {number: state for card, number, state in rows if not mine or card in mine}


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
            _orders_are_true(orders(hall, cards), [back_text(card) for card in cards], where)
        assert mortal.end() == 0
    finally:
        mortal.abort()
    assert hall.audit_ok()


def park(hall: Hall, client: KioskClient, card: Card, number: int) -> str:
    """Let somebody have left with a ticket at another kiosk, where a device was lost."""
    case = c.CaseRequest(
        id=f"parked-{number}",
        visit_id=f"left-{number}",
        reason=c.CaseReason.DEVICE_FAULT,
        language="zh-Hans",
        phase="confirm",
        card_number=card.front.mrz[2:11],
        offer_code="G-HKG-3M-1",
        live_portrait=c.picture(FACE),
    )
    client.open_case(case)
    client.leave_case(case.id, c.LeaveRequest(card="out"))
    return case.id


def waits_or_is_closed(hall: Hall, case: str) -> bool:
    with closing(sqlite3.connect(hall.data / "hall.sqlite3", timeout=10)) as database:
        ((stage, left),) = database.execute(
            "SELECT stage, left_with_ticket FROM cases_case WHERE id = ?", (case,)
        )
    return bool(stage == "closed" or left)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.usefixtures("taker")
def test_what_was_taken_up_is_never_lost_wherever_the_power_fails(
    config: Path, emulators: Emulators, hall: Hall, tmp_path: Path
) -> None:
    data_dir = load_settings(config).kiosk.data_dir
    cards = twins(hall, len(POINTS_TAKEN_UP), first=800)
    hall.enrol("29", tmp_path / "credential")
    client = KioskClient(hall.url, (tmp_path / "credential").read_text("ascii").strip())
    mortal = Mortal(config, *POINTS_TAKEN_UP[0])
    reached: set[str] = set()
    try:
        mortal.wait_phase("attract")
        for number, (point, delay_s) in enumerate(POINTS_TAKEN_UP):
            where = f"killed at {point} + {delay_s} s"
            case = park(hall, client, cards[number], number)
            assert emulators.bay.insert(cards[number]), where
            assert mortal.wait_death() == -signal.SIGKILL, where
            reached.update(mortal.phases)

            mortal = Mortal(config, *[*POINTS_TAKEN_UP, (0, 0.0)][number + 1])
            mortal.wait_phase("attract")
            assert emulators.bay.place is Place.OUTSIDE, where
            wait_for(f"{where}: unsaid", lambda: unsaid(data_dir) == 0)
            wait_for(f"{where}: unsent", lambda: messages_waiting(data_dir) == 0)
            wait_for(f"{where}: {orders(hall)}", lambda: "printing" not in orders(hall).values())
            assert waits_or_is_closed(hall, case), where
            mine = orders(hall, cards)
            _orders_are_true(mine, [back_text(card) for card in cards], where)
        assert mortal.end() == 0
        # Killed before the server had heard, the kiosk tells of a session that never was.
        refused = {(path.split("/")[-1], code) for path, code in messages_refused(data_dir)}
        assert refused <= {("leave", "not_found"), ("leave", "stale_token")}
    finally:
        mortal.abort()
        client.close()
    assert {"welcome_back", "issue"} <= reached
    assert hall.audit_ok()


def _orders_are_true(states: dict[str, str], backs: list[str], where: str) -> None:
    """No order counts as printed that is on no card, and none on a card counts as failed."""
    for number, state in states.items():
        on_a_card = any(number in back for back in backs)
        if state == "printed":
            assert on_a_card, f"{where}: {number} is called printed and is on no card"
        if state in ("failed", "ordered"):
            assert not on_a_card, f"{where}: {number} is called {state} and is on a card"
