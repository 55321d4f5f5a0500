"""The queue's page, and the parts of any page that are redrawn after a change."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_GET

from backend.accounts.services import has_right
from backend.cases.models import Case
from backend.console.case_sheet import state_of
from backend.console.desk_tools import desk_tools
from backend.console.language import language_of
from backend.console.navigation import navigation
from backend.console.pages import frame, show, signed_in, staff_page
from backend.console.queue_filter import keep_filter, read_filter
from backend.console.queue_view import queue_context
from backend.console.shared_rows import recent_rows, rows_for
from backend.console.views.approvals import approval_cards
from backend.console.waiting import alerts_for


@staff_page()
@require_GET
def queue_page(request: HttpRequest) -> HttpResponse:
    """Show the queue; whose work is elsewhere is sent to the first page open to them."""
    user = signed_in(request)
    if not has_right(user, "view_queue"):
        entries = navigation(user)
        return HttpResponseRedirect(entries[0].url if entries else reverse("console:account"))
    keep_filter(request)
    context = {**queue_context(request), "tools": desk_tools(user)}
    return show(request, "console/queue.html", context, page="queue")


@staff_page()
@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """Return the changing parts of the page that asks, as HTML by element id.

    ``page`` names the page, ``case`` the case that is open on it. No evidence is among them. Who
    has heard of a later ``version`` than the answer's asks again.
    """
    user, language = signed_in(request), language_of(request)
    page, current = request.GET.get("page", ""), request.GET.get("case", "")
    sees_queue = has_right(user, "view_queue")
    rows = recent_rows(language)
    context = frame(request, page, seen=rows.seen)
    parts: dict[str, str] = {"nav": render_to_string("console/parts/nav.html", context)}
    heard = alerts_for(user, rows.seen)
    answer: dict[str, object] = {
        "version": rows.version,
        "parts": parts,
        "unclaimed": rows.seen.unclaimed if sees_queue else 0,
        "raised": rows.seen.late if sees_queue else 0,
        "alerts": [token for token, _ in heard],
        "alert_words": {token: rows.heading(case) for token, case in heard if case is not None},
    }
    if sees_queue:
        if read_filter(request):
            parts["queue-rows"] = str(queue_context(request, current)["queue_rows"])
        else:
            parts["queue-rows"] = rows_for(user, rows, current)
        case = Case.objects.filter(id=current).first() if current else None
        if case is not None:
            answer["case_state"] = state_of(case)
    if page == "here" or (page == "queue" and not current):
        parts["here"] = rows.people
    if page == "approvals":
        context["cards"] = approval_cards(user, language)
        parts["approval-cards"] = render_to_string("console/parts/approval_cards.html", context)
    return JsonResponse(answer)
