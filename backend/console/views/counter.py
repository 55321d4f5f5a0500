"""The counter: what was sent to it, and any case by the number on its ticket."""

from dataclasses import dataclass

from django.db.models import Value
from django.db.models.functions import Replace, Upper
from django.http import HttpRequest, HttpResponse
from django.utils.timezone import localtime
from django.views.decorators.http import require_GET

from backend.cases.models import Case
from backend.cases.queue import at_counter
from backend.console.case_sheet import heading_of
from backend.console.language import language_of
from backend.console.pages import show, staff_page

LIMIT = 20


@dataclass(frozen=True, slots=True)
class CounterCard:
    """One case in a list; it names nobody."""

    case_id: str
    heading: str
    reason: str
    stage: str
    at: str


@staff_page("view_queue")
@require_GET
def counter_page(request: HttpRequest) -> HttpResponse:
    """Show what waits at the counter, or the cases that have a ticket's number."""
    ticket = request.GET.get("ticket", "").strip()[:16]
    language = language_of(request)
    context = {
        "ticket": ticket,
        "found": [_card(case, language) for case in _by_ticket(ticket)],
        "waiting": [_card(case, language) for case in at_counter()[:LIMIT]],
    }
    return show(request, "console/counter.html", context, page="counter")


def _by_ticket(ticket: str) -> list[Case]:
    """Return the newest cases with this number; blanks and letter case do not matter."""
    wanted = ticket.replace(" ", "").upper()
    if not wanted:
        return []
    plain = Upper(Replace("ticket", Value(" "), Value("")))
    return list(
        Case.objects.annotate(plain=plain)
        .filter(plain=wanted)
        .select_related("kiosk", "application")
        .order_by("-created_at")[:LIMIT]
    )


def _card(case: Case, language: str) -> CounterCard:
    return CounterCard(
        case_id=case.id,
        heading=heading_of(case, language),
        reason=case.reason,
        stage=case.stage,
        at=f"{localtime(case.created_at):%m-%d %H:%M}",
    )
