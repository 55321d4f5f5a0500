"""What one thing costs the hall's server: processor time of its processes and of PostgreSQL.

``python -m tests.benchmarks.desk_costs`` seeds a PostgreSQL of its own, or ``--database URL`` of
this machine, and asks for each thing so many times, one after the other, with nothing beside.
What the server does by itself in the meantime is measured first and taken off. Stops by itself;
prints a table and, last, one line of JSON: ``{"costs": [{"what", "server_ms", "database_ms"}]}``.
"""

import argparse
import asyncio
import json
import os
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.backend.postgresql import cluster
from tests.benchmarks.desk import served, start_server_side
from tests.benchmarks.desk_load import Answer, Clerk, Console, Kiosks, Seen, Site, stamp

PROCESSES = 2
IDLE_S = 5.0
OFTEN, SELDOM = 300, 30

Ask = Callable[[int], Awaitable[Answer]]


@dataclass(frozen=True)
class Cost:
    """Milliseconds of processor time for one thing."""

    what: str
    server_ms: float
    database_ms: float


class Meter:
    """Processor time so far of the server's processes and of PostgreSQL's."""

    def __init__(self, server: int) -> None:
        self._server = server
        self._database = _postmaster()
        self._idle = (0.0, 0.0)

    async def idle(self) -> None:
        """Learn what is used while nobody asks for anything."""
        began, before = time.monotonic(), self._used()
        await asyncio.sleep(IDLE_S)
        took, after = time.monotonic() - began, self._used()
        self._idle = ((after[0] - before[0]) / took, (after[1] - before[1]) / took)

    async def cost(self, what: str, times: int, ask: Ask) -> Cost:
        """Ask ``times`` times after a few that do not count."""
        for number in range(-5, 0):
            await ask(number)
        began, before = time.monotonic(), self._used()
        for number in range(times):
            answer = await ask(number)
            if answer.status >= 400:
                raise RuntimeError(f"{what}: {answer.status}")
        took, after = time.monotonic() - began, self._used()
        spent = [
            round((end - start - took * idle) / times * 1000, 2)
            for start, end, idle in zip(before, after, self._idle, strict=True)
        ]
        return Cost(what, *spent)

    def _used(self) -> tuple[float, float]:
        return _used_s(self._server), _used_s(self._database)


def _used_s(pid: int) -> float:
    """Return the seconds of a process, its threads and its children so far."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    threads = (path for one in (pid, *children) for path in Path(f"/proc/{one}/task").iterdir())
    return sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads) / 1e9


def _postmaster() -> int:
    """Return the process whose children are PostgreSQL's connections, on this machine."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = int(cursor.fetchone()[0])
        fields = Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()
    return int(fields[1])


def main() -> None:
    """Seed, serve, ask, report."""
    parser = argparse.ArgumentParser(prog="tests.benchmarks.desk_costs")
    parser.add_argument("--database", default="", metavar="URL")
    parser.add_argument("--open-cases", type=int, default=10_000)
    parser.add_argument("--closed-cases", type=int, default=100_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="desk-") as scratch:
        database = nullcontext(options.database) if options.database else cluster()
        with database as url:
            os.environ["DATABASE_URL"] = url
            costs = _measure(Path(scratch), options)
    for one in costs:
        print(f"{one.what:55}  {one.server_ms:6.1f} ms  {one.database_ms:6.1f} ms in PostgreSQL")
    print(json.dumps({"costs": [asdict(one) for one in costs]}))


def _measure(data: Path, options: argparse.Namespace) -> list[Cost]:
    start_server_side(data)
    from django.db import connections

    from tests.benchmarks.desk_seed import seed

    hall = seed(OFTEN, people=60, open_cases=options.open_cases, closed_cases=options.closed_cases)
    with served(data, PROCESSES) as (url, pid):
        meter = Meter(pid)
        connections.close_all()
        return asyncio.run(_ask(url, hall.credentials, hall.sessions, meter))


async def _ask(url: str, credentials: list[str], sessions: list[str], meter: Meter) -> list[Cost]:
    site, prefix = Site(url), stamp()
    kiosks = Kiosks(site, credentials)
    clerks = [Clerk(site, session) for session in sessions]
    body = {"phase": "attract", "version": "1", "devices": {"camera": {"state": "ready"}}}
    headers = {"Cookie": f"sessionid={sessions[0]}", "Accept": "application/json"}

    def case(number: int) -> str:
        return f"k{prefix}-{number}"

    await meter.idle()
    costs = [
        await meter.cost(
            "a kiosk's sign of life that says nothing new",
            OFTEN,
            lambda number: kiosks.post(credentials[number], "/heartbeat", body),
        ),
        await meter.cost(
            "a session put before staff, no page open",
            SELDOM,
            lambda number: kiosks.escalate(case(number), number),
        ),
        await meter.cost("a claim", SELDOM, lambda number: clerks[number % 30].claim(case(number))),
        await meter.cost(
            "a claim of what somebody else has",
            OFTEN,
            lambda number: clerks[30 + number % 30].claim(case(0)),
        ),
        await meter.cost("the queue's page", SELDOM, lambda _: clerks[0].queue_page()),
        await meter.cost(
            "a page's own parts",
            OFTEN,
            lambda _: site.ask("GET", "/live/board?page=queue", headers),
        ),
    ]
    opened = asyncio.Semaphore(0)
    pages = [asyncio.create_task(Console(site, one, Seen()).run(opened)) for one in sessions[:20]]
    for _ in pages:
        await opened.acquire()
    await asyncio.sleep(3)
    await meter.idle()

    async def shown(number: int) -> Answer:
        answer = await kiosks.escalate(case(1000 + number), number)
        await asyncio.sleep(1)  # until it is drawn, which changes within a quarter second share
        return answer

    costs.append(
        await meter.cost("a session put before staff and shown on 20 pages", SELDOM, shown)
    )
    for page in pages:
        page.cancel()
    return costs


if __name__ == "__main__":
    main()
