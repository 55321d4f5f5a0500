"""Django's ASGI handler, with one change of thread for each request.

Django's own changes between loop and threads for every middleware that is not written for the loop,
some fifteen times a request, in a thread made for that request: 4 ms of processor where the whole
chain, run as WSGI runs it, takes 1. Views that wait (``async def``) go Django's way: no thread is
held while they do.
"""

import asyncio
import contextlib
from collections.abc import Coroutine
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.core import signals
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.core.handlers.base import BaseHandler
from django.http import Http404
from django.http.response import HttpResponseBase
from django.urls import resolve, set_script_prefix

from backend.body_limit import Receive, Scope, Send
from backend.precedence import acting
from backend.threads import KIOSKS, STAFF, in_thread
from backend_client.contract import API_PREFIX

SAFE = ("GET", "HEAD", "OPTIONS")


class OneHopHandler(ASGIHandler):
    """Answers views that do not wait in one piece on one thread."""

    def __init__(self) -> None:
        BaseHandler.__init__(self)
        self.load_middleware(is_async=False)
        self._waiting = ASGIHandler()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        if _waits(scope["path"]):
            await self._waiting(scope, receive, send)
        else:
            await self.handle(scope, receive, send)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the request, answer it on a thread, send the answer."""
        of_kiosk = scope["path"].startswith(API_PREFIX)
        pool = KIOSKS if of_kiosk else STAFF
        acts = not of_kiosk and scope["method"] not in SAFE
        with contextlib.suppress(RequestAborted):
            body_file = await self.read_body(receive)
            with acting() if acts else contextlib.nullcontext():
                response = await in_thread(pool, self._answer, scope, body_file)
            if not response.streaming:
                await self.send_response(response, send)
                return
            try:
                await _unless_gone(receive, self.send_response(response, send))
            finally:
                await in_thread(pool, response.close)

    def _answer(self, scope: Scope, body_file: Any) -> HttpResponseBase:
        set_script_prefix(get_script_prefix(scope))
        signals.request_started.send(sender=self.__class__, scope=scope)
        request, refusal = self.create_request(scope, body_file)
        response: HttpResponseBase
        response = refusal or self.get_response(request)  # type: ignore[arg-type]  # one is there
        if response.streaming:
            # Its content comes later; what it needs of the database it fetches by itself.
            signals.request_finished.send(sender=self.__class__)
        else:
            response.close()
        return response


def _waits(path: str) -> bool:
    try:
        return iscoroutinefunction(resolve(path).func)
    except Http404:
        return False


async def _unless_gone(receive: Receive, sending: Coroutine[Any, Any, None]) -> None:
    """Send until done or until the reader has gone away."""
    task = asyncio.create_task(sending)
    gone = asyncio.create_task(_gone(receive))
    try:
        await asyncio.wait((task, gone), return_when=asyncio.FIRST_COMPLETED)
    finally:
        for one in (gone, task):
            one.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
