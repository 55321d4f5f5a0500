"""Serve: uvicorn around the ASGI application, in one process or in several on one port."""

import asyncio
import socket
from collections.abc import Callable

import uvicorn
from django.conf import settings as django_settings
from django.db import connections
from uvicorn.supervisors import Multiprocess

from backend.bounded_http import BoundedHttp

Say = Callable[[str], None]
START_WITHIN_S = 60
WAITING_CONNECTIONS = 2048


def serve(host: str, port: int, processes: int, say: Say) -> int:
    """Serve until told to stop; one line says when it is ready."""
    settings = uvicorn.Config(
        "backend.asgi:application",
        host=host,
        port=port,
        workers=processes,
        log_level="warning",
        access_log=False,
        lifespan="on",
        loop="backend.even_loop:EvenLoop" if processes > 1 else "uvloop",
        http=BoundedHttp,
        ws="none",
        server_header=False,
        proxy_headers=bool(django_settings.TLS_PROXIES),
        forwarded_allow_ips=django_settings.TLS_PROXIES or None,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=3,
        backlog=WAITING_CONNECTIONS,
    )
    # A connection that stayed open here would keep SQLite from closing any other's file handle.
    for used in connections.all(initialized_only=True):
        used.close()
        if used.vendor == "postgresql":
            used.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's alone
    if processes > 1:
        return _serve_several(settings, say)
    server = _Server(settings, say)
    try:
        with asyncio.Runner(loop_factory=settings.get_loop_factory()) as runner:
            runner.run(server.serve())
    except KeyboardInterrupt:
        return 0
    return 0 if server.was_ready else 2


class _Server(uvicorn.Server):
    """Uvicorn that says when it is ready."""

    def __init__(self, config: uvicorn.Config, say: Say) -> None:
        super().__init__(config)
        self._say = say
        self.was_ready = False

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets)
        if not self.started:
            return
        self.was_ready = True
        self._say(_ready(self.servers[0].sockets[0]))


def _serve_several(settings: uvicorn.Config, say: Say) -> int:
    """Watch over the processes: one that dies is replaced, one that cannot start ends them all."""
    listener = settings.bind_socket()
    supervisor = _Supervisor(settings, listener, say)
    supervisor.run()
    listener.close()
    return 0 if supervisor.was_ready else 2


class _Supervisor(Multiprocess):
    """Uvicorn's own, which says when all processes are ready."""

    def __init__(self, config: uvicorn.Config, listener: socket.socket, say: Say) -> None:
        super().__init__(config, [listener])
        self._say = say
        self._listener = listener
        self.was_ready = False

    def init_processes(self) -> None:
        """Start them, and say so once each of them serves."""
        super().init_processes()
        if all(one.wait_until_ready(START_WITHIN_S, self.should_exit) for one in self.processes):
            self.was_ready = True
            self._say(_ready(self._listener))
        else:
            self.should_exit.set()


def _ready(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"ready: http://{host}:{port}"
