"""Codes of an authenticator: enrolled, counted once, locked when guessed, sealed at rest."""

from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from backend.accounts import second_factor as sf
from backend.accounts.models import LoginFailure, SecondFactor
from backend.accounts.second_factor import Outcome
from backend.audit.models import AuditEvent
from backend.clock import ago, now
from backend.config import hall
from tests.backend import world


@pytest.fixture
def approver(database):
    return world.add_staff("approver")


def code(secret: str, steps: int = 0) -> str:
    """Return what an authenticator shows that many steps of 30 s from now."""
    return pyotp.TOTP(secret).at(now() + timedelta(seconds=30 * steps))


def enrolled(user) -> str:
    secret = sf.begin(user)
    assert sf.confirm(user, code(secret, -1)) == Outcome.PASSED
    return secret


def wrong(secret: str) -> str:
    near = {code(secret, step) for step in range(-3, 4)}
    return next(f"{n:06}" for n in range(20) if f"{n:06}" not in near)


def test_a_secret_counts_only_after_its_first_code(approver):
    secret = sf.begin(approver)
    assert sf.check(approver, code(secret)) == Outcome.NOT_ENROLLED
    assert sf.confirm(approver, wrong(secret)) == Outcome.WRONG
    assert not sf.is_enrolled(approver)
    assert sf.confirm(approver, code(secret)) == Outcome.PASSED
    assert sf.is_enrolled(approver)
    assert sf.pending_secret(approver) is None


def test_a_code_counts_once_and_so_does_none_before_it(approver):
    secret = enrolled(approver)
    shown = code(secret)
    assert sf.check(approver, f"{shown[:3]} {shown[3:]}") == Outcome.PASSED
    assert sf.check(approver, shown) == Outcome.USED
    assert sf.check(approver, code(secret, -1)) == Outcome.USED
    assert sf.check(approver, code(secret, 1)) == Outcome.PASSED


def test_of_one_code_sent_many_times_at_once_one_counts(approver):
    secret = enrolled(approver)
    shown = code(secret)
    outcomes = world.at_once(4, lambda _: sf.check(approver, shown))
    assert sorted(outcomes, key=str).count(Outcome.PASSED) == 1


def test_far_codes_do_not_count(approver):
    secret = enrolled(approver)
    for steps in (-3, 3, 10):
        if code(secret, steps) not in {code(secret, near) for near in (-1, 0, 1)}:
            assert sf.check(approver, code(secret, steps)) == Outcome.WRONG


def test_guessing_locks_even_the_right_code_for_a_while(approver):
    secret = enrolled(approver)
    for _ in range(hall().policy.second_factor.failures):
        assert sf.check(approver, wrong(secret)) == Outcome.WRONG
    assert sf.check(approver, code(secret)) == Outcome.LOCKED
    kinds = list(AuditEvent.objects.order_by("seq").values_list("kind", flat=True))
    assert kinds.count("staff.factor_failed") == hall().policy.second_factor.failures - 1
    assert kinds[-1] == "staff.factor_locked"
    LoginFailure.objects.update(at=ago(hall().policy.second_factor.lockout_s + 1))
    assert sf.check(approver, code(secret)) == Outcome.PASSED


def test_an_administrator_resets_and_it_is_written_down(approver):
    admin = world.add_staff("administrator")
    secret = enrolled(approver)
    assert sf.reset(approver, admin)
    assert not sf.reset(approver, admin)
    assert sf.check(approver, code(secret)) == Outcome.NOT_ENROLLED
    event = AuditEvent.objects.get(kind="staff.factor_reset")
    assert (event.actor, event.subject) == (f"staff:{admin.pk}", f"staff:{approver.pk}")


def test_the_secret_is_sealed_and_bound_to_its_account(approver, database):
    secret = enrolled(approver)
    for stored in SecondFactor.objects.filter(user=approver).values().get().values():
        raw = bytes(stored) if isinstance(stored, bytes | memoryview) else str(stored).encode()
        assert secret.encode() not in raw
    assert (Path(database) / "staff.key").stat().st_mode & 0o077 == 0
    other = world.add_staff("other", "approver")
    SecondFactor.objects.filter(user=approver).update(user=other)
    assert sf.check(other, code(secret)) == Outcome.WRONG


def test_the_setup_address_is_what_authenticators_read(approver):
    secret = sf.begin(approver)
    parsed = pyotp.parse_uri(sf.setup_address(approver, secret))
    assert parsed.secret == secret
    assert parsed.name == "approver"
    assert parsed.now() == code(secret)


@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=st.text(max_size=12))
def test_whatever_is_typed_is_wrong_and_nothing_else(approver, text):
    factor = SecondFactor.objects.filter(user=approver).first()
    secret = sf._open(factor) if factor else sf.begin(approver)
    LoginFailure.objects.all().delete()
    if "".join(text.split()) not in {code(secret, near) for near in (-1, 0, 1)}:
        assert sf.confirm(approver, text) == Outcome.WRONG
