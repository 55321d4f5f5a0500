"""Every address of the console against every role: who may, who may not, and who is asked first."""

import pytest
from django.test import Client
from django.urls import reverse

from backend.accounts.manage import AccountFacts, create
from backend.console.urls import urlpatterns
from tests.backend import world

ALL = frozenset({"clerk", "approver", "duty_leader", "technician", "administrator", "auditor"})
DECIDERS = frozenset({"clerk", "approver", "duty_leader"})
APPROVERS = frozenset({"approver", "duty_leader"})
QUEUE = DECIDERS | {"administrator"}
FLEET = QUEUE | {"technician"}
ADMIN = frozenset({"administrator"})
LEADER = frozenset({"duty_leader"})
OFFICE = LEADER | {"auditor"}

MAY = {
    "queue": ("get", ALL),
    "board": ("get", ALL),
    "account": ("get", ALL),
    "account_password": ("post", ALL),
    "factor_begin": ("post", ALL),
    "factor_confirm": ("post", ALL),
    "approvals": ("get", APPROVERS),
    "reviews": ("get", APPROVERS),
    "review": ("post", APPROVERS),
    "delegations": ("get", APPROVERS | ADMIN),
    "delegation_make": ("post", APPROVERS | ADMIN),
    "delegation_end": ("post", ALL),
    "accounts": ("get", ADMIN),
    "account_create": ("post", ADMIN),
    "account_one": ("get", ADMIN),
    "account_do": ("post", ADMIN),
    "settings": ("get", ALL - {"clerk", "approver"}),
    "counter": ("get", QUEUE),
    "fleet": ("get", FLEET),
    "release_card": ("post", FLEET),
    "case": ("get", QUEUE),
    "portrait": ("get", QUEUE),
    "here": ("get", ALL),
    "set_here": ("post", ALL),
    "new_case": ("get", DECIDERS),
    "edit_case": ("get", DECIDERS),
    "turn_case": ("post", DECIDERS),
    "hand_over": ("post", DECIDERS),
    "take_over": ("post", LEADER),
    "counter_case": ("get", DECIDERS),
    "counter_take": ("post", DECIDERS),
    "mended": ("post", frozenset({"technician", "administrator"})),
    "reports": ("get", OFFICE),
    "report_table": ("get", OFFICE),
    "day_end": ("get", OFFICE),
    "audit": ("get", OFFICE),
    "verify_audit": ("post", OFFICE),
    "export_audit": ("get", OFFICE),
    "claim": ("post", DECIDERS),
    "renew": ("post", DECIDERS),
    "release": ("post", DECIDERS),
    "decide": ("post", DECIDERS),
    "undo": ("post", DECIDERS),
    "answer": ("post", APPROVERS),
    "break_glass": ("post", LEADER),
    "issue": ("post", DECIDERS),
    "stop_payment": ("post", DECIDERS),
    "refund": ("post", DECIDERS),
    "close": ("post", DECIDERS),
}
"""Method and roles of each address; a new one is added here, or this test fails."""
OPEN = {"sign_in", "sign_out", "language", "stream"}
"""Open without a role: the stream tells only that something changed, and asks for an account."""
PARTS = {
    "case_id": "none",
    "kiosk_id": "none",
    "incident_id": 1,
    "number": 1,
    "verb": "none",
    "which": "live",
    "kind": "guide_desk_call",
    "name": "decisions",
    "day": "2026-01-01",
}


@pytest.fixture(scope="module")
def clients(tmp_path_factory):
    """Return a browser session of each role, and one of nobody."""
    world.fresh_database(tmp_path_factory.mktemp("matrix"))
    sessions = {}
    for role in sorted(ALL):
        sessions[role] = Client()
        sessions[role].force_login(world.add_staff(role))
    sessions[""] = Client()
    yield sessions
    world.connections.close_all()


def addresses():
    """Return every named address of the console with its parts filled in."""
    return {
        pattern.name: reverse(
            f"console:{pattern.name}",
            kwargs={part: PARTS[part] for part in pattern.pattern.converters},
        )
        for pattern in urlpatterns
    }


def test_every_address_has_its_row():
    assert set(addresses()) == set(MAY) | OPEN


@pytest.mark.parametrize("role", sorted(ALL))
def test_a_role_opens_its_addresses_and_no_other(clients, role):
    wrong = {}
    for name, address in addresses().items():
        if name not in OPEN:
            method, roles = MAY[name]
            status = getattr(clients[role], method)(address).status_code
            refused = status == 403
            if refused == (role in roles):
                wrong[name] = status
    assert not wrong


def test_who_is_not_signed_in_opens_nothing(clients):
    for name, address in addresses().items():
        if name not in OPEN:
            answer = getattr(clients[""], MAY[name][0])(address)
            assert answer.status_code == 302, name
            assert answer["Location"].startswith("/login?next="), name


def test_a_first_password_opens_nothing_but_its_own_change(clients):
    admin = world.User.objects.get(username="administrator")
    user, _ = create("fresh", AccountFacts("Fresh", ("duty_leader",)), admin)
    client = Client()
    client.force_login(user)
    for name, address in addresses().items():
        if name not in OPEN | {"account", "account_password"} and "duty_leader" in MAY[name][1]:
            answer = getattr(client, MAY[name][0])(address)
            assert (answer.status_code, answer.get("Location")) == (302, "/account"), name
    assert client.get("/account").status_code == 200
