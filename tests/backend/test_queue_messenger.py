"""The hall's messenger, against a real HTTP server: signed, bounded, repeated, nothing personal."""

import asyncio
import hashlib
import hmac
import json
import threading
import time
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.conf import settings

from backend.cases.alarms import ring_due
from backend.cases.desk_requests import open_desk_case
from backend.cases.models import Case
from backend.cases.opening import open_case
from backend.cases.reasons import StaffReason
from backend.clock import ago
from backend.messenger.models import Message
from backend.messenger.services import deliver, key_file, write_messages
from tests.backend import world
from tests.backend.test_queue_desk import CALL


@dataclass
class Inbox:
    """What a messenger received, and how it answers: a status, or a way to be slow."""

    answers: list[object] = field(default_factory=list)
    received: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    url: str = ""
    arrived: threading.Event = field(default_factory=threading.Event)


@pytest.fixture
def inbox():
    box = Inbox()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            box.received.append((dict(self.headers), body))
            answer = box.answers.pop(0) if box.answers else 200
            box.arrived.set()
            if answer == "drip":
                for sign in b"HTTP/1.1 200 OK\r\nX: " + b"x" * 400:
                    try:
                        self.wfile.write(bytes([sign]))
                    except OSError:
                        return
                    time.sleep(0.05)
                return
            self.send_response(answer)
            if answer == 302:
                self.send_header("Location", "/elsewhere")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    box.url = f"http://127.0.0.1:{server.server_port}/hook"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield box
    server.shutdown()
    server.server_close()
    thread.join(5)


@pytest.fixture
def configured(inbox, tmp_path_factory, monkeypatch):
    """Return a way to run with a messenger; what is named replaces lines of messenger.toml."""

    def configure(**changes: str):
        directory = tmp_path_factory.mktemp("config")
        changes = {"url": f'"{inbox.url}"', "deadline_s": "1", **changes}
        for path in (world.ROOT / "config" / "server").glob("*.toml"):
            lines = path.read_text("utf-8").splitlines()
            if path.stem == "messenger":
                lines = [
                    f"{name} = {changes[name]}" if (name := line.split(" ")[0]) in changes else line
                    for line in lines
                ]
            (directory / path.name).write_text("\n".join(lines), "utf-8")
        monkeypatch.setattr(settings, "CONFIG_DIR", directory)
        return directory

    return configure


def alarm(kiosk, number=1):
    open_case(kiosk, world.case_request(f"case-{number}", visit_id=f"v{number}"))
    Case.objects.filter(id=f"case-{number}").update(created_at=ago(61))
    assert ring_due() == 1


def due_again():
    Message.objects.filter(sent_at=None).update(next_try_at=ago(1))


def test_an_alarm_is_posted_signed_once(kiosk, inbox, configured):
    configured()
    alarm(kiosk)
    assert asyncio.run(deliver()) == 1
    assert asyncio.run(deliver()) == 0
    (headers, body), *others = inbox.received
    assert not others
    assert json.loads(body) == {
        "text": "无人认领，请处理 · 3号机 · 人像不符 · A 001",
        "alarm": "unclaimed",
        "level": "1",
        "ticket": "A 001",
    }
    signed = headers["X-Hall-Timestamp"].encode() + b"." + body
    expected = hmac.new(key_file().read_bytes(), signed, hashlib.sha256).hexdigest()
    assert headers["X-Hall-Signature"] == f"sha256={expected}"
    assert key_file().stat().st_mode & 0o777 == 0o600
    assert Message.objects.get().sent_at is not None


def test_nothing_that_staff_typed_or_that_names_a_person_is_posted(kiosk, inbox, configured):
    configured()
    clerk = world.add_staff("clerk")
    open_desk_case(StaffReason.GUIDE_DESK_CALL, clerk, replace(CALL, topic="TOPIC", ground=""))
    Case.objects.update(created_at=ago(61))
    assert ring_due() == 1
    assert asyncio.run(deliver()) == 1
    sent = inbox.received[0][1].decode()
    for private in ("TOPIC", CALL.person, CALL.phone, CALL.words, world.CARD, "clerk"):
        assert private not in sent


def test_what_is_not_taken_is_tried_again_with_the_same_number(kiosk, inbox, configured):
    configured()
    inbox.answers = [500, 302, 200]
    alarm(kiosk)
    for taken in (0, 0, 1):
        due_again()
        assert asyncio.run(deliver()) == taken
    assert {headers["X-Hall-Message"] for headers, _ in inbox.received} == {"1"}
    assert Message.objects.get().tries == 3
    assert len(inbox.received) == 3, "a redirect is not followed"


def test_it_is_given_up_after_the_last_try_and_the_row_says_so(kiosk, inbox, configured):
    configured(try_again_s="[1]")
    inbox.answers = [503, 503, 200]
    alarm(kiosk)
    for _ in range(4):
        due_again()
        asyncio.run(deliver())
    message = Message.objects.get()
    assert (message.sent_at, message.last_answer, message.tries) == (None, "503", 2)
    assert message.given_up_at is not None
    assert len(inbox.received) == 2


def test_a_messenger_that_drips_or_is_away_holds_nobody_up(kiosk, inbox, configured):
    configured(deadline_s="0.5")
    inbox.answers = ["drip"]
    alarm(kiosk)
    began = time.monotonic()
    assert asyncio.run(deliver()) == 0
    assert time.monotonic() - began < 2
    assert Message.objects.get().last_answer == "no answer in time"
    configured(url=f'"http://127.0.0.1:{world.free_port()}/"')
    due_again()
    assert asyncio.run(deliver()) == 0
    assert Message.objects.get().last_answer == "ConnectError"


def test_two_servers_send_one_message_once(kiosk, inbox, configured):
    configured()
    for number in range(1, 4):
        alarm(kiosk, number)
    results = world.at_once(4, lambda _: asyncio.run(deliver()))
    assert sum(results) == 3
    assert len(inbox.received) == 3


def test_the_halls_own_form_of_a_message(kiosk, inbox, configured):
    directory = configured()
    path = directory / "messenger.toml"
    text = path.read_text("utf-8").split("[body]")[0]
    path.write_text(text + '[body]\nmsgtype = "text"\ntext = { content = "{text} {level}" }\n')
    alarm(kiosk)
    asyncio.run(deliver())
    sent = json.loads(inbox.received[0][1])
    assert sent["msgtype"] == "text"
    assert sent["text"]["content"].endswith("A 001 1")


def test_without_a_messenger_nothing_is_written_and_old_alarms_stay_unsaid(
    kiosk, inbox, configured
):
    alarm(kiosk)
    assert (write_messages(), asyncio.run(deliver())) == (0, 0)
    configured(oldest_s="1")
    time.sleep(1.1)
    assert (write_messages(), inbox.received) == (0, [])


@pytest.mark.slow
def test_the_servers_own_worker_tells_it_with_no_page_open_even_after_a_crash(
    kiosk, inbox, configured, database
):
    directory = configured(try_again_s="[1, 1, 1, 1]")
    inbox.answers = [500, 500]
    alarm(kiosk)
    arguments = ("--config", str(directory))
    with world.served(database, *arguments):
        assert inbox.arrived.wait(15)
    # That server was killed without a word, its message not taken; the next one goes on.
    inbox.arrived.clear()
    with world.served(database, *arguments):
        deadline = time.monotonic() + 25
        while not Message.objects.filter(sent_at__isnull=False).exists():
            assert time.monotonic() < deadline
            time.sleep(0.2)
    assert {headers["X-Hall-Message"] for headers, _ in inbox.received} == {"1"}
