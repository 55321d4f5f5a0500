"""How the desk's cost grows from ten kiosks to ten thousand: a table, and a plot of it.

``python -m tests.benchmarks.desk_growth --database URL [--plot FILE.svg]``: for each size, for some
seconds, every kiosk sends its sign of life each 30 s and puts a session before staff every ten
minutes, with 20 consoles open. The cost is the processor time of the server's own processes;
database and load come on top. The last line is JSON.
"""

import argparse
import asyncio
import json
import os
import tempfile
import time
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path

from tests.backend.postgresql import cluster
from tests.benchmarks.desk import percentile, served, start_server_side
from tests.benchmarks.desk_load import Console, Kiosks, Seen, Site, stamp

SIZES = (10, 30, 100, 300, 1000, 3000, 10_000)
SETTLED = (0, 10_000, 100_000, 1_000_000)
CONSOLES = 20
HEARTBEAT_EVERY_S = 30.0
SESSION_EVERY_S = 600.0
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Point:
    """One size: its cost, and what people and kiosks wait for."""

    kiosks: int
    beats_a_second: float
    cores: float
    heartbeat_p99_s: float
    shown_p99_s: float
    shown: int
    expected: int


@dataclass(frozen=True)
class Round:
    """What the server does by itself, with so many paid and issued applications behind it."""

    settled: int
    unfinished_ms: float
    erasing_ms: float


def main() -> None:
    """Measure each size on one server; print the table, draw the plot."""
    parser = argparse.ArgumentParser(prog="tests.benchmarks.desk_growth")
    parser.add_argument("--database", default="", metavar="URL")
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--settled", type=int, default=max(SETTLED), metavar="AT_MOST")
    parser.add_argument("--plot", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="desk-") as scratch:
        database = nullcontext(options.database) if options.database else cluster()
        with database as url:
            os.environ["DATABASE_URL"] = url
            points = _measure(Path(scratch), options.seconds)
            settled = [count for count in SETTLED if count <= options.settled]
            rounds = [_round(before, count) for before, count in pairwise((0, *settled))]
    print("kiosks  beats/s  cores  heartbeat p99  shown p99  shown")
    for point in points:
        print(
            f"{point.kiosks:6}  {point.beats_a_second:7.1f}  {point.cores:5.2f}"
            f"  {point.heartbeat_p99_s * 1000:10.0f} ms  {point.shown_p99_s * 1000:6.0f} ms"
            f"  {point.shown} of {point.expected}"
        )
    print(
        "paid and issued  looking for unfinished ones (every 2 s)  for what to erase (every 60 s)"
    )
    for one in rounds:
        print(f"{one.settled:15}  {one.unfinished_ms:34.1f} ms  {one.erasing_ms:30.1f} ms")
    if options.plot:
        from tests.benchmarks.plot import log_plot

        curves = {
            "processor, cores": [(p.kiosks, p.cores) for p in points],
            "heartbeat p99, s": [(p.kiosks, p.heartbeat_p99_s) for p in points],
            "shown p99, s": [(p.kiosks, p.shown_p99_s) for p in points],
        }
        options.plot.write_text(log_plot("kiosks", curves), encoding="utf-8")
    found = {"growth": points, "rounds": rounds}
    print(json.dumps({name: [asdict(one) for one in some] for name, some in found.items()}))


def _measure(data: Path, seconds: float) -> list[Point]:
    start_server_side(data)
    from django.db import connections

    from tests.benchmarks.desk_seed import seed

    hall = seed(max(SIZES), CONSOLES, open_cases=0, closed_cases=0)
    connections.close_all()
    points = []
    with served(data, processes=2) as (url, pid):
        for size in SIZES:
            load = _load(url, hall.credentials[:size], hall.sessions, seconds, pid)
            points.append(asyncio.run(load))
    return points


def _round(before: int, settled: int) -> Round:
    from backend.api.once import forget_old_answers
    from backend.cases.retention import erase_old_evidence
    from backend.insight.recording import forget_old
    from backend.operations.leftovers import erase_leftovers
    from backend.orders.reconcile import reconcile
    from tests.benchmarks.desk_seed import settled_history

    settled_history(before, settled, max(SIZES))
    erasers = (forget_old_answers, erase_old_evidence, forget_old, erase_leftovers)
    for eraser in erasers:
        eraser()  # what is due already is not the look's cost
    began = time.perf_counter()
    reconcile()
    looked = time.perf_counter()
    for eraser in erasers:
        eraser()
    erased = time.perf_counter()
    return Round(settled, round((looked - began) * 1000, 1), round((erased - looked) * 1000, 1))


async def _load(
    url: str, credentials: list[str], sessions: list[str], seconds: float, pid: int
) -> Point:
    site, seen = Site(url), Seen()
    kiosks, opened = Kiosks(site, credentials), asyncio.Semaphore(0)
    number, prefix = 0, stamp()
    every_s = max(SESSION_EVERY_S / len(credentials), 0.05)
    async with asyncio.TaskGroup() as group:
        lasting = [group.create_task(Console(site, one, seen).run(opened)) for one in sessions]
        for _ in lasting:
            await opened.acquire()
        lasting.append(group.create_task(kiosks.beat(HEARTBEAT_EVERY_S)))
        await asyncio.sleep(1)
        kiosks.beats.clear()
        began, used = time.monotonic(), _used_s(pid)
        # At least one session, however few the kiosks: what is shown is to be measured.
        while (left := began + seconds - time.monotonic()) > 0:
            case_id = f"g{prefix}-{number}"
            seen.sent[case_id] = time.monotonic()
            await kiosks.escalate(case_id, number)
            number += 1
            await asyncio.sleep(min(every_s, max(0.0, left)))
        took, spent, beats = time.monotonic() - began, _used_s(pid) - used, list(kiosks.beats)
        await asyncio.sleep(1)
        for task in lasting:
            task.cancel()
    return Point(
        kiosks=len(credentials),
        beats_a_second=round(len(beats) / took, 1),
        cores=round(spent / took, 3),
        heartbeat_p99_s=percentile(99, beats),
        shown_p99_s=percentile(99, seen.shown),
        shown=len(seen.shown),
        expected=number * len(sessions),
    )


def _used_s(pid: int) -> float:
    """Return the processor time of a process and its children so far."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return sum(_ticks(one) for one in [str(pid), *children]) / TICKS


def _ticks(pid: str) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


if __name__ == "__main__":
    main()
