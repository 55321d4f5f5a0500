"""A PostgreSQL of one's own for a test run: a throw-away cluster on a socket in a temp folder.

``python -m tests.backend.postgresql -q tests/backend`` starts it, runs pytest with these arguments
and DATABASE_URL set, and takes it away again. The system's own cluster is never touched.
Its files are in memory where there is room: a test's database is 550 of them, copied and removed.
"""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.memory import roomy

BINARIES = Path("/usr/lib/postgresql")
USER = "hall"
# Nothing in it outlives the run, so nothing needs to reach the disk.
UNSYNCED = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


def binaries() -> Path:
    """Return where the newest installed server's programs are."""
    found = sorted(BINARIES.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found:
        raise SystemExit("no PostgreSQL server is installed: scripts/setup test installs it")
    return found[-1].parent


@contextmanager
def cluster(*settings: str, parent: Path | None = None) -> Iterator[str]:
    """Run a cluster until the block ends; give the URL of its database ``postgres``.

    ``settings`` are the server's own, as in NAME=VALUE.
    """
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir=parent))
    as_user = _owner(folder)
    programs, data = binaries(), folder / "data"
    options = " ".join(f"-c {one}" for one in ("listen_addresses=", *settings))
    control = [programs / "pg_ctl", "-D", data, "-w", "-s"]
    try:
        initdb = [programs / "initdb", "-D", data, "-U", USER, "-A", "trust", "-E", "UTF8"]
        _run(as_user, [*initdb, "--locale=C.UTF-8", "--no-sync"])
        start = ["-l", folder / "log", "-o", f"-k {folder} {options}", "start"]
        _run(as_user, [*control, *start])
        try:
            yield f"postgresql:///postgres?host={folder}&user={USER}"
        finally:
            _run(as_user, [*control, "-m", "immediate", "stop"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _owner(folder: Path) -> list[str]:
    """Return the command that steps down to the folder's owner: PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return []
    account = pwd.getpwnam("postgres")
    os.chown(folder, account.pw_uid, account.pw_gid)
    return ["setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]


def _run(as_user: list[str], command: list[object]) -> None:
    words = [*as_user, *(str(word) for word in command)]
    done = subprocess.run(words, cwd="/", capture_output=True, text=True, timeout=60, check=False)
    if done.returncode:
        raise SystemExit(f"PostgreSQL: {done.stderr or done.stdout}")


def main(arguments: list[str]) -> int:
    """Run pytest on a PostgreSQL of its own; return its exit code."""
    with cluster(*UNSYNCED, "max_connections=200", parent=roomy()) as url:
        environment = {**os.environ, "DATABASE_URL": url}
        return subprocess.run(
            [sys.executable, "-m", "pytest", *arguments], env=environment, check=False
        ).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
