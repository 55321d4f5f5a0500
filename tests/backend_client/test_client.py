"""The client's deadline holds whatever the other end does; errors are what they say."""

import time
from itertools import chain, repeat

import pytest

from backend_client import contract as c
from backend_client.client import KioskClient, ServerRefused, ServerUnavailable
from tests.backend_client.slow_server import slow_server

DRIP = [b"x", 0.05] * 400
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def heartbeat(url: str, deadline_s: float = 0.8) -> c.HeartbeatAnswer:
    client = KioskClient(url, "3.none")
    body = c.Heartbeat(phase="attract", version="1", devices={})
    try:
        return client.heartbeat(body, deadline_s=deadline_s)
    finally:
        client.close()


@pytest.mark.parametrize(
    "script",
    [
        [60.0],
        [b"HTTP/1.1 200 OK\r\nX-Slow: ", *DRIP],
        [HEAD + b"Content-Length: 5000\r\n\r\n", *DRIP],
        [HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n", 60.0],
    ],
    ids=["silence", "header drips", "body drips", "chunks stop"],
)
def test_a_server_that_dawdles_cannot_keep_a_caller(script):
    with slow_server(script) as url:
        began = time.monotonic()
        with pytest.raises(ServerUnavailable, match="no answer in time"):
            heartbeat(url)
        assert 0.5 < time.monotonic() - began < 1.5


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 500 Oops\r\nContent-Length: 4\r\n\r\noops",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{",
        b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
        b"\x00\xff\x00\xff\r\n\r\n",
        b"",
    ],
)
def test_answers_that_are_none_mean_unavailable(answer):
    with slow_server([answer]) as url, pytest.raises(ServerUnavailable):
        heartbeat(url, deadline_s=0.4)


def test_nobody_there_is_unavailable_within_the_deadline():
    began = time.monotonic()
    with pytest.raises(ServerUnavailable):
        heartbeat("http://127.0.0.1:1", deadline_s=0.6)
    assert time.monotonic() - began < 1.2


@pytest.mark.parametrize("url", ["http://a..b", "http://" + "a" * 64, "http://\u200d.b"])
def test_an_address_that_cannot_be_asked_is_unavailable(url):
    with pytest.raises(ServerUnavailable):
        heartbeat(url, deadline_s=0.2)


def test_an_endless_answer_is_cut():
    body = repeat(b"x" * 65536, 300)
    with (
        slow_server(chain([HEAD + b"\r\n"], body)) as url,
        pytest.raises(ServerUnavailable, match="too large"),
    ):
        heartbeat(url, deadline_s=5.0)


def test_a_refusal_carries_its_code():
    refusal = c.Refusal(code=c.RefusalCode.NO_RECORD, detail="none").model_dump_json().encode()
    head = b"HTTP/1.1 404 Not Found\r\nContent-Length: %d\r\n\r\n" % len(refusal)
    with slow_server([head + refusal]) as url, pytest.raises(ServerRefused) as caught:
        heartbeat(url)
    assert caught.value.code is c.RefusalCode.NO_RECORD


def test_proxies_of_the_environment_are_not_asked(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    answer = c.HeartbeatAnswer(server_time="2026-01-01T00:00:00Z", staff_signed_in=True)
    data = answer.model_dump_json().encode()
    with slow_server([HEAD + b"Content-Length: %d\r\n\r\n" % len(data) + data]) as url:
        assert heartbeat(url) == answer
