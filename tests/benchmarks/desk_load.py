"""The load of the desk's benchmark: consoles as browsers hold them, kiosks, clerks; one event loop.

HTTP is written by hand, because a client library would cost more than the server's answer.
"""

import asyncio
import json
import random
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

API = "/api/kiosk/v1"
WITHIN_S = 30


@dataclass(frozen=True)
class Answer:
    """An answer and how long it took."""

    status: int
    body: bytes
    took_s: float


class Site:
    """A server's address."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.host, self.port = parts.hostname or "127.0.0.1", parts.port or 80

    async def ask(
        self, method: str, path: str, headers: dict[str, str], body: bytes = b""
    ) -> Answer:
        """Send one request on a connection of its own, as machines that are idle for long do."""
        began = time.monotonic()
        async with asyncio.timeout(WITHIN_S):
            reader, writer = await asyncio.open_connection(self.host, self.port)
            try:
                writer.write(self._head(method, path, headers, len(body), "close") + body)
                status, _ = await _read_head(reader)
                content = await reader.read()
            finally:
                writer.close()
        return Answer(status, content, time.monotonic() - began)

    async def open_stream(
        self, path: str, headers: dict[str, str]
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Open a stream of events; its lines may be long."""
        reader, writer = await asyncio.open_connection(self.host, self.port, limit=4_000_000)
        writer.write(self._head("GET", path, headers, 0, "keep-alive"))
        status, _ = await _read_head(reader)
        if status != 200:
            raise RuntimeError(f"the stream was refused: {status}")
        return reader, writer

    def _head(
        self, method: str, path: str, headers: dict[str, str], size: int, connection: str
    ) -> bytes:
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self.host}:{self.port}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        lines += [f"Content-Length: {size}", f"Connection: {connection}", "", ""]
        return "\r\n".join(lines).encode()


async def _read_head(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines[1:] if line)
    return int(lines[0].split(" ")[1]), headers


@dataclass
class Seen:
    """When each case was sent, and how long each console took to have it."""

    sent: dict[str, float] = field(default_factory=dict)
    shown: list[float] = field(default_factory=list)
    boards: list[float] = field(default_factory=list)

    def look_at_rows(self, rows: dict[str, str], had: set[str]) -> None:
        """Note the cases of rows that came with the stream."""
        moment = time.monotonic()
        for case_id in rows:
            if case_id in self.sent and case_id not in had:
                had.add(case_id)
                self.shown.append(moment - self.sent[case_id])

    def look(self, text: str, had: set[str]) -> None:
        """Note each case that this text brings to a console for the first time."""
        moment = time.monotonic()
        for case_id, sent in self.sent.items():
            if case_id not in had and case_id in text:
                had.add(case_id)
                self.shown.append(moment - sent)


class Console:
    """A page that is open at a desk: its stream, and what its script fetches after a change."""

    def __init__(self, site: Site, session: str, seen: Seen) -> None:
        self._site, self._seen = site, seen
        self._headers = {"Cookie": f"sessionid={session}", "Accept": "application/json"}
        self._had: set[str] = set()
        self._refreshing: asyncio.Task[None] | None = None
        self._again = False
        self._newest = 0

    async def run(self, opened: asyncio.Semaphore) -> None:
        """Read the stream until cancelled."""
        reader, writer = await self._site.open_stream("/live/stream?page=queue", self._headers)
        opened.release()
        try:
            while line := await reader.readline():
                if line.startswith(b"id: "):
                    self._newest = int(line[4:])
                if line.startswith(b"data: "):
                    self._take(line[6:])
        finally:
            writer.close()

    def _take(self, data: bytes) -> None:
        news = json.loads(data)
        news = news if isinstance(news, dict) else {}
        self._seen.look_at_rows(news.get("changed", {}), self._had)
        if not news.get("ask", True):
            return
        if self._refreshing is not None and not self._refreshing.done():
            self._again = True
            return
        self._refreshing = asyncio.create_task(self._refresh(news.get("spread_ms", 0)))

    async def _refresh(self, spread_ms: float) -> None:
        while True:
            self._again = False
            await asyncio.sleep(random.random() * spread_ms / 1000)
            answer = await self._site.ask("GET", "/live/board?page=queue", self._headers)
            self._seen.boards.append(answer.took_s)
            if answer.status == 200:
                self._seen.look(answer.body.decode(), self._had)
                if json.loads(answer.body)["version"] < self._newest:
                    self._again, spread_ms = True, max(spread_ms, 500)
            if not self._again:
                return


class Kiosks:
    """All kiosks of a city: a sign of life each, in turn, and now and then a session for staff."""

    def __init__(self, site: Site, credentials: list[str]) -> None:
        self._site, self._credentials = site, credentials
        self._beats: set[asyncio.Task[None]] = set()
        self.beats: list[float] = []
        self.failed = 0

    async def beat(self, every_s: float) -> None:
        """Send each kiosk's sign of life once in ``every_s``, evenly spread, until cancelled."""
        began, count = time.monotonic(), 0
        while True:
            credential = self._credentials[count % len(self._credentials)]
            task = asyncio.create_task(self._beat(credential))
            self._beats.add(task)
            task.add_done_callback(self._beats.discard)
            count += 1
            due = began + count * every_s / len(self._credentials)
            await asyncio.sleep(max(0.0, due - time.monotonic()))

    async def _beat(self, credential: str) -> None:
        body = {"phase": "attract", "version": "1", "devices": {"camera": {"state": "ready"}}}
        answer = await self.post(credential, "/heartbeat", body)
        self.beats.append(answer.took_s)
        self.failed += answer.status != 200

    async def escalate(self, case_id: str, number: int) -> Answer:
        """Put a session before a person."""
        body = {
            "id": case_id,
            "visit_id": f"v-{case_id}",
            "reason": "portrait_not_matched",
            "language": "zh-Hans",
            "phase": "compare",
        }
        return await self.post(self._credentials[number % len(self._credentials)], "/cases", body)

    async def post(self, credential: str, path: str, body: dict[str, object]) -> Answer:
        """Send a message of a kiosk."""
        headers = {
            "Authorization": f"Bearer {credential}",
            "Content-Type": "application/json",
            "Idempotency-Key": f"{random.getrandbits(64):x}",
        }
        return await self._site.ask("POST", API + path, headers, json.dumps(body).encode())


class Clerk:
    """Somebody who claims: signed in, with the form's token."""

    def __init__(self, site: Site, session: str) -> None:
        self._site = site
        token = "a" * 32
        self._headers = {
            "Cookie": f"sessionid={session}; csrftoken={token}",
            "X-CSRFToken": token,
            "Content-Type": "application/x-www-form-urlencoded",
        }

    async def claim(self, case_id: str) -> Answer:
        """Reach for a case; the page's own form would say whether it was given."""
        return await self._site.ask("POST", f"/cases/{case_id}/claim", self._headers)

    async def queue_page(self) -> Answer:
        """Open the queue."""
        return await self._site.ask("GET", "/", self._headers)


def stamp() -> str:
    """Return a prefix that no earlier run has used."""
    return f"{datetime.now(UTC):%H%M%S%f}"
