"""Calls, visits and deliveries: typed in here, shown here, turned into one another here."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from backend.accounts import presence
from backend.accounts.services import has_right
from backend.cases.claims import find
from backend.cases.desk_requests import (
    AT_KIOSK,
    change_desk_case,
    may_change,
    may_read,
    open_desk_case,
    turn,
)
from backend.cases.models import Case
from backend.cases.reasons import TURNS, StaffReason, is_typed_in
from backend.clock import now
from backend.config import hall
from backend.console.case_sheet import case_sheet
from backend.console.desk_form import DeskForm, typed_before
from backend.console.desk_sheet import form_fields, initial_of, typed_lines
from backend.console.desk_source import find_source, known_from, may_deliver
from backend.console.desk_tools import desk_tools, may_take_over, receivers
from backend.console.handovers import handovers_of
from backend.console.language import language_of
from backend.console.options import options_for
from backend.console.pages import not_found, show, signed_in, staff_page
from backend.console.queue_view import queue_context
from backend.console.texts import say
from backend.console.typed_reading import note_look, note_reading
from backend.refusal import Refused
from backend_client.contract import RefusalCode


@staff_page("claim")
@require_http_methods(["GET", "POST"])
def new_case(request: HttpRequest, kind: str) -> HttpResponse:
    """Show the form of a kind, or put what was typed into the queue."""
    reason = next((known for known in StaffReason if known.value == kind), None)
    if reason is None:
        return not_found(request)
    user, language = signed_in(request), language_of(request)
    source = find_source(request.GET.get("from", ""), user)
    known = known_from(source, user, language) if source else {}
    if request.method == "POST":
        form = DeskForm(reason, request.POST)
        if form.is_valid():
            came_from = source.id if source else None
            case = open_desk_case(reason, user, form.wanted(known), came_from)
            _tell(request, "message.entered")
            return HttpResponseRedirect(reverse("console:case", args=(case.id,)))
        return _form_page(request, form, None, source)
    if source is not None:
        note_look(source, user)
    form = DeskForm(reason, initial={"language": "zh-Hans", **known})
    return _form_page(request, form, None, source)


@staff_page("claim")
@require_http_methods(["GET", "POST"])
def edit_case(request: HttpRequest, case_id: str) -> HttpResponse:
    """Show what was typed to be changed, or store the change."""
    user = signed_in(request)
    try:
        case = find(case_id)
        if not is_typed_in(case.reason) or not may_read(case, user):
            return not_found(request)
        reason = StaffReason(case.reason)
        if request.method == "GET":
            note_reading(case, user)
            return _form_page(request, DeskForm(reason, initial=initial_of(case)), case)
        form = DeskForm(reason, request.POST, initial=initial_of(case))
        if not form.is_valid():
            return _form_page(request, form, case)
        change_desk_case(case_id, user, form.wanted(typed_before(case)))
    except Refused as refused:
        return _refused(request, case_id, refused)
    _tell(request, "message.changed")
    return HttpResponseRedirect(reverse("console:case", args=(case_id,)))


@staff_page("claim")
@require_POST
def turn_case(request: HttpRequest, case_id: str) -> HttpResponse:
    """Let the matter become another kind; what is missing for it is asked at once."""
    into = next((r for r in StaffReason if r.value == request.POST.get("into")), None)
    if into is None:
        return HttpResponse(status=400)
    try:
        turn(case_id, signed_in(request), into)
    except Refused as refused:
        return _refused(request, case_id, refused)
    _tell(request, "message.turned")
    return HttpResponseRedirect(reverse("console:edit_case", args=(case_id,)))


def desk_case_page(request: HttpRequest, case: Case) -> HttpResponse:
    """Show a case that was typed in; its content to whom it is open, to others its head."""
    user, language, moment = signed_in(request), language_of(request), now()
    sheet = case_sheet(case, user, language, moment)
    opened = may_read(case, user)
    if not opened and request.GET.get("look") and has_right(user, "open_any_evidence"):
        note_look(case, user)
        opened = True
    elif opened:
        note_reading(case, user)
    request_ = case.request if hasattr(case, "request") else None
    context: dict[str, object] = {
        **queue_context(request, case.id),
        "sheet": sheet,
        "opened": opened,
        "topic": request_.topic if request_ else "",
        "lines": typed_lines(case, language) if opened and request_ else [],
        "erased": request_ is None,
        "may_edit": may_change(case, user),
        "deliverable": may_deliver(case, user),
        "at_kiosk": opened and sheet.open and StaffReason(case.reason) in AT_KIOSK,
        "card_number": case.card_number,
        "turns": TURNS[StaffReason(case.reason)] if sheet.mine else (),
        "options": options_for(case, user, language) if sheet.mine else [],
        "receivers": receivers(case, user, language),
        "may_take_over": may_take_over(case, user),
        "may_look": not opened and sheet.open and has_right(user, "open_any_evidence"),
        "may_close": has_right(user, "decide") and (sheet.closable or sheet.mine),
        "came_from": case.came_from,
        "handovers": handovers_of(case),
        "went_on_as": case.went_on_as.order_by("-created_at").first(),
        "renew_every_s": hall().timers.claim_renew_every_s,
        "lease_minutes": round(hall().timers.claim_lease_s / 60),
    }
    return show(request, "console/desk_case.html", context, page="queue", board_case=case.id)


@staff_page()
@require_GET
def here_page(request: HttpRequest) -> HttpResponse:
    """Show who is here, and let this person say where they sit and whether they are away."""
    context = {"tools": desk_tools(signed_in(request))}
    return show(request, "console/here.html", context, page="here")


@staff_page()
@require_POST
def set_here(request: HttpRequest) -> HttpResponse:
    """Note that this person is away, back, or at another desk."""
    user = signed_in(request)
    if "desk" in request.POST:
        presence.set_desk(user, request.POST["desk"])
    if "away" in request.POST:
        presence.set_away(user, away=request.POST["away"] == "1")
    page = "queue" if has_right(user, "view_queue") else "here"
    return HttpResponseRedirect(reverse(f"console:{page}"))


def _form_page(
    request: HttpRequest, form: DeskForm, case: Case | None, source: Case | None = None
) -> HttpResponse:
    context = {
        "kind": form.reason.value,
        "fields": form_fields(form, language_of(request)),
        "case_id": case.id if case else "",
        "source": source,
        "wrong": form.is_bound and bool(form.errors),
    }
    return show(request, "console/desk_form.html", context, page="queue")


def _refused(request: HttpRequest, case_id: str, refused: Refused) -> HttpResponse:
    if refused.code == RefusalCode.NOT_FOUND:
        return not_found(request)
    messages.warning(request, say(language_of(request), "message.stale"))
    return HttpResponseRedirect(reverse("console:case", args=(case_id,)))


def _tell(request: HttpRequest, key: str) -> None:
    messages.success(request, say(language_of(request), key), extra_tags="good")
