"""One link of the chain."""

from django.db import models


class AuditEvent(models.Model):
    """What happened, when, by whom, to what; bound to the event before it by its hash."""

    seq = models.BigIntegerField(primary_key=True)
    at = models.CharField(max_length=40)
    kind = models.CharField(max_length=48)
    actor = models.CharField(max_length=80)
    subject = models.CharField(max_length=120, db_index=True)
    facts = models.TextField()
    prev_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        """In the order of the chain; found by day, kind and actor."""

        ordering = ("seq",)
        indexes = (
            models.Index(fields=("at",)),
            models.Index(fields=("kind", "at")),
            models.Index(fields=("actor", "seq")),
        )
