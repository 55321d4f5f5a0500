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
UNCLOSED = (*OPEN_STAGES, Stage.DECIDED)
"""Named, because "not closed" would look at a year of closed ones."""


class IsOpen(models.Func):
    """The condition that a case is in one of ``OPEN_STAGES``, with their names written out.

    As parameters they are unknown when a statement is planned that will be used again: neither
    database then takes an index that holds open cases only, and walks through closed ones.
    """

    template = "%(expressions)s IN ({})".format(", ".join(f"'{stage}'" for stage in OPEN_STAGES))
    output_field = models.BooleanField()

    def __init__(self) -> None:
        super().__init__("stage")


OPEN_ONLY = models.Q(stage__in=("waiting", "claimed", "approval"))
"""For the condition of an index: as ``IsOpen``."""


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
    handed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="who handed it to the claimant, until the claimant has looked",
    )
    waiting_since = models.DateTimeField(
        null=True, blank=True, help_text="since when it is unclaimed again; null: since it opened"
    )
    rest_until = models.DateTimeField(
        null=True, blank=True, help_text="planned: nothing is to be done before, no timer runs"
    )
    came_from = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="went_on_as"
    )
    level = models.PositiveSmallIntegerField(default=0)
    alarm = models.CharField(max_length=64, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    close_outcome = models.CharField(max_length=64, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)
    version = models.BigIntegerField(default=0)

    class Meta:
        """Ticket numbers are unique on a day; no query walks through what is closed."""

        constraints = (
            models.UniqueConstraint(fields=("ticket_day", "ticket_seq"), name="one_ticket"),
        )
        indexes = (
            models.Index(fields=("stage", "decide_by")),
            models.Index(fields=("stage", "created_at"), name="case_stage_created"),
            models.Index(fields=("kiosk", "visit_id"), name="case_visit"),
            models.Index(
                fields=("decide_by", "created_at", "id"),
                condition=OPEN_ONLY,
                name="case_open",
            ),
            models.Index(
                fields=("decide_by", "created_at", "id"),
                condition=OPEN_ONLY & models.Q(level__gt=0),
                name="case_raised",
            ),
            # All that is counted, so that the table itself is not read.
            models.Index(
                fields=("kiosk", "stage", "level", "rest_until"),
                condition=OPEN_ONLY,
                name="case_counts",
            ),
            models.Index(
                fields=("closed_at",), condition=models.Q(erased_at=None), name="case_to_erase"
            ),
        )


class DeskRequest(models.Model):
    """What staff typed in for a case that no kiosk opened. Erased with the case's evidence."""

    class Status(models.TextChoices):
        """How far a visit or a delivery is."""

        OPEN = "open"
        PLANNED = "planned"
        UNDER_WAY = "under_way"
        DONE = "done"
        FAILED = "failed"

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="request")
    topic = models.CharField(max_length=60, help_text="shown in the queue; names nobody")
    person = models.CharField(max_length=60, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    words = models.CharField(max_length=1000, blank=True)
    address = models.CharField(max_length=200, blank=True)
    appointment_at = models.DateTimeField(null=True, blank=True, db_index=True)
    goes = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="errands",
    )
    recipient = models.CharField(max_length=60, blank=True)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.OPEN)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )


class Alarm(models.Model):
    """One timer that ran out on one case; ``reference`` is the moment it counted from."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="alarms")
    code = models.CharField(max_length=64)
    reference = models.DateTimeField()
    level = models.PositiveSmallIntegerField()
    at = models.DateTimeField(db_index=True)

    class Meta:
        """A timer rings once for each moment it counts from."""

        constraints = (
            models.UniqueConstraint(fields=("case", "code", "reference"), name="rings_once"),
        )


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


class RecordLink(models.Model):
    """What a decision in force changed on record for its case's card, and what was there before.

    ``made_permit``: the card was not on record. A later link of the same card takes this over
    where this one is taken back, so that nothing returns that was already replaced.
    """

    decision = models.OneToOneField(Decision, on_delete=models.CASCADE, related_name="link")
    card_number = models.CharField(max_length=9, db_index=True)
    made_permit = models.BooleanField()
    resident_before = models.ForeignKey(
        Resident, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    valid_until_before = models.DateField(null=True, blank=True)
