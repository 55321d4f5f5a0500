"""Issue orders."""

from django.db import models

from backend.applications.models import Application
from backend.fleet.models import Kiosk


class State(models.TextChoices):
    """Where an order stands; the contract's OrderState, and one that no kiosk ever prints."""

    ORDERED = "ordered"
    PRINTING = "printing"
    PRINTED = "printed"
    FAILED = "failed"
    UNKNOWN = "unknown"
    AT_COUNTER = "at_counter"


class IssueOrder(models.Model):
    """The only licence to print, bound to card, content, kiosk, visit and fencing token.

    ``at_named_kiosk``: the counter sent card and resident to that kiosk to have it printed.
    """

    id = models.CharField(max_length=32, primary_key=True)
    number = models.CharField(max_length=24, unique=True)
    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="order")
    kiosk = models.ForeignKey(
        Kiosk, on_delete=models.PROTECT, null=True, blank=True, help_text="null: at the counter"
    )
    visit_id = models.CharField(max_length=64)
    card_number = models.CharField(max_length=9)
    state = models.CharField(max_length=12, choices=State.choices, default=State.ORDERED)
    fencing_token = models.BigIntegerField(default=1)
    printing_token = models.BigIntegerField(null=True, blank=True)
    new = models.JSONField()
    back = models.JSONField()
    at_named_kiosk = models.BooleanField(default=False)
    reprint_of = models.CharField(max_length=64, blank=True)
    evidence = models.CharField(max_length=20, blank=True)
    detail = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()
    printing_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """What is unfinished, or still to be erased, is looked at often, so it is indexed."""

        indexes = (
            models.Index(
                fields=("state", "created_at"),
                condition=models.Q(state__in=("ordered", "printing")),
                name="order_unfinished",
            ),
            models.Index(
                fields=("ended_at",), condition=~models.Q(detail=""), name="order_with_detail"
            ),
            models.Index(fields=("card_number",), name="order_of_card"),
        )
