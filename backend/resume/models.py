"""Sessions of cases."""

from django.db import models

from backend.cases.models import Case
from backend.fleet.models import Kiosk


class Session(models.Model):
    """One taking-up of a parked case; its number is the fencing token of all that follows.

    The session that opened the case is number 1 and has no row. ``before`` is the kiosk that had
    the case until then.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="sessions")
    number = models.PositiveIntegerField()
    kiosk = models.ForeignKey(Kiosk, on_delete=models.PROTECT)
    before = models.ForeignKey(
        Kiosk, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    visit_id = models.CharField(max_length=64)
    same_person = models.BooleanField(null=True)
    at = models.DateTimeField()

    class Meta:
        """One session a number: of two that take a case up at once, exactly one gets it."""

        constraints = (models.UniqueConstraint(fields=("case", "number"), name="one_session"),)
