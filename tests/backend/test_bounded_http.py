"""How the server reads HTTP: heads that never end, long bodies, what is no request."""

import socket
from urllib.parse import urlsplit

import pytest

from backend.bounded_http import LONGEST_HEAD
from tests.backend import world

PIECE = 8192


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    data = tmp_path_factory.mktemp("hall")
    world.fresh_database(data)
    with world.served(data) as server:
        parts = urlsplit(server.url)
        yield parts.hostname, parts.port
    world.connections.close_all()


def said(address, *pieces: bytes) -> bytes:
    """Send the pieces and return all that the server says until it is silent or hangs up."""
    heard = b""
    with socket.create_connection(address, timeout=10) as line:
        try:
            for piece in pieces:
                line.sendall(piece)
        except OSError:
            pass  # it hung up in between, and what it said before is still to be read
        line.settimeout(3)
        try:
            while part := line.recv(65536):
                heard += part
        except (TimeoutError, ConnectionResetError):
            pass
    return heard


ENDLESS = {
    "line": b"GET /" + b"a" * PIECE,
    "header": b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + b"a" * PIECE,
    "headers": b"GET / HTTP/1.1\r\nHost: x\r\n",
}


@pytest.mark.parametrize("part", ENDLESS)
def test_a_head_that_does_not_end_is_refused_and_the_line_closed(address, part):
    more = b"X-More: 1\r\n" * (PIECE // 11) if part == "headers" else b"a" * PIECE
    heard = said(address, ENDLESS[part], *[more] * (2 * LONGEST_HEAD // PIECE))
    assert heard.startswith(b"HTTP/1.1 431 ")
    assert heard.count(b"HTTP/1.1 ") == 1


def test_a_long_head_and_a_long_body_are_read(address):
    head = b"POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nX-Long: "
    head += b"a" * (LONGEST_HEAD - 1000) + b"\r\nContent-Length: %d\r\n\r\n"
    body = b"a" * (4 * LONGEST_HEAD)
    assert said(address, head % len(body), body).startswith(b"HTTP/1.1 403 ")  # no token


def test_many_requests_on_one_line_are_no_long_head(address):
    one = b"GET /login HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Some: " + b"a" * PIECE + b"\r\n\r\n"
    last = b"GET /login HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    times = 2 * LONGEST_HEAD // PIECE
    assert said(address, *[one] * times, last).count(b"HTTP/1.1 200 ") == times + 1


@pytest.mark.parametrize(
    "nonsense",
    [
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET  / x\r\n\r\n",
        b"\r\n" * 9 + b"\0",
    ],
)
def test_what_is_no_request_is_refused(address, nonsense):
    assert said(address, nonsense).startswith(b"HTTP/1.1 400 ")


def test_a_wish_to_change_the_protocol_is_answered_as_any_request(address):
    wish = b"GET /login HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\n"
    heard = said(address, wish + b"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n")
    assert heard.startswith(b"HTTP/1.1 200 ")
