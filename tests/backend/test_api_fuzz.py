"""Whatever is sent to any path: an answer of the contract or a Refusal, never a 5xx."""

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend_client.contract import Refusal
from tests.backend import world

PREFIX = "/api/kiosk/v1"
PROOF = json.loads(world.proof().model_dump_json())
MATCH = {
    "matched": True,
    "tries": 1,
    "model": "fused",
    "model_sha256": "0" * 64,
    "scores": [{"reference": "record", "engine": "fused", "score": 9.0, "threshold": 1.0}],
    "eyes": [{"portrait": "live", "left": [0.4, 0.4], "right": [0.6, 0.4]}],
    "between": {"score": 9.0, "threshold": 1.0},
}
GOOD: dict[str, dict[str, object]] = {
    "/offers": {"visit_id": "v", "card_number": world.CARD, "proof": PROOF, "case_id": "c"},
    "/record-portrait": {"visit_id": "v", "card_number": world.CARD, "proof": PROOF},
    "/applications": {
        "visit_id": "v",
        "card_number": world.CARD,
        "offer_code": "G-HKG-3M-1",
        "match": MATCH,
        "case_id": "c",
    },
    "/applications/{id}/payment": {"visit_id": "v"},
    "/payments/{id}/cancel": {},
    "/applications/{id}/order": {"visit_id": "v", "card_number": world.CARD},
    "/orders/{id}/printing": {"fencing_token": 1},
    "/orders/{id}/outcome": {
        "fencing_token": 1,
        "outcome": "printed",
        "evidence": "none",
        "detail": "",
    },
    "/cases": {
        "id": "c",
        "visit_id": "v",
        "reason": "portrait_not_matched",
        "language": "en",
        "phase": "compare",
        "card_number": world.CARD,
        "card_kept_until": world.soon(),
        "match": MATCH,
        "live_portrait": "/9j/4AAQ",
        "tries": [
            {
                "matched": False,
                "model": "fused",
                "model_sha256": "0" * 64,
                "scores": MATCH["scores"],
                "frames": [1, 2],
                "live_portrait": "/9j/4AAQ",
            }
        ],
        "detail": "x",
    },
    "/cases/{id}/travel": {"depart_at": "2026-12-01T12:00:00+08:00", "ground": "funeral"},
    "/cases/{id}/leave": {"card": "out"},
    "/cases/parked": {"visit_id": "v", "card_number": world.CARD, "proof": PROOF},
    "/cases/{id}/resume": {"visit_id": "v", "card_number": world.CARD, "proof": PROOF},
    "/cases/{id}/same-person": {"visit_id": "v", "session": 2, "match": MATCH},
    "/visits/{id}/end": {"outcome": "issued", "card": "out", "application_id": "a"},
    "/heartbeat": {
        "phase": "attract",
        "version": "1",
        "devices": {"camera": {"state": "ready", "detail": ""}},
        "card_held": False,
    },
}
NASTY: list[object] = [
    None,
    -1,
    2**63,
    10**400,
    "",
    "\x00",
    "\ud800",
    "x" * 5000,
    "9999-12-31T23:59:59-14:00",
    "0001-01-01T00:00:00+14:00",
    "2026-11-24T12:00:00",
    "' OR 1=1 --",
    "💥",
    {},
    [[[[]]]],
    {"zh_hans": "x"},
]
RAW = [
    b"",
    b"{",
    b"null",
    b"[]",
    b'"x"',
    b"\xff\xfe",
    b'{"a":NaN}',
    b'{"a":1e999}',
    b'{"a":-Infinity}',
    b"[" * 100_000,
    b'{"a":' * 50_000,
    b'{"visit_id":"v","visit_id":"w"}',
    b"1" * 10_000,
]


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    data = tmp_path_factory.mktemp("hall")
    world.fresh_database(data)
    world.add_resident()
    with world.served(data) as running:
        yield running.url + PREFIX, world.enrol("3")
        assert running.process.poll() is None
    world.connections.close_all()


_session = requests.Session()
_count = iter(range(10**9))


def send(hall, method: str, path: str, data: bytes | None, **headers: str) -> requests.Response:
    url, credential = hall
    sent = {
        "Authorization": f"Bearer {credential}",
        "Content-Type": "application/json",
        "Idempotency-Key": f"fuzz-{next(_count)}",
        **headers,
    }
    return _session.request(method, url + path, data=data, headers=sent, timeout=20)


def check(answer: requests.Response) -> None:
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        Refusal.model_validate_json(answer.content)
    else:
        assert answer.status_code == 200


def places(body: object, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Name every place of a body."""
    yield at
    if isinstance(body, dict):
        for name, value in body.items():
            yield from places(value, (*at, name))
    if isinstance(body, list):
        for index, value in enumerate(body):
            yield from places(value, (*at, index))


def replaced(body: object, at: tuple[str | int, ...], value: object) -> object:
    """Return the body with another value at one place."""
    if not at:
        return value
    copy = deepcopy(body)
    inner: Any = copy
    for part in at[:-1]:
        inner = inner[part]
    inner[at[-1]] = value
    return copy


@pytest.mark.parametrize("path", GOOD)
def test_every_place_of_every_body_with_every_nasty_value(hall, path):
    good = {**GOOD[path], **({"id": "c0"} if path == "/cases" else {})}
    unspoilt = send(hall, "POST", path.replace("{id}", "c"), json.dumps(good).encode())
    assert unspoilt.status_code in (200, 403, 404), unspoilt.text
    for at in places(GOOD[path]):
        for value in NASTY:
            # A new case each time: an id that is known already is answered without a look.
            new = {"id": f"c{next(_count)}"} if path == "/cases" else {}
            text = json.dumps(replaced({**GOOD[path], **new}, at, value))
            check(send(hall, "POST", path.replace("{id}", "c"), text.encode()))
    check(send(hall, "POST", path.replace("{id}", "c"), b'{"surplus": 1}'))


@pytest.mark.parametrize("path", GOOD)
def test_bodies_that_are_no_objects(hall, path):
    for raw in RAW:
        check(send(hall, "POST", path.replace("{id}", "c"), raw))


@pytest.mark.parametrize(
    "path",
    [
        "/payments/x",
        "/payments/x?wait_s=nan",
        "/payments/x?wait_s=-1",
        "/payments/x?wait_s=1e400",
        "/cases/x?after=999999999999999999999999",
        "/cases/x?after=abc",
        "/cases/%00",
        "/cases/" + "x" * 3000,
        "/cases/..%2f..%2fetc",
        "/nothing",
        "/",
        "/cases/💥",
    ],
)
def test_queries_and_paths(hall, path):
    for method in ("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"):
        answer = send(hall, method, path, None)
        assert 400 <= answer.status_code < 500, answer.text
        Refusal.model_validate_json(answer.content)


@pytest.mark.parametrize(
    "credential", ["", "Bearer", "Bearer ", "Bearer 3.", "Basic Mzp4", "Bearer " + "x" * 5000]
)
def test_credentials(hall, credential):
    answer = send(hall, "POST", "/offers", b"{}", Authorization=credential)
    assert answer.status_code == 401
    assert Refusal.model_validate_json(answer.content).code == "not_enrolled"


def test_bodies_that_are_too_large(hall):
    answer = send(hall, "POST", "/cases", b"x" * 6_000_001)
    assert answer.status_code == 413
    Refusal.model_validate_json(answer.content)

    def parts() -> Iterator[bytes]:
        for _ in range(7):
            yield b"x" * 1_000_000

    url, credential = hall
    try:
        chunked = requests.post(
            url + "/cases",
            data=parts(),
            headers={"Authorization": f"Bearer {credential}", "Idempotency-Key": "k"},
            timeout=20,
        )
    except requests.ConnectionError:
        return  # the server hung up in the middle, as it may
    assert chunked.status_code == 413


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    path=st.sampled_from(sorted(GOOD)),
    body=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
        max_leaves=8,
    ),
)
def test_anything_that_json_can_say(hall, path, body):
    check(send(hall, "POST", path.replace("{id}", "c"), json.dumps(body).encode()))
