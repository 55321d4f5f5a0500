"""Several server processes share one hall: changes cross, work is done once, one may die."""

import os
import shutil
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from django.contrib.auth.hashers import PBKDF2PasswordHasher

from backend.audit.models import AuditEvent
from backend.audit.services import verify
from backend.background import FileTurn, SessionTurn
from backend.cases.models import Case
from backend_client.client import KioskClient
from demo.staff_browser import StaffBrowser
from tests.backend import world

SECONDS = 15


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    data = tmp_path_factory.mktemp("hall")
    world.fresh_database(data)
    world.add_resident()
    clerk = world.add_staff("clerk")
    # The server's own kind of hash: its process knows nothing of the tests' fast one.
    clerk.password = PBKDF2PasswordHasher().encode("password of clerk", "salt")
    clerk.save()
    yield data
    world.connections.close_all()


@pytest.fixture(scope="module")
def hasty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A configuration whose timers run out at once."""
    config = tmp_path_factory.mktemp("config") / "server"
    shutil.copytree(world.ROOT / "config" / "server", config)
    timers = config / "timers.toml"
    text = timers.read_text().replace("background_every_s = 2 ", "background_every_s = 0.2 ")
    timers.write_text(text)
    return config


@pytest.fixture(scope="module")
def client(data: Path) -> str:
    return world.enrol("3")


class Stream(threading.Thread):
    """Reads a console's stream; notes when each version came."""

    def __init__(self, url: str, name: str) -> None:
        super().__init__(daemon=True)
        browser = StaffBrowser(url)
        browser.sign_in(name, f"password of {name}")
        self._answer = browser._session.get(url + "/live/stream", stream=True, timeout=SECONDS)
        assert self._answer.status_code == 200
        self.came: dict[int, float] = {}
        self._news = threading.Condition()
        self.start()

    def run(self) -> None:
        try:
            for line in self._answer.iter_lines(chunk_size=1):
                if line.startswith(b"id: "):
                    with self._news:
                        self.came[int(line[4:])] = time.monotonic()
                        self._news.notify_all()
        except requests.RequestException:
            pass
        finally:
            self._answer.close()

    def wait_for(self, version: int) -> float:
        """Return when this version, or a later one, came."""
        with self._news:
            there = self._news.wait_for(lambda: max(self.came, default=-1) >= version, SECONDS)
        assert there
        return min(at for seen, at in self.came.items() if seen >= version)


@contextmanager
def kiosk_at(server: world.Served, credential: str) -> Iterator[KioskClient]:
    client = KioskClient(server.url, credential)
    yield client
    client.close()


def test_a_case_of_one_process_shows_at_the_other_and_one_may_die(data, client):
    with world.served(data) as first, world.served(data) as second:
        stream = Stream(second.url, "clerk")
        stream.wait_for(0)
        with kiosk_at(first, client) as kiosk:
            kiosk.open_case(world.case_request("c-warm", visit_id="v-warm"))
            for number in range(5):
                sent = time.monotonic()
                view = kiosk.open_case(world.case_request(f"c-{number}", visit_id=f"v-{number}"))
                assert stream.wait_for(view.version) - sent < 1.0
        first.process.kill()
        first.process.wait(10)
        with kiosk_at(second, client) as kiosk:
            sent = time.monotonic()
            view = kiosk.open_case(world.case_request("c-9", visit_id="v-9"))
            assert stream.wait_for(view.version) - sent < 1.0
    stream.join(SECONDS)  # it ends with its server
    assert verify().ok


def test_timers_run_in_one_process_and_go_on_in_the_other(data, client, hasty):
    """Whichever has the turn is killed: a case opened after that is raised all the same."""
    with (
        world.served(data, "--config", str(hasty)) as first,
        world.served(data, "--config", str(hasty)) as second,
    ):
        for survivor, server in ((second, first), (None, second)):
            open_and_let_run_out(server, client)
            wait_until_raised_once()
            if survivor is not None:
                server.process.kill()
                server.process.wait(10)


def open_and_let_run_out(server: world.Served, credential: str) -> None:
    case_id = f"late-{time.monotonic_ns()}"
    with kiosk_at(server, credential) as kiosk:
        kiosk.open_case(world.case_request(case_id, visit_id=case_id))
    unclaimed_s = 100  # of the timers that runs out one, so it is raised once
    before = world.timezone.now() - world.timedelta(seconds=unclaimed_s)
    Case.objects.filter(id=case_id).update(created_at=before)


def wait_until_raised_once() -> None:
    newest = Case.objects.order_by("-ticket_seq").first()
    assert newest is not None
    raised = AuditEvent.objects.filter(kind="case.raised", subject=f"case:{newest.id}")
    end = time.monotonic() + SECONDS
    while not raised.exists():
        assert time.monotonic() < end, "nobody raised it"
        time.sleep(0.05)
    time.sleep(0.6)  # three more rounds of both processes
    assert raised.count() == 1


@pytest.mark.slow
def test_several_processes_on_one_port_replace_the_one_that_dies(data, client):
    with world.served(data, "--processes", "2") as server:
        workers = children(server.process.pid)
        assert len(workers) == 2
        with ThreadPoolExecutor(8) as pool, kiosk_at(server, client) as kiosk:
            ask = [
                pool.submit(
                    kiosk.open_case, world.case_request(f"p-{number}", visit_id=f"p-{number}")
                )
                for number in range(24)
            ]
            tickets = [one.result().ticket for one in ask]
        assert len(set(tickets)) == 24
        os.kill(workers[0], signal.SIGKILL)
        end = time.monotonic() + SECONDS
        while len(children(server.process.pid)) < 2 or workers[0] in children(server.process.pid):
            assert time.monotonic() < end, "the dead process was not replaced"
            time.sleep(0.1)
        with kiosk_at(server, client) as kiosk:
            kiosk.open_case(world.case_request("p-99", visit_id="p-99"))
        left = children(server.process.pid)
    end = time.monotonic() + SECONDS
    while any(Path(f"/proc/{pid}").exists() for pid in left):
        assert time.monotonic() < end, "processes outlived the one that watches over them"
        time.sleep(0.1)
    assert verify().ok


def children(pid: int) -> list[int]:
    """Return the processes that serve for this one."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    serving = [int(one) for one in found if b"spawn_main" in command_of(int(one))]
    return sorted(serving)


def command_of(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def test_one_at_a_time_has_the_turn(database):
    kind = SessionTurn if world.ON_POSTGRESQL else FileTurn
    first, second = kind(), kind()
    assert first.have()
    assert not second.have()
    assert first.have()
    first.give_back()
    assert second.have()
    assert not first.have()
    second.give_back()
    assert first.have()
    first.give_back()
