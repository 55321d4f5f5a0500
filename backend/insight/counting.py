"""What the comparisons of late were: at this kiosk, in the hall, and of this card elsewhere."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q
from django.utils.timezone import localtime

from backend.config import hall
from backend.fleet.models import Kiosk
from backend.insight.models import Comparison, Incident
from backend.insight.verdict import prior_rate, stands_out
from backend.insight.wilson import Rate


@dataclass(frozen=True, slots=True)
class KioskCount:
    """A kiosk's windows of its newest visits, and all that it compared within the time looked at.

    ``people`` is how many different cards failed in each window.
    """

    windows: tuple[Rate, ...]
    people: tuple[int, ...]
    total: Rate


def since_of(kiosk: Kiosk, now: datetime) -> datetime:
    """Return from when a kiosk's visits count: of late, and after its last incident was mended."""
    since = now - timedelta(hours=hall().insight.window_h)
    mended = (
        Incident.objects.filter(kiosk=kiosk, closed_at__isnull=False)
        .order_by("-closed_at")
        .values_list("closed_at", flat=True)
        .first()
    )
    return max(since, mended) if mended else since


def count_kiosk(kiosk: Kiosk, now: datetime, without_card: str = "") -> KioskCount:
    """Count a kiosk's visits of late, those of ``without_card`` left out."""
    rows = Comparison.objects.filter(kiosk=kiosk, at__gt=since_of(kiosk, now), at__lte=now)
    if without_card:
        rows = rows.exclude(card_number=without_card)
    config = hall().insight
    newest = list(rows.order_by("-at", "-id").values_list("failed", "card_number"))
    windows, people = [], []
    for length in config.windows:
        part = newest[:length]
        failed = [card for was_failed, card in part if was_failed]
        windows.append(Rate(len(failed), len(part)))
        people.append(len(set(failed)))
    total = Rate(sum(1 for was_failed, _ in newest if was_failed), len(newest))
    return KioskCount(tuple(windows), tuple(people), total)


def count_hall(kiosk: Kiosk, now: datetime) -> Rate:
    """Count all other kiosks' visits of late, those with an open incident left out."""
    counted = Comparison.objects.filter(
        at__gt=now - timedelta(hours=hall().insight.window_h), at__lte=now
    )
    broken = Incident.objects.filter(closed_at__isnull=True).values("kiosk_id")
    totals = (
        counted.exclude(kiosk=kiosk)
        .exclude(kiosk__in=broken)
        .aggregate(compared=Count("id"), failed=Count("id", filter=Q(failed=True)))
    )
    return Rate(totals["failed"], totals["compared"])


def is_suspect(kiosk: Kiosk, now: datetime, without_card: str = "") -> bool:
    """Say whether a kiosk stands out enough to doubt what it measured."""
    config = hall().insight
    here = count_kiosk(kiosk, now, without_card).windows
    return stands_out(here, count_hall(kiosk, now), config.suspect, prior_rate(config))


def of_card_today(card_number: str, now: datetime) -> list[Comparison]:
    """Return today's comparisons of one card at any kiosk, the earliest first."""
    if not card_number:
        return []
    midnight = localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return list(
        Comparison.objects.filter(card_number=card_number, at__gte=midnight)
        .select_related("kiosk")
        .order_by("at", "id")
    )
