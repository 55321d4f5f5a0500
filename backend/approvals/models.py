"""Approvals."""

from django.conf import settings
from django.db import models

from backend.cases.models import Decision


class Approval(models.Model):
    """One second person's word on a decision."""

    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, related_name="approvals")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="approvals"
    )
    granted = models.BooleanField()
    note = models.CharField(max_length=1000, blank=True)
    at = models.DateTimeField()

    class Meta:
        """One word a person."""

        constraints = (models.UniqueConstraint(fields=("decision", "by"), name="one_word"),)
