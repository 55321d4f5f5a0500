"""How long it takes to close a day with many open cases, and how long nobody else may write.

``python -m tests.benchmarks.close_day --open 10000 [--closed 100000]``: SQLite in a temporary
folder, or ``--database URL``. All open cases go to one colleague, each with a note. A second
connection writes one row again and again meanwhile, as a kiosk's message would. Prints, last, one
line of JSON: ``{"open", "closed", "close_s", "cpu_s", "held_s", "events", "as_signed"}``;
``held_s`` is the longest that the other one waited.
"""

import argparse
import json
import os
import tempfile
import threading
import time
from pathlib import Path

from tests.benchmarks.desk import start_server_side

KIOSKS = 40


def main() -> None:
    """Seed a hall, close its day beside somebody who writes, and print the figures."""
    parser = argparse.ArgumentParser(prog="tests.benchmarks.close_day")
    parser.add_argument("--open", type=int, default=10_000)
    parser.add_argument("--closed", type=int, default=0)
    parser.add_argument("--database", default="", metavar="URL")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="close-day-") as scratch:
        os.environ["DATABASE_URL"] = options.database
        start_server_side(Path(scratch))
        from django.db import connections

        from tests.benchmarks.desk_seed import seed

        seed(KIOSKS, 1, options.open, options.closed)
        figures = {"open": options.open, "closed": options.closed, **_close()}
        connections.close_all()
    print(
        f"closing a day with {options.open} open cases took {figures['close_s']} s; "
        f"the longest that another writer waited was {figures['held_s']} s"
    )
    print(json.dumps(figures))


def _close() -> dict[str, float | int | bool]:
    from django.utils import timezone

    from backend.audit.models import AuditEvent
    from backend.audit.services import verify
    from backend.cases.models import Case
    from backend.reports.services import ClosingInput, close_day, is_as_signed
    from tests.backend.world import add_staff

    leader = add_staff("duty_leader")
    notes = dict.fromkeys(Case.objects.values_list("id", flat=True), "called twice")
    said = ClosingInput(counted_fen=0, all_to=leader.pk, notes=notes)
    before = AuditEvent.objects.count()
    waits, done = [0.0], threading.Event()
    writer = threading.Thread(target=_write, args=(waits, done))
    writer.start()
    began, cpu = time.monotonic(), time.thread_time()
    closing = close_day(timezone.localdate(), leader, said)
    took, spent = time.monotonic() - began, time.thread_time() - cpu
    done.set()
    writer.join()
    return {
        "close_s": round(took, 2),
        "cpu_s": round(spent, 2),
        "held_s": round(max(waits), 2),
        "events": AuditEvent.objects.count() - before,
        "as_signed": is_as_signed(closing) and verify().ok,
    }


def _write(waits: list[float], done: threading.Event) -> None:
    """Write as a kiosk's sign of life does, and note how long each took."""
    from django.db import connections, transaction
    from django.utils import timezone

    from backend.fleet.models import Kiosk

    while not done.is_set():
        began = time.monotonic()
        with transaction.atomic():
            Kiosk.objects.filter(id="k0").update(last_seen_at=timezone.now())
        waits.append(time.monotonic() - began)
        time.sleep(0.005)
    connections.close_all()


if __name__ == "__main__":
    main()
