"""The kiosk that is killed, as its killer sees it, and what must be true after it came back.

Devices, card and server live on, as they do when a computer loses its power: the emulators run
in the test's process, the hall in its own.
"""

import queue
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from threading import Thread

from demo.hall import Hall
from devices.rig.card import Card
from kiosk.runtime.journal import Journal
from tests.runtime.machine_room import ROOT


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


def orders_are_true(states: dict[str, str], backs: list[str], where: str) -> None:
    """No order counts as printed that is on no card, and none on a card counts as failed."""
    for number, state in states.items():
        on_a_card = any(number in back for back in backs)
        if state == "printed":
            assert on_a_card, f"{where}: {number} is called printed and is on no card"
        if state in ("failed", "ordered"):
            assert not on_a_card, f"{where}: {number} is called {state} and is on a card"
