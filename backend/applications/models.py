"""Applications."""

from django.db import models

from backend.fleet.models import Kiosk


class Basis(models.TextChoices):
    """Where an application's identity comes from."""

    NONE = "none"
    MATCH = "match"
    CASE = "case"


class Application(models.Model):
    """What a resident asked for in one visit, bound to card, kiosk and visit."""

    id = models.CharField(max_length=32, primary_key=True)
    number = models.CharField(max_length=24, unique=True)
    kiosk = models.ForeignKey(
        Kiosk, on_delete=models.PROTECT, null=True, blank=True, help_text="null: at the counter"
    )
    visit_id = models.CharField(max_length=64)
    card_number = models.CharField(max_length=9)
    offer_code = models.CharField(max_length=64)
    offer = models.JSONField()
    fee_fen = models.PositiveIntegerField()
    identity = models.CharField(max_length=8, choices=Basis.choices, default=Basis.NONE)
    identity_case_id = models.CharField(max_length=64, blank=True)
    identified_at = models.DateTimeField(null=True, blank=True)
    match = models.JSONField(null=True, blank=True)
    granted = models.BooleanField(default=False)
    settled_at = models.DateTimeField(null=True, blank=True)
    awaits_order = models.BooleanField(
        default=False, help_text="paid; whether an order followed is still to be looked at"
    )
    refunded_at = models.DateTimeField(
        null=True, blank=True, help_text="the fee was given back; nothing is issued for it"
    )
    created_at = models.DateTimeField()

    class Meta:
        """A visit has one application for one offer of one card; what is unfinished is indexed."""

        constraints = (
            models.UniqueConstraint(
                fields=("kiosk", "visit_id", "card_number", "offer_code"), name="one_application"
            ),
        )
        indexes = (
            models.Index(fields=("card_number", "created_at"), name="application_of_card"),
            models.Index(
                fields=("settled_at",),
                condition=models.Q(awaits_order=True),
                name="application_awaits_order",
            ),
            models.Index(
                fields=("created_at",),
                condition=models.Q(match__isnull=False),
                name="application_with_scores",
            ),
        )

    @property
    def settled(self) -> bool:
        """Say whether it is paid, or free by rule; what was given back is neither."""
        return self.settled_at is not None and self.refunded_at is None

    @property
    def identified(self) -> bool:
        """Say whether identity is established."""
        return self.identity != Basis.NONE
