"""The queue's page, and the parts of any page that are redrawn after a change."""

from typing import get_args

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET

from backend.accounts.services import has_right
from backend.cases.models import Case
from backend.clock import now
from backend.config_models import Right
from backend.console.case_sheet import state_of
from backend.console.language import language_of
from backend.console.navigation import navigation
from backend.console.pages import forbidden, frame, show, signed_in, staff_page
from backend.console.queue_rows import queue_rows
from backend.console.views.approvals import approval_cards
from backend.console.waiting import alerts_for, count_unclaimed


@staff_page(*get_args(Right))
@require_GET
def queue_page(request: HttpRequest) -> HttpResponse:
    """Show the queue; who may not see it is sent to the first page that is open to them."""
    user = signed_in(request)
    if not has_right(user, "view_queue"):
        pages = navigation(user)
        return HttpResponseRedirect(pages[0].url) if pages else forbidden(request)
    rows = queue_rows(user, language_of(request), now())
    return show(request, "console/queue.html", {"rows": rows}, page="queue")


@staff_page(*get_args(Right))
@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """Return the changing parts of the page that asks, as HTML by element id.

    ``page`` names the page, ``case`` the case that is open on it. No evidence is among them.
    """
    user = signed_in(request)
    page = request.GET.get("page", "")
    context = frame(request, page)
    parts = {"nav": render_to_string("console/parts/nav.html", context)}
    answer: dict[str, object] = {
        "parts": parts,
        "unclaimed": count_unclaimed() if has_right(user, "view_queue") else 0,
        "alerts": alerts_for(user),
    }
    if has_right(user, "view_queue"):
        current = request.GET.get("case", "")
        context["rows"] = queue_rows(user, language_of(request), now(), current)
        parts["queue-rows"] = render_to_string("console/parts/queue_rows.html", context)
        case = Case.objects.filter(id=current).first() if current else None
        if case is not None:
            answer["case_state"] = state_of(case)
    if page == "approvals":
        context["cards"] = approval_cards(user, language_of(request))
        parts["approval-cards"] = render_to_string("console/parts/approval_cards.html", context)
    return JsonResponse(answer)
