"""Answers already given, so that a repeated request gets the first one again."""

from django.db import models

from backend.fleet.models import Kiosk


class AnsweredRequest(models.Model):
    """One idempotency key of one kiosk. ``status`` is None while the request is carried out."""

    kiosk = models.ForeignKey(Kiosk, on_delete=models.CASCADE)
    key = models.CharField(max_length=128)
    path = models.CharField(max_length=200)
    body_sha256 = models.CharField(max_length=64)
    attempt = models.PositiveIntegerField(default=1)
    started_at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    answer = models.TextField(blank=True)

    class Meta:
        """One row a key; found by age when it is forgotten."""

        constraints = (models.UniqueConstraint(fields=("kiosk", "key"), name="one_answer"),)
        indexes = (models.Index(fields=("started_at",), name="answer_started"),)


class EndedVisit(models.Model):
    """How a visit ended and where its card was then."""

    kiosk = models.ForeignKey(Kiosk, on_delete=models.CASCADE)
    visit_id = models.CharField(max_length=64)
    outcome = models.CharField(max_length=64)
    card = models.CharField(max_length=8)
    application_id = models.CharField(max_length=64, blank=True)
    case_id = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()

    class Meta:
        """A visit ends once."""

        constraints = (models.UniqueConstraint(fields=("kiosk", "visit_id"), name="one_end"),)
