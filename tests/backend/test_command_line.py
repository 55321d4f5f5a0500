"""The command line: one line and exit code 2 for what cannot be used; keys; the demo's data."""

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.backend import world

CONFIG = world.ROOT / "config" / "server"


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    data = Path(arguments[arguments.index("--data") + 1])
    return subprocess.run(
        [sys.executable, "-m", "backend", *arguments],
        cwd=world.ROOT,
        env={**world.environment_of(data), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def ask(data: Path, statement: str) -> list[tuple[object, ...]]:
    """Run one statement on the database of a data directory, as somebody with its tool would."""
    if world.ON_POSTGRESQL:
        import psycopg

        with psycopg.connect(world.DATABASES.url_of(data), autocommit=True) as server:
            done = server.execute(statement)  # type: ignore[arg-type]
            return done.fetchall() if done.description else []
    with closing(sqlite3.connect(data / "hall.sqlite3")) as file, file:
        return file.execute(statement).fetchall()


@pytest.mark.parametrize(
    ("file", "old", "new", "key", "allowed"),
    [
        ("timers", "claim_lease_s = 180", "claim_leese_s = 180", "claim_leese_s", "claim_lease_s"),
        ("timers", "claim_lease_s = 180", "claim_lease_s = 0", "claim_lease_s", "greater than 0"),
        ("policy", "max_tries = 3", "max_tries = 30", "match.max_tries", "less than or equal to 9"),
        ("policy", '"new_portrait", "to_counter"', '"smile", "to_counter"', "kinds", "'refused'"),
        (
            "policy",
            'roles = ["approver", "duty_leader"]',
            'roles = ["boss"]',
            "role boss",
            "duty_leader",
        ),
        ("policy", 'roles = ["duty_leader"]', 'roles = ["clerk"]', "role clerk", "duty_leader"),
        ("policy", "{ fused = 3.0 }", "{ fuse = 3.0 }", "engine fuse", "fused"),
        ("policy", "share = 0.05", "share = 5", "second_look.share", "less than or equal to 1"),
        ("policy", "longest_days = 30", "longest_day = 30", "longest_day", "longest_days"),
        ("offers", "stay_days = 7", "stay_dayz = 7", "stay_dayz", "stay_days"),
        ("offers", 'reason = "', "", "", ""),
        ("urgency", 'code = "funeral"', 'code = "fun eral"', "ground.0.code", "pattern"),
        ("phrases", "[[phrase]]", "[[phrase", "", "TOML"),
    ],
)
def test_wrong_settings_are_one_line_and_exit_code_2(tmp_path, file, old, new, key, allowed):
    config = tmp_path / "config"
    shutil.copytree(CONFIG, config)
    path = config / f"{file}.toml"
    text = path.read_text()
    if not key and not allowed:
        path.unlink()
        key = "missing"
    else:
        assert old in text
        path.write_text(text.replace(old, new, 1))
    done = run("verify-audit", "--data", str(tmp_path / "data"), "--config", str(config))
    assert done.returncode == 2, done.stderr
    (line,) = done.stderr.splitlines()
    assert str(path) in line
    assert key in line
    assert allowed in line


def test_demo_data_twice_is_once_and_passwords_are_told_only_when_asked(tmp_path):
    first = run("demo-data", "--data", str(tmp_path))
    again = run("demo-data", "--demo", "--data", str(tmp_path))
    assert (first.returncode, again.returncode) == (0, 0), first.stderr + again.stderr
    assert "demo login" not in first.stdout
    logins = [line for line in again.stdout.splitlines() if line.startswith("demo login")]
    assert len(logins) == 6
    count = ask(tmp_path, "SELECT count(*) FROM records_permit")[0][0]
    stored = ask(tmp_path, "SELECT password FROM auth_user")
    assert count == 6
    for line in logins:
        password = line.split(" / ")[1].split(" ")[0]
        assert not any(password in row[0] for row in stored)
    database = () if world.ON_POSTGRESQL else ("hall.sqlite3",)
    keys = ("secret.key", "evidence.key", "staff.key")
    for name in (*keys, "demo-passwords.json", *database):
        assert (tmp_path / name).stat().st_mode & 0o077 == 0


def test_a_credential_is_stored_hashed_and_a_broken_chain_is_said(tmp_path):
    data = ("--data", str(tmp_path))
    enrolled = run("enrol", "--kiosk", "3", *data)
    credential = enrolled.stdout.strip()
    assert credential.startswith("3.")
    stored = ask(tmp_path, "SELECT * FROM fleet_kiosk")
    assert credential.split(".")[1] not in str(stored)
    good = run("verify-audit", *data)
    assert (good.returncode, good.stdout[:12]) == (0, "ok: 1 events")
    head = good.stdout.strip().split("head ")[1]
    run("revoke", "--kiosk", "3", *data)
    assert run("verify-audit", "--head", head, *data).returncode == 0
    trigger = "change ON audit_auditevent" if world.ON_POSTGRESQL else "update"
    ask(tmp_path, f"DROP TRIGGER audit_no_{trigger}")
    ask(tmp_path, "UPDATE audit_auditevent SET subject = 'kiosk:4' WHERE seq = 1")
    broken = run("verify-audit", *data)
    assert broken.returncode == 1
    assert "event 1" in broken.stdout
    assert run("enrol", "--kiosk", "../3", *data).returncode == 2
    assert run("verify-audit", "--head", "x", *data).returncode == 2


@pytest.mark.parametrize(
    "url",
    ["mysql://hall@localhost/hall", "postgresql://db.example", "postgresql://db/hall?sslmod=on"],
)
def test_a_database_url_that_cannot_be_used_is_refused(tmp_path, url):
    done = run("verify-audit", "--data", str(tmp_path), DATABASE_URL=url)
    assert done.returncode == 2
    assert "DATABASE_URL" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_database_urls_are_read():
    from backend.database import database_settings

    url = "postgresql://hall:p%40ss@db.example:5433/hall_a"
    settings = database_settings(url, Path("/nowhere"))
    assert settings["ENGINE"] == "backend.postgresql"
    assert (settings["USER"], settings["PASSWORD"]) == ("hall", "p@ss")
    assert (settings["HOST"], settings["PORT"], settings["NAME"]) == (
        "db.example",
        "5433",
        "hall_a",
    )
    socket = database_settings("postgresql:///hall?host=/run/postgresql&user=kiosk", Path("/x"))
    assert (socket["HOST"], socket["USER"], socket["NAME"]) == ("/run/postgresql", "kiosk", "hall")
    assert database_settings("", Path("/x"))["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_a_credential_can_be_written_where_the_kiosk_reads_it(tmp_path):
    data = ("--data", str(tmp_path / "server"))
    out = tmp_path / "kiosk" / "credential"
    done = run("enrol", "--kiosk", "3", "--out", str(out), *data)
    assert done.returncode == 0, done.stderr
    credential = out.read_text("ascii").strip()
    assert credential.startswith("3.")
    assert credential not in done.stdout
    assert out.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in out.parent.iterdir()] == ["credential"]

    out.chmod(0o644)
    assert run("enrol", "--kiosk", "3", "--out", str(out), *data).returncode == 0
    assert out.read_text("ascii").strip() != credential
    assert out.stat().st_mode & 0o777 == 0o600

    nowhere = run("enrol", "--kiosk", "3", "--out", str(out / "below"), *data)
    assert nowhere.returncode == 2
    assert len(nowhere.stderr.splitlines()) == 1
