"""Payments."""

from django.db import models

from backend.applications.models import Application


class State(models.TextChoices):
    """Where a payment stands; the contract's PaymentState."""

    PENDING = "pending"
    PAID = "paid"
    CANCELLED = "cancelled"
    FAILED = "failed"


class Payment(models.Model):
    """One payment of one application; at most one that is pending or paid."""

    id = models.CharField(max_length=32, primary_key=True)
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="payments")
    token = models.CharField(max_length=64, unique=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.PENDING)
    amount_fen = models.PositiveIntegerField()
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """One live payment an application; what is unfinished is indexed."""

        constraints = (
            models.UniqueConstraint(
                fields=("application",),
                condition=models.Q(state__in=("pending", "paid")),
                name="one_live_payment",
            ),
        )
        indexes = (
            models.Index(
                fields=("created_at",), condition=models.Q(state="pending"), name="payment_pending"
            ),
        )
