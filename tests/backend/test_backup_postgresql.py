"""Backup and restore on a real PostgreSQL: a cluster of the test's own, taken away afterwards."""

import os
import shutil
import subprocess
import sys

import pytest

from tests.backend.world import ROOT

postgresql = pytest.importorskip(
    "tests.backend.postgresql", reason="NOT TESTED: backup of PostgreSQL, no cluster to be had"
)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        shutil.which("pg_dump") is None,
        reason="NOT TESTED: backup of PostgreSQL, pg_dump is not installed",
    ),
]


@pytest.fixture(scope="module")
def server():
    try:
        with postgresql.cluster("fsync=off") as url:
            yield url
    except SystemExit as error:
        pytest.skip(f"NOT TESTED: backup of PostgreSQL: {error}")


def run(url: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "backend", *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_a_backup_comes_back(server, tmp_path):
    data, backups = ("--data", tmp_path / "data"), tmp_path / "backups"
    backups.mkdir()
    assert run(server, "enrol", "--kiosk", "3", *data).returncode == 0
    made = run(server, "backup", "--out", backups / "hall.tar", *data)
    assert made.returncode == 0, made.stderr
    assert run(server, "backup-keys", "--out", backups / "keys", *data).returncode == 0
    assert run(server, "enrol", "--kiosk", "4", *data).returncode == 0
    after = run(server, "verify-audit", *data).stdout

    back = ("restore", backups / "hall.tar", *data)
    refused = run(server, *back)
    assert (refused.returncode, "--replace" in refused.stderr) == (2, True)
    done = run(server, *back, "--replace")
    assert done.returncode == 0, done.stdout + done.stderr
    verified = run(server, "verify-audit", *data)
    assert verified.returncode == 0, verified.stdout
    assert verified.stdout != after
    assert run(server, "revoke", "--kiosk", "4", *data).returncode == 1
    assert run(server, "revoke", "--kiosk", "3", *data).returncode == 0
    checked = run(server, "check", *data)
    assert "database" not in checked.stdout, checked.stdout

    other = ("--data", tmp_path / "other", "--keys", backups / "keys")
    sqlite = run("", "restore", backups / "hall.tar", *other)
    assert (sqlite.returncode, "the server uses sqlite" in sqlite.stderr) == (2, True)
