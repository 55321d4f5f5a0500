"""The hall's desk under a city's load: what staff wait for while thousands of kiosks report.

``python -m tests.benchmarks.desk --database URL``: an empty PostgreSQL database (or
``sqlite:///path``); without a URL a PostgreSQL of its own is started and taken away again. Server
and load share the machine, so the load's own cost is in every figure. It stops by itself.

Everything runs at once for ``--seconds``: all consoles are open, all kiosks send their signs of
life, sessions are put before staff, and clerks reach in the same moment for the same case: at
once, which is before it can be shown to them, or ``--reach-after-s`` later. The first such moment,
in which the server and its connections do all of it for the first time, is told by itself.
"""

import argparse
import asyncio
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.backend.postgresql import cluster

ROOT = Path(__file__).resolve().parents[2]
OPENING = 8
"""So many consoles open their streams at a time."""
LONGEST_BESIDE_S = 120
"""Opening the consoles and the last answers take no longer than this, or the run has failed."""


@dataclass(frozen=True)
class Figures:
    """What the last line says."""

    shown_p99_s: float
    consoles: int
    kiosks: int
    heartbeat_p99_s: float
    claims: int
    claim_doubles: int
    claim_p99_s: float
    queue_page_p50_s: float
    open_cases: int
    closed_cases: int


def main() -> None:
    """Seed, serve, load, report."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="desk-") as scratch:
        data = options.keep or Path(scratch)
        database = nullcontext(options.database) if options.database else cluster()
        with database as url:
            os.environ["DATABASE_URL"] = url
            start_server_side(data)
            _run(options, data)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests.benchmarks.desk")
    parser.add_argument("--database", default="", metavar="URL")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--consoles", type=int, default=200)
    parser.add_argument("--kiosks", type=int, default=2000)
    parser.add_argument("--heartbeat-every-s", type=float, default=30.0)
    parser.add_argument("--clerks", type=int, default=50)
    parser.add_argument("--open-cases", type=int, default=10_000)
    parser.add_argument("--closed-cases", type=int, default=1_000_000)
    parser.add_argument(
        "--keep",
        type=Path,
        metavar="DIR",
        help="the server's data directory: what was seeded with it is measured again",
    )
    parser.add_argument("--seconds", type=float, default=45.0)
    parser.add_argument(
        "--escalate-every-s",
        type=float,
        default=1.7,
        help="no multiple of it is a lease or a page's tick, which would meet each time",
    )
    parser.add_argument(
        "--reach-after-s",
        type=float,
        default=0.0,
        help="so long after a case's opening all clerks reach for it; at once: before it is shown",
    )
    return parser.parse_args()


def start_server_side(data: Path) -> None:
    """Start Django here on the server's data directory and the database of DATABASE_URL."""
    from backend.__main__ import ROOT as HOUSE
    from backend.__main__ import start_django

    config = HOUSE / "config" / "server"
    start_django(argparse.Namespace(command="serve", data=data, config=config))
    from django.core.management import call_command

    from backend.evidence.services import ensure_evidence_key

    ensure_evidence_key()
    call_command("migrate", verbosity=0)


def _run(options: argparse.Namespace, data: Path) -> None:
    from django.db import connections

    from tests.benchmarks.desk_seed import Hall, seed, tidy

    people = max(options.consoles, options.clerks)
    kept = data / "seeded.json"
    if kept.exists():
        hall = Hall(**json.loads(kept.read_text()))
        tidy()
    else:
        began = time.monotonic()
        hall = seed(options.kiosks, people, options.open_cases, options.closed_cases)
        kept.write_text(json.dumps(asdict(hall)))
        print(
            f"{options.open_cases} open and {options.closed_cases} closed cases, {options.kiosks}"
            f" kiosks put into the database in {time.monotonic() - began:.0f} s",
            flush=True,
        )
    connections.close_all()
    if not options.seconds:
        return
    with served(data, options.processes) as (url, _):
        figures = asyncio.run(_load(url, hall, options))
    print(json.dumps(asdict(figures)))


@contextmanager
def served(data: Path, processes: int) -> Iterator[tuple[str, int]]:
    """Run the real server in ``processes`` processes; give its address and process id."""
    command = [sys.executable, "-m", "backend", "serve", "--port", "0", "--data", str(data)]
    server = subprocess.Popen(
        [*command, "--processes", str(processes)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert server.stdout is not None
    try:
        line = server.stdout.readline()
        if not line.startswith("ready: "):
            raise SystemExit(f"the server did not start: {line}")
        yield line.removeprefix("ready: ").strip(), server.pid
    finally:
        server.terminate()
        server.wait(30)
        server.stdout.close()


async def _load(url: str, hall: object, options: argparse.Namespace) -> Figures:
    from tests.benchmarks.desk_load import Clerk, Console, Kiosks, Seen, Site, stamp
    from tests.benchmarks.desk_seed import Hall

    assert isinstance(hall, Hall)
    site, seen = Site(url), Seen()
    kiosks = Kiosks(site, hall.credentials)
    consoles = [Console(site, session, seen) for session in hall.sessions[: options.consoles]]
    clerks = [Clerk(site, session) for session in hall.sessions[: options.clerks]]
    claims: list[float] = []
    first_claims: list[float] = []
    pages: list[float] = []
    moments = random.Random(1)
    opened = asyncio.Semaphore(0)
    longest_s = options.seconds + LONGEST_BESIDE_S
    async with asyncio.timeout(longest_s), asyncio.TaskGroup() as group:
        lasting = []
        for number, console in enumerate(consoles):
            lasting.append(group.create_task(console.run(opened)))
            if number >= OPENING:
                await opened.acquire()
        for _ in consoles[:OPENING]:
            await opened.acquire()
        lasting.append(group.create_task(kiosks.beat(options.heartbeat_every_s)))
        await asyncio.sleep(3)  # what the consoles' opening stirred up settles
        seen.shown.clear()
        seen.boards.clear()
        kiosks.beats.clear()
        end, number, prefix = time.monotonic() + options.seconds, 0, stamp()
        while time.monotonic() < end:
            case_id = f"c{prefix}-{number}"
            seen.sent[case_id] = began = time.monotonic()
            opening = await kiosks.escalate(case_id, number)
            if opening.status != 200:
                raise RuntimeError(opening.body.decode())
            await asyncio.sleep(options.reach_after_s)
            if number % 4 == 3:
                answers = await asyncio.gather(*(clerk.claim(case_id) for clerk in clerks))
                took = [answer.took_s for answer in answers]
                if first_claims:
                    claims += took
                else:
                    first_claims = took
            elif number % 2:
                # Nobody opens the queue in the very moment of a change.
                await asyncio.sleep(moments.uniform(0.2, 0.8) * options.escalate_every_s)
                page = await clerks[0].queue_page()
                assert page.status == 200
                pages.append(page.took_s)
            number += 1
            await asyncio.sleep(max(0.0, began + options.escalate_every_s - time.monotonic()))
        await asyncio.sleep(2)
        for task in lasting:
            task.cancel()
    doubles = await asyncio.to_thread(_doubles, prefix)
    expected = number * len(consoles)
    _say("shown on a console after it was sent", seen.shown)
    print(f"  {len(seen.shown)} of {expected} showings of {number} cases; missing ones fail below")
    _say("a console's own parts fetched after a change", seen.boards)
    _say("a kiosk's sign of life", kiosks.beats)
    print(f"  {len(kiosks.beats) / options.seconds:.0f} a second, {kiosks.failed} failed")
    _say(f"{len(clerks)} claims of one case in the same moment", claims)
    _say("  the first such moment after the server's start, not counted", first_claims)
    _say("the queue's page", pages)
    missing = [float(options.seconds)] * (expected - len(seen.shown))
    return Figures(
        shown_p99_s=percentile(99, seen.shown + missing),
        consoles=len(consoles),
        kiosks=len(hall.credentials),
        heartbeat_p99_s=percentile(99, kiosks.beats),
        claims=len(claims),
        claim_doubles=doubles,
        claim_p99_s=percentile(99, claims),
        queue_page_p50_s=percentile(50, pages),
        open_cases=hall.open_cases,
        closed_cases=hall.closed_cases,
    )


def _doubles(prefix: str) -> int:
    """Return how many cases of this run were claimed more than once, by the audit."""
    from django.db.models import Count

    from backend.audit.models import AuditEvent

    claims = AuditEvent.objects.filter(kind="case.claimed", subject__startswith=f"case:c{prefix}")
    return claims.values("subject").annotate(times=Count("seq")).filter(times__gt=1).count()


def percentile(percent: int, values: list[float]) -> float:
    """Return the value below which ``percent`` per cent lie; 0 of none."""
    if not values:
        return 0.0
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))], 4)


def _say(what: str, values: list[float]) -> None:
    p50, p99 = percentile(50, values), percentile(99, values)
    worst = max(values, default=0.0)
    print(
        f"{what}: median {p50 * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms, worst {worst * 1000:.0f} ms"
    )


if __name__ == "__main__":
    main()
