"""Serve: uvicorn around the ASGI application, with the background task beside it."""

import asyncio
import logging
from collections.abc import Callable

import uvicorn
from asgiref.sync import sync_to_async
from django.conf import settings as django_settings
from django.db import connection, connections

from backend.config import hall

LOG = logging.getLogger(__name__)


def serve(host: str, port: int, say: Callable[[str], None]) -> int:
    """Serve until told to stop; one line says when it is ready."""
    from backend.asgi import application

    settings = uvicorn.Config(
        application,
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        lifespan="off",
        server_header=False,
        proxy_headers=bool(django_settings.TLS_PROXIES),
        forwarded_allow_ips=django_settings.TLS_PROXIES or None,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=3,
        h11_max_incomplete_event_size=64 * 1024,
    )
    server = _Server(settings, say)
    # A connection that stayed open here would keep SQLite from closing any other's file handle.
    connections.close_all()
    try:
        asyncio.run(server.serve())
    except KeyboardInterrupt:
        return 0
    return 0 if server.was_ready else 2


class _Server(uvicorn.Server):
    """Uvicorn that says when it is ready and keeps the background task."""

    def __init__(self, config: uvicorn.Config, say: Callable[[str], None]) -> None:
        super().__init__(config)
        self._say = say
        self.was_ready = False

    async def startup(self, sockets: object = None) -> None:
        """Start, then say so."""
        await super().startup()
        if not self.started:
            return
        self.was_ready = True
        bound = self.servers[0].sockets[0].getsockname()
        self._task = asyncio.create_task(keep_order(lambda: self.should_exit))
        self._say(f"ready: http://{bound[0]}:{bound[1]}")


async def keep_order(stopping: Callable[[], bool]) -> None:
    """Run timers and look for unfinished matters, again and again; a failure is logged."""
    while not stopping():
        try:
            await sync_to_async(_once, thread_sensitive=False)()
        except Exception:
            LOG.exception("the background task failed; it goes on")
        await asyncio.sleep(hall().timers.background_every_s)


def _once() -> None:
    from backend.api.once import forget_old_answers
    from backend.cases.retention import erase_old_evidence
    from backend.cases.timers import run_timers
    from backend.operations.leftovers import erase_leftovers
    from backend.orders.reconcile import reconcile

    try:
        run_timers()
        reconcile()
        forget_old_answers()
        erase_old_evidence()
        erase_leftovers()
    finally:
        connection.close()
