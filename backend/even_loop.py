"""The event loop of one of several server processes that listen on one socket."""

import asyncio
import logging
import socket
from collections.abc import Callable
from typing import Any

import uvloop

TAKEN = 8
"""So many connections, then a breath."""
BREATH_S = 0.001
"""No process answers ``TAKEN`` requests in this time, so nobody waits longer for it."""
PAUSE_S = 1.0
"""Until the next try when no connection can be taken, for want of file descriptors."""

_log = logging.getLogger(__name__)


class EvenLoop(uvloop.Loop):
    """Takes a few connections, then breathes, so that a burst is shared by all processes.

    The one that wakes first would otherwise take nearly all of fifty that come at once, and answer
    them one after the other while its neighbour has nothing to do.
    """

    async def create_server(  # type: ignore[override]  # as uvicorn calls it
        self,
        protocol_factory: Callable[[], asyncio.BaseProtocol],
        *,
        sock: socket.socket,
        backlog: int,
        **_: Any,
    ) -> "EvenServer":
        """Listen on ``sock``, which is bound already."""
        sock.setblocking(False)
        sock.listen(backlog)
        return EvenServer(self, protocol_factory, sock)


class EvenServer:
    """Takes connections from a socket that other processes take some from, too."""

    def __init__(
        self, loop: EvenLoop, factory: Callable[[], asyncio.BaseProtocol], sock: socket.socket
    ) -> None:
        self._loop, self._factory, self._sock = loop, factory, sock
        self._resting: asyncio.TimerHandle | None = None
        self._in_a_row = 0
        self._taken: set[asyncio.Task[Any]] = set()
        self._look()

    def close(self) -> None:
        """Take no more; what was taken goes on."""
        if self._resting is not None:
            self._resting.cancel()
        else:
            self._loop.remove_reader(self._sock)

    async def wait_closed(self) -> None:
        """Return at once: uvicorn waits for its connections by itself."""

    def _look(self) -> None:
        self._resting = None
        self._loop.add_reader(self._sock, self._take)

    def _rest(self, seconds: float) -> None:
        self._loop.remove_reader(self._sock)
        self._resting = self._loop.call_later(seconds, self._look)

    def _take(self) -> None:
        try:
            line, _ = self._sock.accept()
        except (BlockingIOError, InterruptedError, ConnectionAbortedError):
            return  # another process was faster, or whoever came is gone
        except OSError as error:
            _log.warning("no connection can be taken for %.0f s: %s", PAUSE_S, error)
            self._rest(PAUSE_S)
            return
        self._in_a_row += 1
        if self._in_a_row == TAKEN:
            self._in_a_row = 0
            self._rest(BREATH_S)
        line.setblocking(False)
        taken = self._loop.create_task(self._loop.connect_accepted_socket(self._factory, line))
        self._taken.add(taken)
        taken.add_done_callback(self._taken.discard)
