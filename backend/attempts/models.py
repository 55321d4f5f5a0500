"""Tries of a comparison."""

from django.db import models

from backend.cases.models import Case
from backend.evidence.models import Picture


class Attempt(models.Model):
    """A try with a portrait of its own; the last one's is the case's. Figures: ``Case.tries``."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    live_portrait = models.ForeignKey(
        Picture, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        """One row a try."""

        constraints = (models.UniqueConstraint(fields=("case", "number"), name="one_try"),)
