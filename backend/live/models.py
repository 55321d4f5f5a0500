"""The row whose version grows with every change that somebody may be waiting for."""

from django.db import models


class LiveVersion(models.Model):
    """One row (id 1)."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    version = models.BigIntegerField(default=0)
