"""Whose words a decision needs and has; decisions without them; what is looked at again."""

from django.conf import settings
from django.db import models

from backend.cases.models import Decision


class Requirement(models.Model):
    """Words that a decision needs: ``count`` people of ``roles``, asked by the policy of then.

    ``rule`` names the approval_rule that asks; empty for what the kind of decision always needs.
    """

    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, related_name="requirements")
    rule = models.CharField(max_length=64, blank=True)
    count = models.PositiveSmallIntegerField()
    roles = models.JSONField()


class Approval(models.Model):
    """One second person's word on a decision; ``roles`` are those they spoke in."""

    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, related_name="approvals")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="approvals"
    )
    granted = models.BooleanField()
    roles = models.JSONField(default=list)
    note = models.CharField(max_length=1000, blank=True)
    at = models.DateTimeField()

    class Meta:
        """One word a person."""

        constraints = (models.UniqueConstraint(fields=("decision", "by"), name="one_word"),)


class GlassBreak(models.Model):
    """A decision that a duty leader let take effect without its approvals."""

    decision = models.OneToOneField(Decision, on_delete=models.CASCADE, related_name="glass_break")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="glass_breaks"
    )
    reason = models.CharField(max_length=1000, blank=True)
    at = models.DateTimeField(db_index=True)


class Review(models.Model):
    """A decision that a person without a part in it looks at again: open while ``at`` is empty."""

    class Cause(models.TextChoices):
        """Why it is looked at again."""

        GLASS = "glass"
        SAMPLE = "sample"

    decision = models.OneToOneField(Decision, on_delete=models.CASCADE, related_name="review")
    cause = models.CharField(max_length=8, choices=Cause.choices)
    asked_at = models.DateTimeField(db_index=True)
    due_at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="reviews",
    )
    at = models.DateTimeField(null=True, blank=True, db_index=True)
    agreed = models.BooleanField(null=True, blank=True)
    words = models.CharField(max_length=1000, blank=True)
