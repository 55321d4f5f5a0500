"""The audit's page: search, verify, and take a day away as a file."""

from collections.abc import Iterator
from datetime import date
from urllib.parse import urlencode

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from backend.accounts.services import actor
from backend.audit.chain import Head
from backend.audit.export import export_lines
from backend.audit.kinds import Kind
from backend.audit.search import Search, find_events
from backend.audit.services import append, head, links, verify
from backend.console.audit_rows import audit_rows, read_search
from backend.console.language import language_of
from backend.console.pages import not_found, show, signed_in, staff_page
from backend.console.texts import say_code
from backend.reports.services import signed_heads

FIELDS = ("kind", "day", "about", "actor")
PAGE = 50
FAULTS_SHOWN = 10


@staff_page("view_audit")
@require_GET
def audit_page(request: HttpRequest) -> HttpResponse:
    """Show what was searched for, the newest first."""
    return _page(request, {})


@staff_page("view_audit")
@require_POST
def verify_chain(request: HttpRequest) -> HttpResponse:
    """Walk the whole chain against the heads of closed days, and show what was found."""
    verdict = verify(signed_heads())
    append(
        Kind.AUDIT_VERIFIED,
        actor(signed_in(request)),
        "audit:chain",
        events=verdict.events,
        faults=len(verdict.faults),
    )
    faults = verdict.faults[:FAULTS_SHOWN]
    return _page(request, {"verdict": verdict, "faults": faults})


@staff_page("view_audit")
@require_POST
def export_day(request: HttpRequest) -> HttpResponse:
    """Return one day's events as a file that is checked without the server."""
    search, read = read_search(request.POST.dict())
    if search.day is None or not read:
        return not_found(request)
    with transaction.atomic():
        append(
            Kind.AUDIT_EXPORTED,
            actor(signed_in(request)),
            "audit:chain",
            day=search.day.isoformat(),
        )
        text = "\n".join(_lines_of(search.day)) + "\n"
    answer = HttpResponse(text, content_type="application/x-ndjson")
    name = f"audit-{search.day:%Y%m%d}.jsonl"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _lines_of(day: date) -> Iterator[str]:
    events = find_events(Search(day=day))
    first, last = events.last(), events.first()
    if first is None or last is None:
        return export_lines((), head())
    start = Head(first.seq - 1, first.prev_hash)
    return export_lines(links(start.seq, last.seq), start)


def _page(request: HttpRequest, found: dict[str, object]) -> HttpResponse:
    typed = request.GET.dict()
    language = language_of(request)
    search, read = read_search(typed)
    events = list(find_events(search)[: PAGE + 1])
    asked = {name: typed[name] for name in FIELDS if typed.get(name)}
    older = ""
    if len(events) > PAGE:
        older = f"{reverse('console:audit')}?{urlencode({**asked, 'before': events[PAGE - 1].seq})}"
    context = {
        "rows": audit_rows(events[:PAGE], language),
        "kinds": [(kind.value, say_code(language, "audit_kind", kind.value)) for kind in Kind],
        "asked": asked,
        "unread": not read,
        "older": older,
        "head": head(),
        "day": search.day,
        **found,
    }
    return show(request, "console/audit.html", context, page="audit")
