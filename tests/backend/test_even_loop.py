"""Processes that share a socket share what comes: none takes a burst alone, none is lost."""

import asyncio
import resource
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from backend.even_loop import PAUSE_S, EvenLoop

BURST = 200


class Taker(asyncio.Protocol):
    """Says in one byte which loop took the line."""

    def __init__(self, sign: bytes) -> None:
        self._sign = sign

    def connection_made(self, transport) -> None:
        transport.write(self._sign)
        transport.close()


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0), backlog=BURST) as sock:
        yield sock


@contextmanager
def taking(listener: socket.socket, sign: bytes) -> Iterator[EvenLoop]:
    """Take from the socket in a loop of its own; ends with all of its lines."""
    loop, ready = EvenLoop(), threading.Event()

    async def serve() -> None:
        with listener.dup() as shared:
            server = await loop.create_server(lambda: Taker(sign), sock=shared, backlog=BURST)
            ready.set()
            with suppress(asyncio.CancelledError):
                await asyncio.Event().wait()
            server.close()
            await server.wait_closed()

    task = loop.create_task(serve())
    thread = threading.Thread(target=loop.run_until_complete, args=(task,))
    thread.start()
    assert ready.wait(5)
    try:
        yield loop
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join(5)
        assert not thread.is_alive()
        loop.close()


def sign_of(line: socket.socket) -> bytes:
    line.settimeout(5)
    return line.recv(1)


def test_whoever_wakes_first_leaves_some_of_a_burst_for_the_others(listener):
    with taking(listener, b"a") as first, taking(listener, b"b") as second:
        first.call_soon_threadsafe(time.sleep, 0.3)
        second.call_soon_threadsafe(time.sleep, 0.312)
        lines = [socket.create_connection(listener.getsockname()) for _ in range(BURST)]
        signs = [sign_of(line) for line in lines]
    for line in lines:
        line.close()
    assert len(signs) == BURST
    assert signs.count(b"b") > BURST // 20


def test_one_alone_takes_all(listener):
    with taking(listener, b"a"), taking(listener, b"b"):
        pass
    with taking(listener, b"c"):
        for _ in range(5):
            with socket.create_connection(listener.getsockname()) as line:
                assert sign_of(line) == b"c"


def test_whoever_comes_while_no_line_can_be_taken_is_answered_later(listener, caplog):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with taking(listener, b"a"), socket.socket() as line:
        line.settimeout(PAUSE_S / 2)
        free = listener.dup()
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (free.fileno(), hard))
            free.close()
            line.connect(listener.getsockname())
            with pytest.raises(TimeoutError):
                line.recv(1)
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        assert sign_of(line) == b"a"
    assert caplog.text.count("no connection can be taken") == 1
