"""Check, back up, restore and say what is held, by the command line as an operator runs it."""

import os
import sqlite3
import threading
from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from backend.accounts import second_factor
from backend.accounts.models import SecondFactor
from backend.audit.models import AuditEvent
from backend.audit.services import head, verify
from backend.cases.models import Case
from backend.evidence.services import unseal
from backend.fleet.services import enrol
from backend.operations.archive import Manifest, hash_file, pack, unpack
from backend.operations.backup import make_backup
from backend.operations.databases import copy_database
from backend.operations.deployment import check_deployment, clock_state
from backend.operations.failure import UsageError
from backend.operations.keys import read_keys, write_keys
from backend.operations.lock import hold
from tests.backend import world
from tests.backend.operator_commands import run
from tests.backend.test_check_and_held import codes

pytestmark = pytest.mark.skipif(
    bool(os.environ.get("DATABASE_URL")),
    reason="SQLite's own files; PostgreSQL has test_backup_postgresql.py",
)
NOW = "2026-11-24T08:00:00+00:00"


def look_at(path: Path) -> None:
    """Point this process at another SQLite file."""
    world.connections.close_all()
    for known in (
        world.connections.settings["default"],
        world.connections["default"].settings_dict,
    ):
        known["NAME"] = str(path)


def refusal(call, *arguments) -> str:
    """Return what an operator would read; empty where nothing was refused."""
    try:
        call(*arguments)
    except UsageError as error:
        return str(error)
    return ""


def test_a_backup_comes_back_with_its_keys_and_only_with_them(filled, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    made = run("backup", "--out", elsewhere / "hall.tar", "--data", filled)
    assert made.returncode == 0, made.stderr
    assert (elsewhere / "hall.tar").stat().st_mode & 0o777 == 0o600
    kept = (elsewhere / "hall.tar").read_bytes()
    for key in ("secret.key", "evidence.key", "staff.key"):
        assert (filled / key).read_bytes().strip() not in kept
    assert run("backup-keys", "--out", elsewhere / "keys", "--data", filled).returncode == 0
    again = run("backup-keys", "--out", elsewhere / "keys", "--data", filled)
    assert (again.returncode, "there already" in again.stderr) == (2, True)

    fresh = elsewhere / "fresh"
    alone = run("restore", elsewhere / "hall.tar", "--data", fresh)
    assert (alone.returncode, "--keys" in alone.stderr) == (2, True)
    assert not (fresh / "hall.sqlite3").exists()
    back = ("restore", elsewhere / "hall.tar", "--keys", elsewhere / "keys", "--data", fresh)
    done = run(*back)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "restored as of" in done.stdout
    assert run("verify-audit", "--data", fresh).returncode == 0
    twice = run(*back)
    assert (twice.returncode, "--replace" in twice.stderr) == (2, True)
    assert run(*back, "--replace").returncode == 0
    assert len(list(fresh.glob("hall.sqlite3.before-*"))) == 1
    assert {path.stat().st_mode & 0o077 for path in fresh.iterdir()} == {0}

    look_at(fresh / "hall.sqlite3")
    settings.EVIDENCE_KEY_FILE = fresh / "evidence.key"
    assert unseal(Case.objects.get(id="case-1").live_portrait) == world.jpeg(1)
    settings.DATA_DIR = fresh
    assert second_factor.opens(SecondFactor.objects.get())
    kinds = list(AuditEvent.objects.order_by("-seq").values_list("kind", flat=True)[:2])
    assert kinds == ["server.backup_restored", "server.backup_made"]


def test_another_halls_key_does_not_open_the_backup(filled, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("other")
    file, _ = make_backup(elsewhere / "b.tar", "operator:1")
    other = elsewhere / "hall"
    assert run("verify-audit", "--data", other).returncode == 0
    done = run("restore", file, "--replace", "--data", other)
    assert (done.returncode, "not the key" in done.stderr) == (2, True)


def test_a_running_server_is_not_restored_over(filled):
    file, _ = make_backup(filled / "b.tar", "operator:1")
    lock = hold(filled, alone=False)
    assert lock is not None
    with lock:
        shared = hold(filled, alone=False)
        assert shared is not None
        shared.close()
        done = run("restore", file, "--replace", "--data", filled)
        assert (done.returncode, "running" in done.stderr) == (2, True)
    assert run("restore", file, "--replace", "--data", filled).returncode == 0


def test_a_backup_of_a_busy_database_is_of_one_moment(filled, tmp_path):
    stop, written = threading.Event(), threading.Semaphore(0)

    def write() -> None:
        number = 0
        # SQLite gives nobody a turn: a writer without a breath would keep all others out.
        while not stop.wait(0.005):
            enrol(f"k{number % 50}")
            number += 1
            written.release()
        world.connections.close_all()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(5):
            assert written.acquire(timeout=30)  # a backup may be quicker than the writer
            file, manifest = make_backup(tmp_path / f"b{number}.tar", "operator:1")
            unpack(file, tmp_path / "copy")
            world_before = head().seq
            database = sqlite3.connect(tmp_path / "copy")
            (events,) = database.execute("SELECT max(seq) FROM audit_auditevent").fetchone()
            (kiosks,) = database.execute(
                "SELECT count(*) FROM audit_auditevent WHERE kind='kiosk.enrolled'"
            ).fetchone()
            (journal,) = database.execute("PRAGMA journal_mode").fetchone()
            database.close()
            assert int(manifest.head.split(":")[0]) <= events <= world_before
            assert kiosks > number
            assert journal == "delete"
    finally:
        stop.set()
        writer.join(30)
    assert verify().ok


def test_old_backups_of_a_folder_are_forgotten(filled, tmp_path):
    folder = tmp_path / "backups"
    folder.mkdir()
    for number in range(4):
        (folder / f"hall-2026010{number}-000000.tar").touch()
    (folder / "hall-notes.tar").touch()
    make_backup(folder, "operator:1", keep=2)
    assert sorted(path.name for path in folder.iterdir())[0] == "hall-20260103-000000.tar"
    assert (folder / "hall-notes.tar").exists()
    assert len(list(folder.iterdir())) == 3


def spoil(path: Path, how: str) -> None:
    content = bytearray(path.read_bytes())
    if how == "cut":
        del content[len(content) // 2 :]
    elif how == "changed":
        content[len(content) // 2] ^= 1
    else:
        content[:] = b"not a tar at all" * 100
    path.write_bytes(content)


@pytest.mark.parametrize("how", ["cut", "changed", "other"])
def test_a_spoilt_backup_is_refused_and_nothing_is_touched(filled, how):
    before = hash_file(filled / "hall.sqlite3")
    file, _ = make_backup(filled / "b.tar", "operator:1")
    spoil(file, how)
    done = run("restore", file, "--replace", "--data", filled)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "Traceback" not in done.stderr
    assert before[1] == hash_file(filled / "hall.sqlite3")[1]
    assert not list(filled.glob("*.before-*"))


@hypothesis_settings(max_examples=150, suppress_health_check=list(HealthCheck), deadline=None)
@given(st.data())
def test_any_file_is_a_backup_or_refused_in_one_line(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("fuzz")
    database = folder / "db"
    database.write_bytes(b"x" * 700)
    sha, size = hash_file(database)
    pack(folder / "b.tar", Manifest(NOW, "sqlite", sha, size, "1:aa", {}, []), database)
    content = bytearray((folder / "b.tar").read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place] = data.draw(st.integers(0, 255))
    (folder / "b.tar").write_bytes(content[: data.draw(st.integers(0, len(content)))])
    said = refusal(unpack, folder / "b.tar", folder / "out")
    assert "\n" not in said


@hypothesis_settings(suppress_health_check=list(HealthCheck), deadline=None)
@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_any_file_is_keys_or_refused(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("keys") / "k"
    for whole in (content, b'{"format": "hall-keys/1", "keys": {"a.key": ' + content + b"}}"):
        path.write_bytes(whole)
        said = refusal(read_keys, path)
        assert not said or said.startswith("--keys: ")


def test_keys_are_written_and_read_whole(tmp_path):
    (tmp_path / "a.key").write_text("secret\n")
    (tmp_path / "notes.txt").write_text("x")
    assert write_keys(tmp_path, tmp_path / "out") == ["a.key"]
    assert read_keys(tmp_path / "out") == {"a.key": "secret"}
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o600


def test_check_names_each_thing_that_is_wrong(filled, monkeypatch, tmp_path):
    assert codes(filled, KIOSK_SERVER_HOSTS="hall.example")["tls"] == "error"
    assert codes(filled, KIOSK_SERVER_HOSTS="*")["hosts"] == "error"
    assert codes(filled)["hosts"] == "warning"
    (filled / "evidence.key").chmod(0o644)
    assert codes(filled)["modes"] == "error"
    (filled / "evidence.key").chmod(0o600)
    (filled / "evidence.key").write_text("z" * 64)
    assert codes(filled)["keys"] == "error"
    (filled / "evidence.key").unlink()
    assert codes(filled)["keys"] == "error"
    (filled / "evidence.key").write_text("0" * 64)
    (filled / "evidence.key").chmod(0o600)
    assert "keys" not in codes(filled)
    for wrong in ("z" * 64, "0" * 64):  # no key; another hall's
        (filled / "staff.key").write_text(wrong)
        assert codes(filled)["keys"] == "error"
    (filled / "staff.key").unlink()
    assert codes(filled)["keys"] == "error"
    assert not (filled / "staff.key").exists()
    config = tmp_path / "config"
    config.mkdir()
    done = run("check", "--data", filled, "--config", config)
    assert done.returncode == 1
    assert "error: config: " in done.stdout


def test_check_sees_the_database_the_clock_and_the_disk(filled, monkeypatch):
    def found() -> set[tuple[str, str]]:
        return {(one.level, one.code) for one in check_deployment()}

    monkeypatch.setattr("backend.operations.deployment.DISK_ERROR", 1 << 62)
    assert ("error", "disk") in found()
    monkeypatch.setattr(settings, "DEBUG", True)
    assert ("error", "debug") in found()
    world.connections.close_all()
    (filled / "hall.sqlite3").write_bytes(b"no database" * 500)
    assert ("error", "database") in found()
    assert clock_state() in range(-1, 6)


def test_copying_needs_the_programs_of_its_database(monkeypatch, filled, tmp_path):
    monkeypatch.setattr(type(world.connections["default"]), "vendor", "postgresql")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match="postgresql-client"):
        copy_database(tmp_path / "copy")
