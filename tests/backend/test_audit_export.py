"""The export, checked by a script that knows nothing of the server."""

import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.audit.chain import GENESIS, Head
from backend.audit.export import export_lines
from backend.audit.kinds import Kind
from backend.audit.models import AuditEvent
from backend.audit.services import append, head, links
from tests.backend import world
from tests.backend.test_command_line import run

CHECKER = world.ROOT / "tools" / "check_audit.py"


@pytest.fixture
def exported(database) -> Path:
    for number in range(10):
        append(Kind.OFFERS_SHOWN, f"kiosk:{number % 3}", f"card:{number}", number=number, why="é")
    path = database / "audit.jsonl"
    path.write_text("\n".join(export_lines(links(), Head(0, GENESIS))) + "\n")
    return path


def check(path, *arguments: str) -> tuple[int, str]:
    """Run the checker alone: no packages, no project, another folder."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", CHECKER, path, *arguments],
        cwd="/",
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout + done.stderr


def spoil(path, change) -> None:
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    change(lines)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))


def test_an_export_holds_without_the_server_and_from_any_event_on(exported):
    signed = head()
    code, said = check(exported, "--head", str(signed))
    assert (code, said) == (0, f"ok: 10 events, head {signed}\n")
    start = Head(4, AuditEvent.objects.get(seq=4).hash)
    exported.write_text("\n".join(export_lines(links(4), start)) + "\n")
    assert check(exported, "--head", str(start))[0] == 0
    code, said = check(exported, "--head", f"2:{GENESIS}")
    assert (code, "before this file" in said) == (1, True)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda lines: lines[4].update(actor="staff:1"), "event 4: was changed"),
        (lambda lines: lines[4].update(facts="{}"), "event 4: was changed"),
        (lambda lines: lines.pop(6), "events 6 to 6 are missing"),
        (lambda lines: lines.insert(3, lines.pop(7)), "reordered"),
        (lambda lines: lines.pop(), "tail cut"),
        (lambda lines: lines.pop(10), "tail cut"),
        (lambda lines: lines[-1]["head"].update(hash="a" * 64), "tail cut or changed"),
        (lambda lines: lines[-1].update(events=9), "says 9 events"),
    ],
)
def test_what_was_done_to_the_file_is_said(exported, change, why):
    spoil(exported, change)
    code, said = check(exported)
    assert (code, why in said) == (1, True), said


def test_a_file_cut_and_sealed_again_is_found_by_the_signed_head(exported):
    signed = head()

    def cut(lines):
        del lines[8:11]
        lines[-1] = {"head": {"seq": 7, "hash": lines[7]["hash"]}, "events": 7}

    spoil(exported, cut)
    assert check(exported)[0] == 0
    code, said = check(exported, "--head", str(signed))
    assert (code, "tail cut" in said) == (1, True)
    code, said = check(exported, "--head", f"5:{'b' * 64}")
    assert (code, "history rewritten" in said) == (1, True)


@pytest.mark.parametrize("text", ["", "x", "[]", "{}", '{"format": "hall-audit/1"}', "\0" * 50])
def test_what_is_no_export_is_refused_in_one_line(exported, text):
    exported.write_text(text)
    code, said = check(exported)
    assert (code, len(said.splitlines())) == (2, 1)
    assert check(exported.parent / "nowhere")[0] == 2


def checker():
    spec = importlib.util.spec_from_file_location("check_audit", CHECKER)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@settings(max_examples=300, suppress_health_check=list(HealthCheck), deadline=None)
@given(st.data())
def test_any_file_is_judged_or_refused(exported, data):
    content = bytearray(exported.read_bytes())
    for _ in range(data.draw(st.integers(0, 5))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place] = data.draw(st.sampled_from(b'0{}[]",:\n\xffa-e9') | st.integers(0, 255))
    spoilt = exported.with_name("spoilt")
    spoilt.write_bytes(content[: data.draw(st.integers(0, len(content)))])
    assert checker().main([str(spoilt), "--head", f"3:{GENESIS}"]) in (1, 2)


def test_the_command_exports_what_the_checker_takes(database, tmp_path):
    append(Kind.OFFERS_SHOWN, "kiosk:3", "card:x")
    world.connections.close_all()
    out = tmp_path / "out" / "audit.jsonl"
    done = run("audit-export", "--out", str(out), "--data", str(database))
    assert done.returncode == 0, done.stderr
    assert out.stat().st_mode & 0o777 == 0o600
    assert check(out, "--head", done.stdout.split("head ")[1].strip())[0] == 0
    later = run("audit-export", "--out", str(out), "--after", "1", "--data", str(database))
    assert "events 2 to 3" in later.stdout
    assert check(out)[0] == 0
    wrong = run("audit-export", "--out", str(out), "--after", "99", "--data", str(database))
    assert (wrong.returncode, "no event 99" in wrong.stderr) == (2, True)


def test_the_page_searches_verifies_and_exports_a_day(kiosk):
    from backend.cases.opening import open_case

    auditor, clerk = world.add_staff("auditor"), world.add_staff("clerk")
    open_case(kiosk, world.case_request())
    for number in range(60):
        append(Kind.OFFERS_SHOWN, "kiosk:3", f"card:{number}")
    desk = Client()
    desk.force_login(clerk, backend="backend.accounts.lockout.LockoutBackend")
    assert desk.get("/audit").status_code == 403
    assert desk.post("/audit/verify").status_code == 403
    desk.force_login(auditor, backend="backend.accounts.lockout.LockoutBackend")

    def numbers(address: str) -> list[int]:
        page = desk.get(address)
        assert page.status_code == 200, address
        return [int(seq) for seq in re.findall(r'<th scope="row">(\d+)', page.content.decode())]

    newest = numbers("/audit")
    assert len(newest) == 50
    page = desk.get("/audit").content.decode()
    older = re.search(r'rel="next" href="([^"]+)"', page)[1]
    assert numbers(older) == list(range(newest[-1] - 1, 0, -1))
    opened = AuditEvent.objects.get(kind="case.opened").seq
    for query in ("kind=case.opened", "about=A001", "about=a%20001", "about=case-1"):
        assert numbers(f"/audit?{query}") == [opened], query
    assert opened in numbers(f"/audit?about={world.CARD}")
    assert numbers("/audit?actor=kiosk:3&kind=case.opened") == [opened]
    assert numbers("/audit?day=2020-01-01") == []
    assert numbers("/audit?day=x&actor=nobody&before=1x") == []
    assert desk.get("/audit?before=%00").status_code == 400
    assert "无法识别" in desk.get("/audit?actor=ghost").content.decode()
    assert "完整" in desk.post("/audit/verify").content.decode()
    today = world.timezone.localdate().isoformat()
    answer = desk.post("/audit/export", {"day": today})
    assert answer["Content-Disposition"].startswith("attachment")
    lines = answer.content.decode().splitlines()
    module = checker()
    count, last, faults = module.check(
        (number, json.loads(line)) for number, line in enumerate(lines, 1)
    )
    assert (count, faults) == (AuditEvent.objects.count(), [])
    assert last == (head().seq, head().hash)
    assert desk.post("/audit/export", {"day": "never"}).status_code == 404
    assert re.findall(r'<option value="([^"]+)"', page) == [kind.value for kind in Kind]
