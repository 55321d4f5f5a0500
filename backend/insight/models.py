"""Comparisons without portraits, and the incidents that they raise."""

from django.conf import settings
from django.db import models

from backend.fleet.models import Kiosk


class Comparison(models.Model):
    """How the comparison of one visit went. The card's number is taken off after a while.

    ``failed``: a try or the whole failed before a person; ``matched``: a match was reported. Both
    hold for a visit that matched after a person had asked for a new portrait.
    """

    kiosk = models.ForeignKey(Kiosk, on_delete=models.CASCADE)
    visit_id = models.CharField(max_length=64)
    card_number = models.CharField(max_length=9, blank=True)
    at = models.DateTimeField()
    failed = models.BooleanField(default=False)
    matched = models.BooleanField(default=False)
    tries = models.PositiveSmallIntegerField(default=1)
    cause = models.CharField(max_length=12, blank=True)
    threshold = models.FloatField(null=True, blank=True)
    chip_score = models.FloatField(null=True, blank=True)
    record_score = models.FloatField(null=True, blank=True)

    class Meta:
        """A visit counts once; counted by kiosk and by card since a moment."""

        constraints = (
            models.UniqueConstraint(fields=("kiosk", "visit_id"), name="one_comparison"),
        )
        indexes = (
            models.Index(fields=("kiosk", "at")),
            models.Index(fields=("card_number", "at")),
            models.Index(fields=("at", "failed")),
        )


class Incident(models.Model):
    """A kiosk whose failed comparisons stand out, for the technicians."""

    kiosk = models.ForeignKey(Kiosk, on_delete=models.CASCADE)
    opened_at = models.DateTimeField()
    failed = models.PositiveIntegerField()
    compared = models.PositiveIntegerField()
    hall_failed = models.PositiveIntegerField()
    hall_compared = models.PositiveIntegerField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        """At most one open for a kiosk."""

        constraints = (
            models.UniqueConstraint(
                fields=("kiosk",),
                condition=models.Q(closed_at__isnull=True),
                name="one_open_incident",
            ),
        )
