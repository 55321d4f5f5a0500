"""Connections that come and go without a word, or with rubbish, beside people who want a page.

``python -m tests.benchmarks.flood``: the hall's server in two processes on SQLite, ``--seconds`` of
flood by four threads, four others that open the sign-in page one after the other. Prints, last,
one line of JSON: ``{"rude_a_second", "pages_a_second", "pages_failed", "page_p99_s",
"left_open"}``; the last are file descriptors that the server had after it and not before.
"""

import argparse
import json
import random
import socket
import struct
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import requests

from tests.benchmarks.desk import percentile, served, start_server_side

PROCESSES = 2
THREADS = 4
RESET = struct.pack("ii", 1, 0)
"""SO_LINGER: hang up at once, with a reset."""
RUBBISH = (b"", b"GET /login HT", b"GET /login HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", b"\0\xff" * 50)


def main() -> None:
    """Serve, flood, ask, report."""
    parser = argparse.ArgumentParser(prog="tests.benchmarks.flood")
    parser.add_argument("--seconds", type=float, default=20.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="flood-") as data:
        start_server_side(Path(data))
        from django.db import connections

        connections.close_all()
        with served(Path(data), PROCESSES) as (url, pid):
            _page(url)
            before = _open_files(pid)
            rude, pages, failed = _run(url, time.monotonic() + options.seconds)
            time.sleep(2)
            left = _open_files(pid) - before
    figures = {
        "rude_a_second": round(rude / options.seconds),
        "pages_a_second": round(len(pages) / options.seconds),
        "pages_failed": failed,
        "page_p99_s": percentile(99, pages),
        "left_open": left,
    }
    print(json.dumps(figures))


def _run(url: str, end: float) -> tuple[int, list[float], int]:
    rude: list[int] = []
    pages: list[float] = []
    failed: list[OSError] = []

    def flood() -> None:
        address, chance = urlsplit(url), random.Random()
        while time.monotonic() < end:
            with socket.socket() as line:
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                line.connect((address.hostname, address.port))
                line.sendall(chance.choice(RUBBISH))
            rude.append(1)

    def ask() -> None:
        while time.monotonic() < end:
            began = time.monotonic()
            try:
                _page(url)
            except OSError as error:
                failed.append(error)
            pages.append(time.monotonic() - began)

    threads = [threading.Thread(target=work) for work in (flood, ask) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(rude), pages, len(failed)


def _page(url: str) -> None:
    answer = requests.get(f"{url}/login", timeout=10)
    if "csrfmiddlewaretoken" not in answer.text:
        raise OSError("this is not the page")


def _open_files(pid: int) -> int:
    processes = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return sum(len(list(Path(f"/proc/{one}/fd").iterdir())) for one in processes)


if __name__ == "__main__":
    main()
