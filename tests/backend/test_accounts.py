"""Logins that are guessed at are locked out; rights come from policy."""

import pytest
from django.contrib.auth import authenticate
from django.test import RequestFactory

from backend.accounts.models import LoginFailure
from backend.accounts.services import has_right, roles_of
from backend.audit.models import AuditEvent
from backend.clock import ago
from backend.config import hall
from tests.backend import world


def login(name: str, password: str, address: str = "10.0.0.1"):
    request = RequestFactory().post("/login", REMOTE_ADDR=address)
    return authenticate(request, username=name, password=password)


@pytest.fixture
def clerk(database):
    return world.add_staff("clerk")


def test_the_right_password_lets_in(clerk):
    assert login("clerk", "password of clerk") == clerk
    assert login("clerk", "wrong") is None
    assert login("nobody", "wrong") is None


def test_after_five_failures_even_the_right_password_waits(clerk):
    for _ in range(hall().timers.login_failures):
        assert login("CLERK", "wrong") is None
    assert login("clerk", "password of clerk") is None
    assert login("clerk", "password of clerk", address="10.0.0.2") is None
    assert AuditEvent.objects.filter(kind="staff.login_locked").count() == 1
    LoginFailure.objects.update(at=ago(hall().timers.login_lockout_s + 1))
    assert login("clerk", "password of clerk") == clerk


def test_an_address_that_tries_many_names_is_locked_out(clerk):
    for number in range(hall().timers.login_failures_per_address):
        login(f"name{number}", "wrong", address="10.0.0.9")
    assert login("clerk", "password of clerk", address="10.0.0.9") is None
    assert login("clerk", "password of clerk") == clerk


def test_neither_names_nor_addresses_are_stored_or_audited(clerk):
    login("clerk", "wrong")
    stored = "".join(LoginFailure.objects.values_list("subject", flat=True))
    stored += "".join(AuditEvent.objects.values_list("subject", flat=True))
    assert "clerk" not in stored
    assert "10.0.0" not in stored


def test_rights_belong_to_roles(clerk):
    assert roles_of(clerk) == {"clerk"}
    assert has_right(clerk, "decide")
    assert not has_right(clerk, "approve")
    clerk.is_active = False
    assert not has_right(clerk, "decide")
