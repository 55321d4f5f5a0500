"""The second factor: time-based codes (RFC 6238) from an authenticator app.

The secret is sealed with the server's key, bound to its account. A code counts once; wrong ones
are counted and lock the factor for a while, whatever browser they came from.
"""

import hashlib
import os
import re
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

import pyotp
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q

from backend.accounts.models import LoginFailure, SecondFactor
from backend.accounts.services import actor
from backend.audit.kinds import Kind
from backend.audit.services import append
from backend.clock import ago, now
from backend.config import hall
from backend.secrets_store import ensure_secret

ISSUER = "Exit-Entry Hall"
STEP_S = 30
DRIFT_STEPS = 1
"""A code of the step before or after counts too: clocks of telephones differ."""
NONCE_BYTES = 12
CODE = re.compile(r"[0-9]{6}")


class Outcome(StrEnum):
    """What became of a code."""

    PASSED = "passed"
    WRONG = "wrong"
    USED = "used"
    LOCKED = "locked"
    NOT_ENROLLED = "not_enrolled"


def is_enrolled(user: User) -> bool:
    """Say whether this account has a second factor in use."""
    return SecondFactor.objects.filter(user=user, confirmed_at__isnull=False).exists()


def factor_of(user: User) -> SecondFactor | None:
    """Return the account's second factor in use."""
    return SecondFactor.objects.filter(user=user, confirmed_at__isnull=False).first()


def begin(user: User) -> str:
    """Make a new secret, not in use until ``confirm``, and return it in base 32."""
    secret = pyotp.random_base32()
    _store(user, secret)
    return secret


def pending_secret(user: User) -> str | None:
    """Return the secret that waits for its first code; None when there is none."""
    factor = SecondFactor.objects.filter(user=user, confirmed_at=None).first()
    return _open(factor) if factor else None


def setup_address(user: User, secret: str) -> str:
    """Return the otpauth address that an authenticator app reads from the QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=user.get_username(), issuer_name=ISSUER)


def confirm(user: User, code: str) -> Outcome:
    """Take the pending secret into use with its first code."""
    factor = SecondFactor.objects.filter(user=user, confirmed_at=None).first()
    if factor is None:
        return Outcome.NOT_ENROLLED
    with transaction.atomic():
        outcome = _try(user, factor, code)
        if outcome == Outcome.PASSED:
            SecondFactor.objects.filter(pk=factor.pk).update(confirmed_at=now())
            append(Kind.FACTOR_ENROLLED, actor(user), actor(user))
    return outcome


def check(user: User, code: str) -> Outcome:
    """Check a code of the factor in use and write the outcome to the audit."""
    factor = factor_of(user)
    if factor is None:
        return Outcome.NOT_ENROLLED
    with transaction.atomic():
        outcome = _try(user, factor, code)
        if outcome == Outcome.PASSED:
            append(Kind.FACTOR_PASSED, actor(user), actor(user))
    return outcome


def reset(user: User, by: User) -> bool:
    """Take an account's second factor away, so that it can enrol anew; False when it had none."""
    with transaction.atomic():
        gone, _ = SecondFactor.objects.filter(user=user).delete()
        LoginFailure.objects.filter(subject=_subject(user)).delete()
        if gone:
            append(Kind.FACTOR_RESET, actor(by), actor(user))
    return bool(gone)


def put_in_use(user: User, secret: str) -> None:
    """Give an account this secret, as the demo's accounts have theirs from a file."""
    factor = factor_of(user)
    if factor is None or _open(factor) != secret:
        SecondFactor.objects.filter(pk=_store(user, secret).pk).update(confirmed_at=now())


def is_locked(user: User) -> bool:
    """Say whether too many wrong codes came just now."""
    policy = hall().policy.second_factor
    recent = LoginFailure.objects.filter(subject=_subject(user), at__gte=ago(policy.lockout_s))
    return recent.count() >= policy.failures


def ensure_staff_key() -> None:
    """Create the key's file where there is none."""
    _cipher()


def opens(factor: SecondFactor) -> bool:
    """Say whether the secret opens with the key that is here."""
    return _open(factor) is not None


def shift_ends(passed_at: datetime) -> datetime:
    """Return until when a code that passed then counts."""
    return passed_at + timedelta(hours=hall().policy.second_factor.shift_h)


def _try(user: User, factor: SecondFactor, code: str) -> Outcome:
    if is_locked(user):
        return Outcome.LOCKED
    secret = _open(factor)
    step = _step_of(secret, code) if secret else None
    if step is not None:
        unused = Q(pk=factor.pk, last_step__lt=step)
        if SecondFactor.objects.filter(unused).update(last_step=step):
            LoginFailure.objects.filter(subject=_subject(user)).delete()
            return Outcome.PASSED
    LoginFailure.objects.create(subject=_subject(user), at=now())
    locked = is_locked(user)
    append(Kind.FACTOR_LOCKED if locked else Kind.FACTOR_FAILED, actor(user), actor(user))
    return Outcome.WRONG if step is None else Outcome.USED


def _step_of(secret: str, code: str) -> int | None:
    """Return the time step whose code this is; None when it is none of those that count."""
    digits = "".join(code.split())
    if not CODE.fullmatch(digits):
        return None
    generator = pyotp.TOTP(secret, interval=STEP_S)
    current = int(now().timestamp()) // STEP_S
    steps = range(current - DRIFT_STEPS, current + DRIFT_STEPS + 1)
    return next(
        (s for s in steps if pyotp.utils.strings_equal(generator.generate_otp(s), digits)), None
    )


def _subject(user: User) -> str:
    return hashlib.sha256(f"factor:{user.pk}".encode()).hexdigest()


def _store(user: User, secret: str) -> SecondFactor:
    nonce = os.urandom(NONCE_BYTES)
    sealed = nonce + _cipher().encrypt(nonce, secret.encode(), actor(user).encode())
    with transaction.atomic():
        SecondFactor.objects.filter(user=user).delete()
        return SecondFactor.objects.create(user=user, sealed_secret=sealed, created_at=now())


def _open(factor: SecondFactor) -> str | None:
    """Return the secret; None when it does not open: another key, or another account's."""
    sealed = bytes(factor.sealed_secret)
    bound_to = f"staff:{factor.user_id}".encode()
    try:
        return _cipher().decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound_to).decode()
    except InvalidTag:
        return None


def _cipher() -> AESGCM:
    return _cipher_in(str(Path(settings.DATA_DIR) / "staff.key"))


@lru_cache(maxsize=4)
def _cipher_in(path: str) -> AESGCM:
    key = ensure_secret(Path(path), make=AESGCM.generate_key(256).hex().encode())
    return AESGCM(bytes.fromhex(key.decode()))
