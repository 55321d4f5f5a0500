"""What lives as long as a server process: the background task, and a look at its parent."""

import asyncio
import contextlib
import gc
import multiprocessing
import os
import signal

from backend.background import keep_order
from backend.body_limit import App, Receive, Scope, Send
from backend.database import hold_connections
from backend.threads import THREADS

FOR_ITSELF = 2
"""Connections that the background task uses and no request."""


class Lifespan:
    """An ASGI application that answers the lifespan protocol and leaves the rest to another."""

    def __init__(self, inner: App) -> None:
        self._inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        if scope["type"] != "lifespan":
            await self._inner(scope, receive, send)
            return
        await receive()
        _end_with_parent()
        hold_connections(2 * THREADS + FOR_ITSELF)
        _keep_what_the_start_made()
        work = asyncio.create_task(keep_order())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        work.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await work
        await send({"type": "lifespan.shutdown.complete"})


def _keep_what_the_start_made() -> None:
    """Take it out of what Python looks through for garbage: it stays to the end.

    All else of the process stood still for it, 60 to 175 ms every few seconds under load.
    """
    gc.collect()
    gc.freeze()


def _end_with_parent() -> None:
    """Stop when the process that watches over this one is gone: nobody would stop it later."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    loop = asyncio.get_running_loop()

    def gone() -> None:
        loop.remove_reader(parent.sentinel)
        os.kill(os.getpid(), signal.SIGTERM)

    loop.add_reader(parent.sentinel, gone)
