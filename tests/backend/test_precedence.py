"""Pages that only follow wait for those who act, and not for ever."""

import asyncio
import threading
from time import monotonic

from django.db import connections, transaction
from django.test import Client

from backend import precedence
from backend.cases.models import Case
from backend.cases.opening import open_case
from backend.console.news import news_at
from backend.handler import OneHopHandler
from backend.live.services import current_version
from backend.precedence import acting, until_nobody_acts
from backend.threads import STAFF, with_database
from tests.backend import world

TOKEN = "a" * 32


def test_nobody_is_waited_for_when_nobody_acts():
    asyncio.run(asyncio.wait_for(until_nobody_acts(), 5))


def test_what_follows_comes_after_the_answers_of_all_who_act():
    told: list[str] = []

    async def act(name: str, steps: int) -> None:
        with acting():
            for _ in range(steps):
                await asyncio.sleep(precedence.LOOK_S)
            told.append(name)

    async def follow() -> None:
        await until_nobody_acts()
        told.append("drawn")

    async def all_at_once() -> None:
        await asyncio.gather(follow(), act("one", 6), act("other", 9))

    asyncio.run(all_at_once())
    assert told == ["one", "other", "drawn"]


def test_whoever_never_ends_keeps_no_page_waiting():
    async def follow() -> float:
        with acting():
            began = monotonic()
            await asyncio.wait_for(until_nobody_acts(), 5)
            return monotonic() - began

    assert asyncio.run(follow()) >= precedence.LONGEST_S


def test_an_act_that_fails_is_over():
    try:
        with acting():
            raise RuntimeError("the act failed")
    except RuntimeError:
        asyncio.run(asyncio.wait_for(until_nobody_acts(), 5))
    assert precedence._acting == 0


def claim_over_asgi(session: str) -> tuple[dict, list[dict]]:
    """Return a claim's request as a server hands it on, and where the answer goes."""
    cookies = f"sessionid={session}; csrftoken={TOKEN}"
    headers = {"host": "127.0.0.1", "cookie": cookies, "x-csrftoken": TOKEN}
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/cases/case-1/claim",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    return scope, []


def test_a_claim_that_waits_is_answered_before_pages_are_drawn(kiosk, monkeypatch):
    monkeypatch.setattr(precedence, "LONGEST_S", 20.0)
    open_case(kiosk, world.case_request())
    client = Client()
    client.force_login(world.add_staff("clerk"), backend="backend.accounts.lockout.LockoutBackend")
    scope, sent = claim_over_asgi(client.cookies["sessionid"].value)
    held, enough = threading.Event(), threading.Event()
    told: list[str] = []

    def hold() -> None:
        """Keep the claim waiting, as a writer that is slow does; who only reads goes on."""
        with transaction.atomic():
            Case.objects.select_for_update().get(id="case-1")
            held.set()
            enough.wait(20)
        connections.close_all()

    async def act() -> None:
        async def receive() -> dict:
            return {"type": "http.request", "body": b""}

        async def send(message: dict) -> None:
            sent.append(message)

        await OneHopHandler()(scope, receive, send)
        told.append("answered")

    async def follow(version: int) -> None:
        await news_at("zh-hans", version)
        told.append("drawn")

    async def all_at_once() -> None:
        version = await with_database(STAFF, current_version)
        claim = asyncio.create_task(act())
        page = asyncio.create_task(follow(version))
        await asyncio.sleep(1.0)  # enough for a page that waits for nobody
        assert told == []
        enough.set()
        await asyncio.gather(claim, page)

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        assert held.wait(10)
        asyncio.run(all_at_once())
    finally:
        enough.set()
        holder.join(20)
        connections.close_all()
    assert told == ["answered", "drawn"]
    assert sent[0]["status"] in (200, 302)
