"""Closed days, and to whom their open cases went."""

from django.conf import settings
from django.db import models

from backend.cases.models import Case


class DayClosing(models.Model):
    """One closed day. ``report`` stays as it was signed; its hash is in the audit.

    ``head_seq`` and ``head_hash`` are the audit's head right after the closing was written to it.
    """

    day = models.DateField(unique=True)
    since = models.DateTimeField()
    until = models.DateTimeField()
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="closed_days"
    )
    closed_at = models.DateTimeField()
    report = models.JSONField()
    report_sha256 = models.CharField(max_length=64)
    remark = models.CharField(max_length=1000, blank=True)
    head_seq = models.BigIntegerField(default=0)
    head_hash = models.CharField(max_length=64, blank=True)


class CaseHandover(models.Model):
    """An open case that whoever closed a day left to a colleague.

    ``note`` is for the next shift; it is erased with the case's evidence.
    """

    closing = models.ForeignKey(DayClosing, on_delete=models.CASCADE, related_name="handovers")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="handovers")
    to = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="handed_cases"
    )
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        """A case goes to one person at a day's end."""

        constraints = (models.UniqueConstraint(fields=("closing", "case"), name="one_handover"),)
