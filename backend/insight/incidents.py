"""Raise a kiosk whose failed comparisons stand out to the technicians, until it is mended."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet

from backend.accounts.services import actor, has_right
from backend.audit.kinds import Kind
from backend.audit.services import append
from backend.clock import now
from backend.config import hall
from backend.fleet.models import Kiosk
from backend.insight.counting import count_hall, count_kiosk
from backend.insight.models import Incident
from backend.insight.verdict import prior_rate, stands_out
from backend.live.services import bump
from backend.refusal import Refused
from backend_client.contract import RefusalCode


def open_incidents() -> QuerySet[Incident]:
    """Return the incidents that technicians have to look after."""
    return Incident.objects.filter(closed_at__isnull=True).select_related("kiosk").order_by("id")


def raise_if_standing_out(kiosk: Kiosk, moment: datetime) -> Incident | None:
    """Open an incident when a kiosk's newest visits fail more than the hall's; once while it is so.

    One person who tries again and again accuses no machine: different cards must have failed.
    """
    config = hall().insight
    if Incident.objects.filter(kiosk=kiosk, closed_at__isnull=True).exists():
        return None
    counted, elsewhere = count_kiosk(kiosk, moment), count_hall(kiosk, moment)
    least = config.incident.min_failed
    pairs = zip(counted.windows, counted.people, strict=True)
    here = tuple(rate for rate, people in pairs if people >= least)
    if not stands_out(here, elsewhere, config.incident, prior_rate(config)):
        return None
    shown = max(here, key=lambda rate: rate.share)
    incident, made = Incident.objects.get_or_create(
        kiosk=kiosk,
        closed_at__isnull=True,
        defaults={
            "opened_at": moment,
            "failed": shown.failed,
            "compared": shown.compared,
            "hall_failed": elsewhere.failed,
            "hall_compared": elsewhere.compared,
        },
    )
    if not made:
        return None
    append(
        Kind.INCIDENT_OPENED,
        "system",
        f"kiosk:{kiosk.id}",
        incident=incident.pk,
        failed=shown.failed,
        compared=shown.compared,
    )
    bump()
    return incident


def close_incident(incident_id: int, user: User) -> Incident:
    """Note that the kiosk is mended; its visits are counted anew from now on.

    Raises Refused NOT_ELIGIBLE, NOT_FOUND.
    """
    if not (has_right(user, "release_card") or has_right(user, "manage")):
        raise Refused(RefusalCode.NOT_ELIGIBLE, "this account may not close incidents")
    with transaction.atomic():
        incident = open_incidents().filter(id=incident_id).first()
        if incident is None:
            raise Refused(RefusalCode.NOT_FOUND, "no such open incident")
        incident.closed_at = now()
        incident.closed_by = user
        incident.save(update_fields=["closed_at", "closed_by"])
        append(
            Kind.INCIDENT_CLOSED, actor(user), f"kiosk:{incident.kiosk_id}", incident=incident.pk
        )
        bump()
    return incident
