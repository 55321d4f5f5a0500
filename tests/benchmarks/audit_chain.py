"""How long a long chain of the audit takes: to verify, to export, and to check the export.

``python -m tests.benchmarks.audit_chain --events 1000000``: SQLite in a temporary folder, or
``--database URL``. The chain is written in bulk, with the hashes that ``append`` would give it;
the three commands run as staff run them. Prints, last, one line of JSON: ``{"events",
"verify_s", "export_s", "check_s", "rss_mb"}``, the last of the largest of them.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from tests.benchmarks.desk import start_server_side

ROOT = Path(__file__).resolve().parents[2]
AT_ONCE = 5000


def main() -> None:
    """Write the chain, verify it, export it, check the export."""
    parser = argparse.ArgumentParser(prog="tests.benchmarks.audit_chain")
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--database", default="", metavar="URL")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="chain-") as scratch:
        data, exported = Path(scratch), Path(scratch) / "audit.jsonl"
        os.environ["DATABASE_URL"] = options.database
        start_server_side(data)
        _write(options.events)
        server = [sys.executable, "-m", "backend"]
        told = ["--data", str(data), "--config", str(ROOT / "config" / "server")]
        figures = {
            "events": options.events,
            "verify_s": _took([*server, "verify-audit", *told]),
            "export_s": _took([*server, "audit-export", *told, "--out", str(exported)]),
            "check_s": _took([sys.executable, "tools/check_audit.py", str(exported)]),
            "rss_mb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024,
        }
    print(json.dumps(figures))


def _write(count: int) -> None:
    from django.db import connections

    from backend.audit.models import AuditEvent

    chain = (AuditEvent(**link._asdict()) for link in _chain(count))
    while some := list(islice(chain, AT_ONCE)):
        AuditEvent.objects.bulk_create(some)
    connections.close_all()


def _chain(count: int) -> Iterator:
    from backend.audit.chain import Link, digest
    from backend.audit.services import head
    from backend.clock import now

    last, at = head(), now().isoformat()
    before = last.hash
    for seq in range(last.seq + 1, last.seq + 1 + count):
        facts = json.dumps({"level": seq % 3, "reason": "portrait_not_matched"})
        case = f"case:case-{seq // 6:08}"
        link = Link(seq, at, "case.claimed", f"staff:{seq % 40}", case, facts, before, "")
        before = digest(link)
        yield link._replace(hash=before)


def _took(command: list[str]) -> float:
    began = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    took = time.monotonic() - began
    print(f"{took:6.1f} s  {done.stdout.strip().splitlines()[-1:]}{done.stderr[:300]}", flush=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(command[:4])} ended with {done.returncode}")
    return round(took, 1)


if __name__ == "__main__":
    main()
