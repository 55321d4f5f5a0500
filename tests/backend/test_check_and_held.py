"""What an operator asks of a hall on either database: is it sound, and what is held of a card."""

import json
import os

import pytest
from django.db import connection

from backend.audit.models import AuditEvent
from backend.audit.services import head
from backend.cases.models import Case
from backend.operations.deployment import check_deployment
from backend.operations.held import held_about
from backend.reports.services import ClosingInput, close_day
from tests.backend import world
from tests.backend.operator_commands import run

TLS = {"KIOSK_SERVER_HOSTS": "hall.example", "KIOSK_SERVER_TLS_PROXY": "127.0.0.1"}


def test_what_is_held_about_a_card_is_shown_and_the_showing_is_recorded(filled):
    held = held_about(world.CARD)
    assert held["resident"][0]["name_zh"] == "林晓岚"
    assert held["case"][0]["detail"] == "came with a stick"
    assert {len(held[name]) for name in ("permit", "case")} == {1}
    assert len(held["portrait"]) == 2
    assert world.jpeg(1).hex() not in json.dumps(held)
    card = held_about("C10000001")
    assert {"chip read", "application", "payment", "issue order", "held endorsement"} <= set(card)
    assert "token" not in card["payment"][0]
    done = run("held", "c12345678", "--data", filled)
    assert done.returncode == 0, done.stderr
    assert "came with a stick" in done.stdout
    assert json.loads(run("held", "C99999999", "--json", "--data", filled).stdout) == {}
    assert run("held", "x", "--data", filled).returncode == 2
    shown = AuditEvent.objects.filter(kind="card.held_shown").order_by("seq")
    assert [one.subject for one in shown] == ["card:C12345678", "card:C99999999"]
    assert {one.actor for one in shown} == {f"operator:{os.getuid()}"}


def test_a_handover_and_a_comparison_are_held_about_their_card(filled):
    leader = world.add_staff("leader", "duty_leader")
    cases = {case.id: leader.pk for case in Case.objects.all()}
    notes = dict.fromkeys(cases, "waits at desk 2")
    close_day(world.timezone.localdate(), leader, ClosingInput(handed_to=cases, notes=notes))
    assert held_about(world.CARD)["case handover"][0]["note"] == "waits at desk 2"
    assert held_about("C10000001")["comparison"][0]["matched"]


def codes(data, **environment) -> dict[str, str]:
    done = run("check", "--json", "--data", data, **environment)
    assert done.stderr == ""
    found = json.loads(done.stdout)
    assert done.returncode == int(any(one["level"] == "error" for one in found))
    return {one["code"]: one["level"] for one in found}


def test_a_sound_deployment_has_no_errors_and_check_makes_nothing(filled, tmp_path):
    before = sorted(path.name for path in filled.iterdir())
    found = codes(filled, **TLS)
    assert "error" not in found.values(), found
    assert found["backup"] == found["accounts"] == "warning"
    assert [name for name in before if not name.startswith("hall.sqlite3-")] == sorted(
        path.name for path in filled.iterdir() if not path.name.startswith("hall.sqlite3-")
    )
    nowhere = tmp_path / "nowhere"
    assert codes(nowhere, **TLS)["data"] == "error"
    assert not nowhere.exists()


def found() -> set[tuple[str, str]]:
    return {(one.level, one.code) for one in check_deployment()}


def test_check_sees_what_is_wrong_in_the_database(filled):
    assert not {code for level, code in found() if level == "error"}
    AuditEvent.objects.create(
        seq=head().seq + 1, at="2199-01-01T00:00:00+00:00", kind="x", prev_hash="", hash="x"
    )
    assert ("error", "clock") in found()
    (filled / "staff.key").write_text("0" * 64)
    assert codes(filled, **TLS)["keys"] == "error"  # asked anew: a process keeps its key
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'reports'")
    assert ("error", "migrations") in found()


@pytest.mark.skipif(not world.ON_POSTGRESQL, reason="SQLite has no server to be away")
def test_check_says_that_the_database_cannot_be_reached(filled):
    known = world.DATABASES.url_of(filled)
    done = run("check", "--data", filled, DATABASE_URL=known.replace("/test_", "/gone_"))
    assert done.returncode == 1
    assert "error: database: cannot be used: connection failed" in done.stdout
    assert "does not exist" in done.stdout
    assert "Traceback" not in done.stderr
