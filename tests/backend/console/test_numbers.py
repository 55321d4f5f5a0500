"""Hostile numbers, wherever the console takes one: an answer, and never a fault of the server."""

import pytest
from django.test import Client
from django.urls import reverse
from django.urls.converters import IntConverter

from backend.accounts.second_factor import put_in_use
from backend.cases.claims import claim
from backend.cases.models import Case
from backend.cases.opening import open_case
from backend.console.numbers import MOST, read_number
from backend.console.urls import urlpatterns
from backend.records.services import prove
from tests.backend import world

HOSTILE = (
    "999999",
    str(2**31),
    str(2**63),
    "9" * 30,
    "9" * 5000,
    "-1",
    "0",
    "1e5",
    "1.5",
    "0x10",
    "\u0661\u0662",
    "\u00b2",
    " 7 ",
    "NaN",
    "",
)
"""Nobody's number, more than a column holds, more digits than Python reads, and what is none."""
POSTED = {
    "hand_over": ("to",),
    "decide": ("resident_id",),
    "answer": ("decision",),
    "break_glass": ("decision",),
    "delegation_make": ("lender", "receiver"),
    "edit_case": ("goes",),
    "new_case": ("goes",),
    "day_end": ("counted", "all_to", "to-case-1"),
    "factor_confirm": ("code",),
    "verify_audit": ("before",),
    "export_audit": ("before",),
}
"""The fields of each address that hold a number, or whose value is read as one."""
ASKED = {"audit": ("before",), "queue": ("page",), "board": ("page",)}
BESIDE = {
    "decide": {"kind": "record_linked"},
    "answer": {"word": "approve"},
    "break_glass": {"reason": "they leave in an hour"},
    "delegation_make": {
        "role": "approver",
        "starts_at": "2026-01-01T08:00",
        "ends_at": "2026-01-01T18:00",
    },
    "new_case": {"topic": "call", "address": "here"},
    "review": {"verdict": "agree"},
    "day_end": {"password": "password of leader"},
    "export_audit": {"day": "2026-01-01"},
}
PARTS = {
    "case_id": "case-1",
    "kiosk_id": "3",
    "verb": "lock",
    "which": "live",
    "kind": "on_site_visit",
    "name": "cases",
    "day": "2026-01-01",
    "number": "1",
    "incident_id": "1",
}


@pytest.fixture
def desk(kiosk):
    """Return the session of somebody who may do everything, with a claimed case."""
    roles = ("clerk", "approver", "duty_leader", "technician", "administrator", "auditor")
    user = world.add_staff("leader", *roles)
    put_in_use(user, "JBSWY3DPEHPK3PXP")
    prove(kiosk, "visit-1", world.CARD, world.proof())
    open_case(kiosk, world.case_request(reason="portraits_disagree"))
    claim("case-1", user)
    client = Client(raise_request_exception=False)
    client.force_login(user, backend="backend.accounts.lockout.LockoutBackend")
    session = client.session
    session["second_factor"] = {
        "factor": user.second_factor.pk,
        "at": world.timezone.now().isoformat(),
    }
    session.save()
    return client


def address_of(name, **parts):
    pattern = next(pattern for pattern in urlpatterns if pattern.name == name)
    known = {**PARTS, **parts}
    return reverse(f"console:{name}", kwargs={k: known[k] for k in pattern.pattern.converters})


def takes_number_in_path():
    return [
        p.name
        for p in urlpatterns
        if any(isinstance(part, IntConverter) for part in p.pattern.converters.values())
    ]


@pytest.mark.parametrize("name", sorted(POSTED))
def test_a_posted_number_is_never_a_fault(desk, name):
    lenders = {"lender": "{}:approver"}
    for field in POSTED[name]:
        for text in HOSTILE:
            typed = {**BESIDE.get(name, {}), field: lenders.get(field, "{}").format(text)}
            answer = desk.post(address_of(name), typed)
            assert answer.status_code < 500, (name, field, text[:40], len(text))
    assert Case.objects.get(id="case-1").stage == "claimed"


@pytest.mark.parametrize("name", sorted(ASKED))
def test_an_asked_number_is_never_a_fault(desk, name):
    for field in ASKED[name]:
        for text in HOSTILE:
            assert desk.get(address_of(name), {field: text}).status_code < 500, (name, text[:40])


@pytest.mark.parametrize("name", takes_number_in_path())
def test_a_number_in_the_address_is_never_a_fault(desk, name):
    typical = address_of(name, number=12345, incident_id=12345)
    for text in HOSTILE:
        for ask in (desk.get, desk.post):
            answer = ask(typical.replace("12345", text), BESIDE.get(name, {}))
            assert answer.status_code < 500, (name, text[:40])


def test_what_is_refused_says_so(desk):
    for text in ("999999", "9" * 30, "9" * 5000):
        typed = {"kind": "record_linked", "resident_id": text}
        page = desk.post("/cases/case-1/decide", typed, follow=True).content.decode()
        assert "没有这位登记人员" in page, len(text)
        answered = {"word": "approve", "decision": text, "reason": "they leave soon"}
        page = desk.post("/cases/case-1/answer", answered, follow=True).content.decode()
        assert "此项审批没有请您" in page, len(text)
        page = desk.post("/cases/case-1/break-glass", answered, follow=True).content.decode()
        assert "此项审批没有请您" in page, len(text)
        page = desk.post("/cases/case-1/hand-over", {"to": text}, follow=True).content.decode()
        assert "没有这位同事" in page, len(text)


def test_a_number_is_read_up_to_what_everything_holds():
    assert [read_number(text) for text in ("0", "007", str(MOST))] == [0, 7, MOST]
    for text in (str(MOST + 1), "9" * 5000, "", "-1", "+1", "1_0", " 1", "\u00b2", "\u0661", "1.0"):
        assert read_number(text) is None, text[:20]


def test_no_other_file_of_the_console_judges_digits_by_itself():
    files = (world.ROOT / "backend" / "console").rglob("*.py")
    assert [path.name for path in files if "isdigit" in path.read_text()] == ["numbers.py"]
