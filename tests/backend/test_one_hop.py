"""Requests answered on one thread each: many pages at once, and streams that end."""

import json
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher

from backend.threads import KIOSKS, STAFF
from demo.staff_browser import StaffBrowser
from tests.backend import world

SECONDS = 20
PAGES = 60
"""More than a process has threads, or connections to its database."""


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    data = tmp_path_factory.mktemp("hall")
    world.fresh_database(data)
    world.add_resident()
    clerk = world.add_staff("clerk")
    # The server's own kind of hash: its process knows nothing of the tests' fast one.
    clerk.password = PBKDF2PasswordHasher().encode("password of clerk", "salt")
    clerk.save()
    credential = world.enrol("3")
    with world.served(data) as server:
        browser = StaffBrowser(server.url)
        browser.sign_in("clerk", "password of clerk")
        yield server.url, browser._session.cookies.get("sessionid"), credential
    world.connections.close_all()


class Stream(threading.Thread):
    """A page's stream, read until its line is cut; notes what the events say."""

    def __init__(self, url: str, session: str, query: str = "") -> None:
        super().__init__(daemon=True)
        self._line = HTTPConnection(urlsplit(url).netloc, timeout=SECONDS)
        self._line.request("GET", f"/live/stream{query}", headers=cookie(session))
        self.status = (answer := self._line.getresponse()).status
        self._answer = answer
        self.news: list[dict] = []
        self._came = threading.Condition()
        self.start()

    def run(self) -> None:
        try:
            while line := self._answer.readline():
                if line.startswith(b"data: "):
                    with self._came:
                        self.news.append(json.loads(line[6:]))
                        self._came.notify_all()
        except (OSError, ValueError, AttributeError):
            pass

    def wait_for(self, what) -> dict:
        with self._came:
            there = self._came.wait_for(lambda: any(map(what, self.news)), SECONDS)
        assert there, self.news
        return next(one for one in self.news if what(one))

    def cut(self) -> None:
        # Closed alone, it would wait for what is being read to come.
        self._line.sock.shutdown(socket.SHUT_RDWR)
        self._line.close()


def cookie(session: str) -> dict[str, str]:
    return {"Cookie": f"sessionid={session}"}


def get(url: str, path: str, session: str) -> tuple[int, bytes]:
    line = HTTPConnection(urlsplit(url).netloc, timeout=SECONDS)
    line.request("GET", path, headers=cookie(session))
    answer = line.getresponse()
    found = answer.status, answer.read()
    line.close()
    return found


def post(url: str, path: str, credential: str, key: str, body: dict) -> int:
    line = HTTPConnection(urlsplit(url).netloc, timeout=SECONDS)
    headers = {"Authorization": f"Bearer {credential}", "Idempotency-Key": key}
    headers["Content-Type"] = "application/json"
    line.request("POST", f"/api/kiosk/v1{path}", json.dumps(body), headers)
    answer = line.getresponse()
    answer.read()
    line.close()
    return answer.status


def case_body(case_id: str) -> dict:
    request = world.case_request(case_id, visit_id=f"v-{case_id}", card_number=None)
    return request.model_dump(mode="json", exclude_none=True)


def test_more_pages_than_threads_and_connections_are_all_answered(served):
    url, session, credential = served
    streams = [Stream(url, session) for _ in range(PAGES)]
    assert {stream.status for stream in streams} == {200}
    with ThreadPoolExecutor(PAGES) as crowd:
        boards = [crowd.submit(get, url, "/live/board?page=queue", session) for _ in streams]
        assert post(url, "/cases", credential, "many", case_body("many")) == 200
        answers = [one.result() for one in boards]
    assert {status for status, _ in answers} == {200}
    for stream in streams:
        stream.wait_for(lambda news: "many" in news.get("changed", {}))
        stream.cut()
    status, page = get(url, "/", session)
    assert status == 200
    assert b'data-case="many"' in page


def test_a_page_asks_only_where_its_own_parts_changed(served):
    url, session, credential = served
    plain, open_case = Stream(url, session), Stream(url, session, "?asks=1")
    for stream in (plain, open_case):
        assert stream.wait_for(lambda news: True)["ask"], "who comes new asks"
    assert post(url, "/cases", credential, "ask", case_body("ask")) == 200
    came = plain.wait_for(lambda news: "ask" in news.get("changed", {}))
    assert not came["ask"]
    assert came["order"][-1:] == ["ask"]
    assert [token for token in came["alerts"] if ":ask:" in token]
    assert came["open"] >= came["unclaimed"] >= 1
    assert open_case.wait_for(lambda news: "ask" in news.get("changed", {}))["ask"]
    browser = StaffBrowser(url)
    browser.sign_in("clerk", "password of clerk")
    browser.claim("ask")
    assert plain.wait_for(lambda news: news["ask"] and "ask" in news.get("changed", {}))
    for stream in (plain, open_case):
        stream.cut()


def test_no_pool_holds_more_threads_than_there_are_connections():
    from backend.database import POOL_MAX

    # Beside them: the background's work, its messenger, and a look at the version.
    assert KIOSKS._max_workers + STAFF._max_workers + 4 <= POOL_MAX
