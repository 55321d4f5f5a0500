"""The queue's page, and the parts of any page that are redrawn after a change."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_GET

from backend.accounts.services import has_right
from backend.cases.models import Case
from backend.console.case_sheet import heading_of, state_of
from backend.console.desk_tools import desk_tools
from backend.console.language import language_of
from backend.console.navigation import navigation
from backend.console.pages import frame, show, signed_in, staff_page
from backend.console.queue_filter import keep_filter, read_filter
from backend.console.queue_view import queue_context
from backend.console.shared_rows import rows_for
from backend.console.views.approvals import approval_cards
from backend.console.waiting import alerts_for, count_raised, count_unclaimed


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

    ``page`` names the page, ``case`` the case that is open on it. No evidence is among them.
    """
    user = signed_in(request)
    page = request.GET.get("page", "")
    context = frame(request, page)
    parts: dict[str, str] = {"nav": render_to_string("console/parts/nav.html", context)}
    answer: dict[str, object] = {
        "parts": parts,
        "unclaimed": count_unclaimed() if has_right(user, "view_queue") else 0,
        "raised": count_raised() if has_right(user, "view_queue") else 0,
        "alerts": [],
    }
    heard = alerts_for(user)
    answer["alerts"] = [token for token, _ in heard]
    answer["alert_words"] = {
        token: heading_of(case, language_of(request)) for token, case in heard if case is not None
    }
    if has_right(user, "view_queue"):
        current = request.GET.get("case", "")
        if read_filter(request):
            context |= queue_context(request, current)
            parts["queue-rows"] = render_to_string("console/parts/queue_rows.html", context)
        else:
            parts["queue-rows"] = rows_for(user, language_of(request), current)
        case = Case.objects.filter(id=current).first() if current else None
        if case is not None:
            answer["case_state"] = state_of(case)
    if page == "here" or (page == "queue" and not request.GET.get("case")):
        context["tools"] = desk_tools(user)
        parts["here"] = render_to_string("console/parts/here.html", context)
    if page == "approvals":
        context["cards"] = approval_cards(user, language_of(request))
        parts["approval-cards"] = render_to_string("console/parts/approval_cards.html", context)
    return JsonResponse(answer)
