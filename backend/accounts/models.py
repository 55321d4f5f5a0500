"""Desks, presence and failed logins; the accounts themselves are Django's."""

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models


class StaffProfile(models.Model):
    """What the hall knows of a member of staff beyond the account."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="profile"
    )
    desk = models.CharField(max_length=60, blank=True)
    demo = models.BooleanField(default=False)
    must_change_password = models.BooleanField(default=False)


class StaffSession(AbstractBaseSession):
    """A session, and the account that is signed in by it; both are read in one query."""

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="sessions"
    )


class Presence(models.Model):
    """When a signed-in member of staff was last seen at the console."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="presence"
    )
    seen_at = models.DateTimeField(db_index=True)
    away_since = models.DateTimeField(null=True, blank=True)


class LoginFailure(models.Model):
    """One failed login, by what was typed and where it came from (both hashed)."""

    subject = models.CharField(max_length=64, db_index=True)
    at = models.DateTimeField(db_index=True)


class SecondFactor(models.Model):
    """The secret of an account's authenticator, sealed; ``confirmed_at`` empty: not in use yet.

    ``last_step`` is the newest time step whose code was taken: none up to it counts again.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="second_factor"
    )
    sealed_secret = models.BinaryField()
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    last_step = models.BigIntegerField(default=0)


class Delegation(models.Model):
    """A role that is lent from somebody who is away to somebody who stands in."""

    lender = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="delegations_given"
    )
    receiver = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="delegations_held"
    )
    role = models.CharField(max_length=64)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(db_index=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
