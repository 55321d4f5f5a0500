"""The counter: find an application by ticket, QR or card, take its fee, and issue it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from backend.accounts.services import actor, has_right
from backend.audit.kinds import Kind
from backend.audit.services import append
from backend.cases.claims import find
from backend.cases.hands import OwnLink, has_linked
from backend.cases.queue import at_counter
from backend.console.counter_sheet import counter_card, counter_sheet, look_up
from backend.console.desk_source import may_deliver
from backend.console.language import language_of
from backend.console.pages import not_found, show, signed_in, staff_page
from backend.console.texts import say
from backend.orders.counter import (
    CodeStillOpen,
    CounterForm,
    PaidByCode,
    confirm_printed,
    issue_at_counter,
    print_at_kiosk,
    stop_payment_code,
    take_to_counter,
)
from backend.orders.refunds import refund
from backend.refusal import Refused
from backend_client.contract import RefusalCode

LIMIT = 20
REFUSED_WORDS = {
    RefusalCode.IDENTITY_MISSING: "message.seen_missing",
    RefusalCode.SETTLEMENT_MISSING: "message.fee_missing",
    RefusalCode.ALREADY_ISSUED: "message.issued_before",
    RefusalCode.NOT_ELIGIBLE: "message.not_eligible",
    RefusalCode.NO_RECORD: "message.no_record",
    RefusalCode.PAID_BEFORE: "message.paid_before",
}


@staff_page("view_queue")
@require_GET
def counter_page(request: HttpRequest) -> HttpResponse:
    """Show what waits at the counter, or what a ticket, its QR or a card number finds.

    One find opens at once for who may issue: nobody touches twice for what is clear.
    """
    wanted = (request.GET.get("find") or request.GET.get("ticket") or "").strip()[:80]
    language = language_of(request)
    found = look_up(wanted)
    if len(found) == 1 and has_right(signed_in(request), "decide"):
        return HttpResponseRedirect(reverse("console:counter_case", args=(found[0].id,)))
    context = {
        "wanted": wanted,
        "found": [counter_card(case, language) for case in found],
        "waiting": [counter_card(case, language) for case in at_counter()[:LIMIT]],
    }
    return show(request, "console/counter.html", context, page="counter")


@staff_page("decide")
@require_GET
def counter_case(request: HttpRequest, case_id: str) -> HttpResponse:
    """Show one application at the counter. It names the holder, so opening it is written down."""
    try:
        case = find(case_id)
    except Refused:
        return not_found(request)
    user = signed_in(request)
    append(Kind.EVIDENCE_OPENED, actor(user), f"case:{case.id}", picture="counter")
    context = {
        "counter": counter_sheet(case, language_of(request)),
        "own_link": has_linked(case, user.pk),
        "went_on_as": case.went_on_as.order_by("-created_at").first(),
        "deliverable": may_deliver(case, user),
        "sheet": {"case_id": case.id},
    }
    return show(request, "console/counter_case.html", context, page="counter", board_case=case.id)


@staff_page("decide")
@require_POST
def counter_take(request: HttpRequest, case_id: str) -> HttpResponse:
    """Take an undecided case to the counter."""
    try:
        take_to_counter(case_id, signed_in(request))
    except Refused as refused:
        return _refused(request, case_id, refused)
    return _back(case_id)


@staff_page("decide")
@require_POST
def stop_payment(request: HttpRequest, case_id: str) -> HttpResponse:
    """End the code on the resident's telephone, so that the fee can be taken here."""
    try:
        application = stop_payment_code(case_id, signed_in(request))
    except Refused as refused:
        return _refused(request, case_id, refused)
    key = "message.paid_by_code" if application.settled else "message.code_stopped"
    messages.success(request, say(language_of(request), key), extra_tags="good")
    return _back(case_id)


@staff_page("decide")
@require_POST
def issue(request: HttpRequest, case_id: str) -> HttpResponse:
    """Issue by ``way``: hand (recorded here), kiosk (printed there) or printed (on the card)."""
    user, form = signed_in(request), _form(request)
    way = request.POST.get("way", "hand")
    try:
        if way == "kiosk":
            print_at_kiosk(case_id, user, form, request.POST.get("kiosk", "")[:16])
        elif way == "printed":
            confirm_printed(case_id, user)
        else:
            issue_at_counter(case_id, user, form)
    except Refused as refused:
        return _refused(request, case_id, refused)
    key = "message.sent_to_kiosk" if way == "kiosk" else "message.issued"
    messages.success(request, say(language_of(request), key), extra_tags="good")
    return _back(case_id) if way == "kiosk" else HttpResponseRedirect(reverse("console:counter"))


@staff_page("decide")
@require_POST
def give_back(request: HttpRequest, case_id: str) -> HttpResponse:
    """Note that the fee was given back, and close the case."""
    try:
        refund(case_id, signed_in(request))
    except Refused as refused:
        return _refused(request, case_id, refused)
    messages.success(request, say(language_of(request), "message.refunded"), extra_tags="good")
    return HttpResponseRedirect(reverse("console:counter"))


def _form(request: HttpRequest) -> CounterForm:
    return CounterForm(
        seen_in_person=request.POST.get("seen_in_person") == "1",
        fee_taken=request.POST.get("fee_taken") == "1",
        seen_blank=request.POST.get("seen_blank") == "1",
        offer_code=request.POST.get("offer_code", "")[:64],
    )


def _refused(request: HttpRequest, case_id: str, refused: Refused) -> HttpResponse:
    if refused.code == RefusalCode.NOT_FOUND:
        return not_found(request)
    key = REFUSED_WORDS.get(refused.code, "message.issue_refused")
    if isinstance(refused, CodeStillOpen):
        key = "message.code_open"
    elif isinstance(refused, PaidByCode):
        key = "message.paid_by_code"
    elif isinstance(refused, OwnLink):
        key = "message.own_link"
    messages.warning(request, say(language_of(request), key))
    return _back(case_id)


def _back(case_id: str) -> HttpResponse:
    return HttpResponseRedirect(reverse("console:counter_case", args=(case_id,)))
