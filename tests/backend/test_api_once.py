"""Idempotency over the real server: first answer again, 409 while it runs, kill and restart."""

import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from backend.api.models import AnsweredRequest
from backend.clock import ago, now
from backend.fleet.models import Kiosk
from backend_client import contract as c
from backend_client.client import KioskClient
from tests.backend import world

PREFIX = "/api/kiosk/v1"


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[world.Served, str]]:
    data = tmp_path_factory.mktemp("hall")
    world.fresh_database(data)
    world.add_resident()
    with world.served(data) as running:
        yield running, world.enrol("3")
    world.connections.close_all()


def post(hall, path: str, body: object, key: str | None) -> requests.Response:
    server, credential = hall
    headers = {"Authorization": f"Bearer {credential}"}
    if key is not None:
        headers["Idempotency-Key"] = key
    return requests.post(f"{server.url}{PREFIX}{path}", json=body, headers=headers, timeout=20)


def body(case_id: str = "c-1") -> dict[str, object]:
    return world.case_request(case_id, visit_id=f"v-{case_id}").model_dump(mode="json")


def test_a_repeated_key_gets_the_first_answer(hall):
    first = post(hall, "/cases", body(), "k-1")
    post(hall, "/cases", body("c-2"), "k-2")
    again = post(hall, "/cases", body(), "k-1")
    assert first.status_code == again.status_code == 200
    assert first.content == again.content


def test_a_refusal_is_repeated_too(hall):
    travel = {"depart_at": None, "ground": "because"}
    first = post(hall, "/cases/c-1/travel", travel, "k-t")
    again = post(hall, "/cases/c-1/travel", travel, "k-t")
    assert (first.status_code, again.status_code) == (400, 400)
    assert first.content == again.content


def test_a_key_that_was_used_for_something_else_is_a_conflict(hall):
    post(hall, "/cases", body(), "k-1")
    answer = post(hall, "/cases", body("c-other"), "k-1")
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")


@pytest.mark.parametrize("key", [None, "", "x" * 129, "with space"])
def test_a_post_needs_a_key(hall, key):
    answer = post(hall, "/cases", body("c-3"), key)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")


def test_while_the_first_is_carried_out_a_second_gets_409_and_when_to_come_again(hall):
    request = body("c-4")
    raw = json.dumps(request).encode()
    kiosk = Kiosk.objects.get(id="3")
    import hashlib

    AnsweredRequest.objects.create(
        kiosk=kiosk,
        key="k-busy",
        path=f"{PREFIX}/cases",
        body_sha256=hashlib.sha256(raw).hexdigest(),
        started_at=now(),
    )
    answer = post_raw(hall, raw, "k-busy")
    assert (answer.status_code, answer.json()["code"]) == (409, "in_progress")
    assert answer.headers["Retry-After"] == "1"
    AnsweredRequest.objects.filter(key="k-busy").update(started_at=ago(60))
    assert post_raw(hall, raw, "k-busy").status_code == 200


def post_raw(hall, raw: bytes, key: str) -> requests.Response:
    server, credential = hall
    headers = {
        "Authorization": f"Bearer {credential}",
        "Idempotency-Key": key,
        "Content-Type": "application/json",
    }
    return requests.post(f"{server.url}{PREFIX}/cases", data=raw, headers=headers, timeout=20)


def test_the_same_key_many_times_at_once_is_one_request(hall):
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: post(hall, "/cases", body("c-5"), "k-5"), range(8)))
    good = [answer.content for answer in answers if answer.status_code == 200]
    assert good
    assert len(set(good)) == 1
    assert {answer.status_code for answer in answers} <= {200, 409}


def test_a_portrait_is_never_stored_as_an_answer(hall):
    proof = json.loads(world.proof().model_dump_json())
    wanted = {"visit_id": "v-p", "card_number": world.CARD, "proof": proof}
    answer = post(hall, "/record-portrait", wanted, "k-portrait")
    assert answer.json()["portrait"]
    assert not AnsweredRequest.objects.filter(key="k-portrait").exists()


def test_record_portraits_are_limited_by_kiosk(hall):
    from backend.config import hall as config

    limit = config().policy.record_portraits_per_kiosk_and_hour
    server, _ = hall
    busy = (server, world.enrol("5"))
    proof = json.loads(world.proof().model_dump_json())
    wanted = {"visit_id": "v-p", "card_number": world.CARD, "proof": proof}
    codes = [post(busy, "/record-portrait", wanted, f"k-{n}").status_code for n in range(limit + 2)]
    assert codes == [200] * limit + [429] * 2


@pytest.mark.slow
def test_a_server_that_is_killed_and_comes_back_is_a_pause(tmp_path):
    """Requests under way while the server is killed are each carried out exactly once."""
    world.fresh_database(tmp_path)
    world.add_resident()
    credential = world.enrol("3")
    port = world.free_port()
    client = KioskClient(f"http://127.0.0.1:{port}", credential, deadline_s=40.0)
    views: list[c.CaseView] = []

    def open_cases() -> None:
        for number in range(30):
            views.append(
                client.open_case(
                    world.case_request(f"c-{number}", visit_id=f"v-{number}"), key=f"k-{number}"
                )
            )

    work = threading.Thread(target=open_cases)
    with world.served(tmp_path, port=port):
        work.start()
        time.sleep(0.5)
    for _ in range(2):
        time.sleep(0.2)
        with world.served(tmp_path, port=port):
            time.sleep(0.6)
    with world.served(tmp_path, port=port):
        work.join(60)
    tickets = [view.ticket for view in views]
    assert tickets == [f"A {n:03d}" for n in range(1, 31)]
    world.connections.close_all()
