"""The built-in records: residents, permits, endorsements, and chip reads that were proven."""

from django.db import models

from backend.evidence.models import Picture
from backend.fleet.models import Kiosk


class Resident(models.Model):
    """One person on record. The flags are private: they are never told to a card's finder."""

    name_zh = models.CharField(max_length=40)
    surname = models.CharField(max_length=40)
    given = models.CharField(max_length=60)
    sex = models.CharField(max_length=1)
    born = models.DateField()
    city = models.CharField(max_length=40, blank=True)
    functionary = models.BooleanField(default=False)
    active_military = models.BooleanField(default=False)
    registered_official = models.BooleanField(default=False)
    exit_banned = models.BooleanField(default=False)
    portrait = models.ForeignKey(Picture, on_delete=models.PROTECT, null=True, blank=True)
    demo = models.BooleanField(default=False)


class Permit(models.Model):
    """One card."""

    card_number = models.CharField(max_length=9, primary_key=True)
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="permits")
    valid_until = models.DateField()
    booklet = models.BooleanField(default=False)
    cancelled = models.BooleanField(default=False)


class HeldEndorsement(models.Model):
    """One endorsement on record; ``content`` is the contract's Endorsement as issued."""

    number = models.CharField(max_length=64, primary_key=True)
    permit = models.ForeignKey(Permit, on_delete=models.PROTECT, related_name="endorsements")
    offer_code = models.CharField(max_length=64)
    kind = models.CharField(max_length=8)
    destination = models.CharField(max_length=3)
    valid_from = models.DateField()
    valid_until = models.DateField()
    used_up = models.BooleanField(default=False)
    faded = models.BooleanField(default=False)
    content = models.JSONField()


class ChipRead(models.Model):
    """A proven read of a card's chip in one visit: what a record may be linked by."""

    kiosk = models.ForeignKey(Kiosk, on_delete=models.CASCADE)
    visit_id = models.CharField(max_length=64)
    card_number = models.CharField(max_length=9)
    valid_until = models.DateField()
    born = models.DateField()
    with_sod = models.BooleanField()
    portrait_released = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        """One row for a card in a visit; found by age when it is erased."""

        constraints = (
            models.UniqueConstraint(fields=("kiosk", "visit_id", "card_number"), name="one_read"),
        )
        indexes = (models.Index(fields=("at",), name="chip_read_at"),)
