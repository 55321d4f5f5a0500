"""Cases and decisions."""

from django.conf import settings
from django.db import models

from backend.applications.models import Application
from backend.evidence.models import Picture
from backend.fleet.models import Kiosk
from backend.records.models import Permit, Resident


class Stage(models.TextChoices):
    """What staff are doing with a case; the contract's CaseStage."""

    WAITING = "waiting"
    CLAIMED = "claimed"
    APPROVAL = "approval"
    DECIDED = "decided"
    CLOSED = "closed"


SERVERS_OWN = "server-"
"""How the ids of cases begin that the server opened by itself."""

OPEN_STAGES = (Stage.WAITING, Stage.CLAIMED, Stage.APPROVAL)


class Case(models.Model):
    """A session before a person. ``id`` is the kiosk's; ``level`` grows as timers run out."""

    id = models.CharField(max_length=64, primary_key=True)
    ticket = models.CharField(max_length=16)
    ticket_day = models.DateField()
    ticket_seq = models.PositiveIntegerField()
    kiosk = models.ForeignKey(Kiosk, on_delete=models.PROTECT, null=True, blank=True)
    visit_id = models.CharField(max_length=64, blank=True)
    reason = models.CharField(max_length=40)
    language = models.CharField(max_length=8)
    phase = models.CharField(max_length=64)
    card_number = models.CharField(max_length=9, blank=True)
    card_inside = models.BooleanField(default=False)
    card_kept_until = models.DateTimeField(null=True, blank=True)
    offer_code = models.CharField(max_length=64, blank=True)
    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, null=True, blank=True, related_name="cases"
    )
    match = models.JSONField(null=True, blank=True)
    tries = models.JSONField(default=list, blank=True)
    detail = models.CharField(max_length=500, blank=True)
    live_portrait = models.ForeignKey(
        Picture, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    chip_portrait = models.ForeignKey(
        Picture, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    record_portrait = models.ForeignKey(
        Picture, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    permit = models.ForeignKey(Permit, on_delete=models.PROTECT, null=True, blank=True)
    depart_at = models.DateTimeField(null=True, blank=True)
    ground = models.CharField(max_length=64, blank=True)
    decide_by = models.DateTimeField(db_index=True)
    created_at = models.DateTimeField(db_index=True)
    stage = models.CharField(max_length=12, choices=Stage.choices, default=Stage.WAITING)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="claimed_cases",
    )
    claimed_at = models.DateTimeField(null=True, blank=True)
    claim_until = models.DateTimeField(null=True, blank=True)
    left_with_ticket = models.BooleanField(default=False)
    level = models.PositiveSmallIntegerField(default=0)
    closed_at = models.DateTimeField(null=True, blank=True)
    close_outcome = models.CharField(max_length=64, blank=True)
    version = models.BigIntegerField(default=0)

    class Meta:
        """Ticket numbers are unique on a day; queries go by stage."""

        constraints = (
            models.UniqueConstraint(fields=("ticket_day", "ticket_seq"), name="one_ticket"),
        )
        indexes = (models.Index(fields=("stage", "decide_by")),)


class Decision(models.Model):
    """What a person decided; in force only when the approvals are there."""

    class State(models.TextChoices):
        """From proposed to in force, and out of force again."""

        PROPOSED = "proposed"
        IN_FORCE = "in_force"
        REJECTED = "rejected"
        UNDONE = "undone"

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="decisions")
    kind = models.CharField(max_length=32)
    state = models.CharField(max_length=12, choices=State.choices, default=State.PROPOSED)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="decisions"
    )
    phrase = models.CharField(max_length=64, blank=True)
    words_zh_hans = models.CharField(max_length=500, blank=True)
    words_zh_hant = models.CharField(max_length=500, blank=True)
    words_en = models.CharField(max_length=500, blank=True)
    note = models.CharField(max_length=1000, blank=True)
    offer_code = models.CharField(max_length=64, blank=True)
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, null=True, blank=True)
    seen_in_person = models.BooleanField(default=False)
    approvals_needed = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField()
    in_force_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """At most one proposed or in force for a case."""

        constraints = (
            models.UniqueConstraint(
                fields=("case",),
                condition=models.Q(state__in=("proposed", "in_force")),
                name="one_live_decision",
            ),
        )
