"""Kiosks and the limits on what each may ask."""

from django.db import models

LONGEST_NAME = 60


class Kiosk(models.Model):
    """One enrolled kiosk. Its credential is stored as a hash and can be revoked."""

    id = models.CharField(max_length=16, primary_key=True)
    name = models.CharField(max_length=LONGEST_NAME, blank=True)
    credential_hash = models.CharField(max_length=64)
    enrolled_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_seen_at = models.DateTimeField(null=True, blank=True)
    phase = models.CharField(max_length=64, blank=True)
    version = models.CharField(max_length=32, blank=True)
    devices = models.JSONField(default=dict)
    card_held = models.BooleanField(default=False)
    release_requested = models.BooleanField(default=False)
    resumes = models.BooleanField(default=False)


class RateEntry(models.Model):
    """One use of something that a kiosk may do only so often."""

    kiosk = models.ForeignKey(Kiosk, on_delete=models.CASCADE)
    topic = models.CharField(max_length=32)
    at = models.DateTimeField()

    class Meta:
        """Counted by kiosk and topic since a moment."""

        indexes = (models.Index(fields=("kiosk", "topic", "at")),)
