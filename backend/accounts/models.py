"""Desks, presence and failed logins; the accounts themselves are Django's."""

from django.conf import settings
from django.db import models


class StaffProfile(models.Model):
    """What the hall knows of a member of staff beyond the account."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="profile"
    )
    desk = models.CharField(max_length=60, blank=True)
    demo = models.BooleanField(default=False)


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
