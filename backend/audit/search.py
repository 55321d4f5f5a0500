"""Find events by kind, day, subject and actor; newest first, a page at a time."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from backend.audit.models import AuditEvent


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for; an empty field asks for nothing. ``before`` is an event's number."""

    kind: str = ""
    day: date | None = None
    subjects: tuple[str, ...] = ()
    actor: str = ""
    before: int | None = None


def find_events(search: Search) -> QuerySet[AuditEvent]:
    """Return the events that fit, the newest first."""
    events = AuditEvent.objects.order_by("-seq")
    if search.kind:
        events = events.filter(kind=search.kind)
    if search.day is not None:
        first, end = day_bounds(search.day)
        events = events.filter(at__gte=_stamp(first), at__lt=_stamp(end))
    if search.subjects:
        named = Q(subject__in=search.subjects)
        # The subject of what concerns a case's card or order is another; its facts name the case.
        for subject in search.subjects:
            kind, _, name = subject.partition(":")
            if kind == "case" and name:
                named |= Q(facts__contains=f'"case": "{name}"')
        events = events.filter(named)
    if search.actor:
        events = events.filter(actor=search.actor)
    if search.before is not None:
        events = events.filter(seq__lt=search.before)
    return events


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """Return the first moment of a day of the hall, and that of the next."""
    zone = timezone.get_default_timezone()
    first = datetime.combine(day, time(), zone)
    return first, datetime.combine(day + timedelta(days=1), time(), zone)


def _stamp(moment: datetime) -> str:
    """Return a moment as the chain writes it, so that both compare as text."""
    return moment.astimezone(UTC).isoformat()
