"""A requests adapter whose calls end at a total deadline.

requests' own timeouts hold for each single read, so a server that sends one byte now and then
keeps a caller for ever. Here the connection under a call is known, and is shut down when the
call's time is up, whatever it is doing.
"""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection

_calls = threading.local()


class _Call:
    """One call: the connection that carries it now, and whether its time is up."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._connection: HTTPConnection | None = None
        self.expired = False

    def carried_by(self, connection: HTTPConnection) -> None:
        with self._lock:
            self._connection = connection

    def expire(self) -> None:
        with self._lock:
            self.expired = True
            sock = getattr(self._connection, "sock", None)
        if sock is not None:
            _shut(sock)


def _shut(sock: socket.socket) -> None:
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it is gone already, which is what was wanted


def _note(connection: HTTPConnection) -> None:
    call = getattr(_calls, "current", None)
    if isinstance(call, _Call):
        call.carried_by(connection)


class _NotedHTTP(HTTPConnection):
    def request(self, *args: Any, **kwargs: Any) -> None:
        _note(self)
        super().request(*args, **kwargs)


class _NotedHTTPS(HTTPSConnection):
    def request(self, *args: Any, **kwargs: Any) -> None:
        _note(self)
        super().request(*args, **kwargs)


class _HTTPPool(HTTPConnectionPool):
    ConnectionCls = _NotedHTTP


class _HTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _NotedHTTPS


class DeadlineAdapter(HTTPAdapter):
    """Mount it on a session and wrap each call in ``within``."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Use connections that are known to the call they carry."""
        super().init_poolmanager(*args, **kwargs)
        manager: PoolManager = self.poolmanager
        manager.pool_classes_by_scheme = {"http": _HTTPPool, "https": _HTTPSPool}


@contextmanager
def within(seconds: float) -> Iterator[_Call]:
    """Shut the connection of this thread's call down when the time is up."""
    call = _Call()
    timer = threading.Timer(seconds, call.expire)
    timer.daemon = True
    _calls.current = call
    timer.start()
    try:
        yield call
    finally:
        timer.cancel()
        _calls.current = None


def open_session() -> requests.Session:
    """Return a session with the adapter; it ignores proxies of the environment."""
    session = requests.Session()
    session.trust_env = False
    for scheme in ("http://", "https://"):
        session.mount(scheme, DeadlineAdapter(pool_connections=1, pool_maxsize=32))
    return session
