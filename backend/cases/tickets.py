"""Numbers on tickets: unique on a day, whether the kiosk or the server gave them."""

from datetime import date, datetime

from django.db.models import Max
from django.utils import timezone

from backend.cases.models import Case

TICKETS_PER_LETTER = 999


def next_ticket(moment: datetime, printed: str | None) -> tuple[date, int, str]:
    """Return (day, number within it, text); ``printed`` is a ticket that is out already."""
    day = timezone.localtime(moment).date()
    last = Case.objects.filter(ticket_day=day).aggregate(last=Max("ticket_seq"))["last"] or 0
    seq = last + 1
    letter = chr(ord("A") + min(25, (seq - 1) // TICKETS_PER_LETTER))
    text = f"{letter} {(seq - 1) % TICKETS_PER_LETTER + 1:03d}"
    return day, seq, printed or text
