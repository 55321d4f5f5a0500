"""Every decision, view of evidence, login and order is in the chain; nothing of a person is."""

import json

from django.test import Client

from backend.approvals.services import answer
from backend.audit.kinds import Kind
from backend.audit.models import AuditEvent
from backend.audit.services import text_hash, verify
from backend.cases.claims import claim
from backend.cases.decisions import DecisionInput, decide, undo
from backend.cases.models import Case
from backend.cases.opening import open_case
from backend.cases.retention import erase_old_evidence
from backend.clock import ago
from backend.console.texts import LANGUAGES, words_of
from backend.fleet.models import Kiosk
from backend.orders.counter import CounterForm, print_at_kiosk, take_to_counter
from backend_client import contract as c
from backend_client.contract import DecisionKind
from tests.backend import world
from tests.backend.reports.hall_day import at_counter, visit

NOTE = "the resident's sister vouches for her"
WORDS = c.Texts(zh_hans="请摘下眼镜", zh_hant="請摘下眼鏡", en="Please take off your glasses")


def drive_a_day(kiosk) -> None:
    """Let everything happen once that the chain must know of."""
    staff = {name: world.add_staff(name) for name in ("clerk", "approver")}
    desk = Client()
    for password in ("wrong", "password of clerk"):
        desk.post("/login", {"username": "clerk", "password": password})
    portraits = {"live_portrait": c.picture(world.jpeg(3)), "detail": "walks with a stick"}
    open_case(kiosk, world.case_request(**portraits))
    claim("case-1", staff["clerk"])
    assert desk.get("/cases/case-1").status_code == 200
    assert desk.get("/cases/case-1/portraits/live").status_code == 200
    new = DecisionInput(DecisionKind.NEW_PORTRAIT, words=WORDS, note=NOTE)
    decide("case-1", staff["clerk"], new)
    undo("case-1", staff["clerk"])
    accept = DecisionInput(DecisionKind.IDENTITY_ACCEPTED, note=NOTE)
    for granted in (False, True):
        decision = decide("case-1", staff["clerk"], accept)
        answer(decision.id, staff["approver"], granted=granted, note=NOTE)
    for number, outcome in enumerate(("printed", "failed", "unknown"), 1):
        visit(kiosk, number, outcome)
    at_counter(kiosk, staff["clerk"], "case-c", "C10000009")
    world.add_resident("C10000010")
    Kiosk.objects.update(resumes=True)
    open_case(kiosk, world.case_request("case-k", visit_id="v-k", card_number="C10000010"))
    take_to_counter("case-k", staff["clerk"])
    paid = CounterForm(seen_in_person=True, fee_taken=True)
    print_at_kiosk("case-k", staff["clerk"], paid, kiosk.id)
    Case.objects.update(closed_at=ago(9e6), stage="closed")
    erase_old_evidence()
    desk.post("/logout")


def test_each_kind_is_there_and_nothing_personal(kiosk):
    drive_a_day(kiosk)
    found = set(AuditEvent.objects.values_list("kind", flat=True))
    wanted = {kind for kind in Kind if kind.value.partition(".")[0] in ("decision", "order")}
    wanted -= {Kind.ORDER_TAKEN_OVER}
    wanted -= {kind for kind in wanted if kind.value.rpartition(".")[2] in NOT_DRIVEN}
    wanted |= {Kind.LOGIN, Kind.LOGIN_FAILED, Kind.LOGOUT, Kind.EVIDENCE_OPENED}
    wanted |= {Kind.EVIDENCE_ERASED, Kind.CASE_CLAIMED, Kind.CASE_OPENED, Kind.CASE_CLOSED}
    wanted |= {Kind.PAYMENT_PAID, Kind.SETTLED, Kind.IDENTITY_MATCHED}
    assert {kind.value for kind in wanted} <= found
    whole = json.dumps(list(AuditEvent.objects.values()), ensure_ascii=False)
    for private in (
        "林晓岚",
        "XIAOLAN",
        "LIN<",
        "1990-01-01",
        NOTE,
        "sister",
        "glasses",
        "眼镜",
        "stick",
        "password",
        '"clerk"',
    ):
        assert private not in whole, private
    longest = max(len(str(value)) for event in AuditEvent.objects.all() for value in facts(event))
    assert longest <= 64
    for text in (NOTE, "walks with a stick"):
        assert text_hash(text) in whole
    assert text_hash("\n".join((WORDS.zh_hans, WORDS.zh_hant, WORDS.en))) in whole
    assert verify().ok


NOT_DRIVEN = {"glass_broken", "review_asked", "review_given"}
"""Kinds that need a policy of their own; the tests of the approvals drive them."""


def facts(event: AuditEvent) -> list[object]:
    return list(json.loads(event.facts).values())


def test_every_kind_has_words_in_every_language():
    for language in LANGUAGES:
        words = words_of(language)
        missing = [kind.value for kind in Kind if f"audit_kind.{kind.value}" not in words]
        assert not missing, f"add them to texts/{language}/audit.toml"
