"""What was put into the outbox reaches the server once, in order, whatever happens between."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from backend.api.models import EndedVisit
from backend.cases.models import Case
from backend_client import contract as c
from backend_client.client import KioskClient
from backend_client.outbox import Outbox
from tests.backend import world

END = c.VisitEnd(outcome="issued", card="out")


@pytest.fixture
def hall(tmp_path: Path):
    world.fresh_database(tmp_path)
    yield tmp_path
    world.connections.close_all()


def wait_until(holds, timeout_s: float = 20.0) -> None:
    deadline = time.monotonic() + timeout_s
    while not holds():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.02)


def test_messages_wait_for_a_server_and_then_arrive_in_order(hall):
    port = world.free_port()
    client = KioskClient(f"http://127.0.0.1:{port}", world.enrol("3"))
    box = Outbox(hall / "outbox.sqlite3", client)
    box.start()
    for number in range(5):
        box.put(f"k-{number}", f"/visits/v-{number}/end", END)
    box.put("k-0", "/visits/v-0/end", END)
    assert box.pending() == 5
    with world.served(hall, port=port):
        wait_until(lambda: box.pending() == 0)
        box.stop()
    ends = EndedVisit.objects.order_by("id").values_list("visit_id", flat=True)
    assert list(ends) == [f"v-{number}" for number in range(5)]


def test_a_refused_message_does_not_block_the_next_and_is_told(hall):
    refused: list[tuple[str, c.RefusalCode]] = []
    with world.served(hall) as server:
        client = KioskClient(server.url, world.enrol("3"))
        box = Outbox(hall / "outbox.sqlite3", client, on_refused=lambda *what: refused.append(what))
        box.put("k-1", "/cases/none/leave", c.LeaveRequest(card="out"))
        box.put("k-2", "/visits/v-2/end", END)
        box.start()
        wait_until(lambda: box.pending() == 0)
        box.stop()
    assert refused == [("k-1", c.RefusalCode.NOT_FOUND)]
    assert box.refused() == [("k-1", "/cases/none/leave", "not_found")]
    assert EndedVisit.objects.get().visit_id == "v-2"


def test_sealed_messages_cannot_be_read_on_the_disk(hall):
    key = Fernet(Fernet.generate_key())
    picture = world.jpeg(77)
    with world.served(hall) as server:
        client = KioskClient(server.url, world.enrol("3"))
        box = Outbox(hall / "outbox.sqlite3", client, seal=key)
        request = world.case_request("c-1", live_portrait=c.picture(picture), detail="secret words")
        box.put("k-1", "/cases", request)
        for path in hall.glob("outbox.sqlite3*"):
            assert b"secret words" not in path.read_bytes()
            assert c.picture(picture)[20:60] not in path.read_bytes()
        box.start()
        wait_until(lambda: box.pending() == 0)
        box.stop()
    assert Case.objects.get().detail == "secret words"


def test_a_message_that_cannot_be_unsealed_does_not_block_the_next(hall):
    with world.served(hall) as server:
        client = KioskClient(server.url, world.enrol("3"))
        path = hall / "outbox.sqlite3"
        Outbox(path, client, seal=Fernet(Fernet.generate_key())).put("k-1", "/visits/a/end", END)
        box = Outbox(path, client, seal=Fernet(Fernet.generate_key()))
        box.put("k-2", "/visits/b/end", END)
        box.start()
        wait_until(lambda: box.pending() == 0)
        box.stop()
    assert EndedVisit.objects.get().visit_id == "b"


KIOSK = """
import sys
from pathlib import Path
from backend_client.client import KioskClient
from backend_client.contract import VisitEnd
from backend_client.outbox import Outbox
box = Outbox(Path(sys.argv[1]), KioskClient(sys.argv[2], sys.argv[3]))
box.start()
for number in range(200):
    box.put(f"k-{number}", f"/visits/v-{number}/end", VisitEnd(outcome="issued", card="out"))
    print(number, flush=True)
"""


@pytest.mark.slow
def test_a_kiosk_that_is_killed_loses_nothing_that_was_put(hall):
    """Kill the process while it puts and sends; what it said it had put arrives, once."""
    path = hall / "outbox.sqlite3"
    with world.served(hall) as server:
        credential = world.enrol("3")
        command = [sys.executable, "-c", KIOSK, str(path), server.url, credential]
        kiosk = subprocess.Popen(command, cwd=world.ROOT, stdout=subprocess.PIPE, text=True)
        assert kiosk.stdout is not None
        said = [int(next(kiosk.stdout)) for _ in range(40)]
        os.kill(kiosk.pid, signal.SIGKILL)
        said += [int(line) for line in kiosk.stdout]
        kiosk.wait()
        kiosk.stdout.close()
        box = Outbox(path, KioskClient(server.url, credential))
        box.start()
        wait_until(lambda: box.pending() == 0, 60)
        box.stop()
    arrived = list(EndedVisit.objects.order_by("id").values_list("visit_id", flat=True))
    assert len(arrived) == len(set(arrived))
    assert arrived[: len(said)] == [f"v-{number}" for number in said]
