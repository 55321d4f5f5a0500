"""What staff do to a case: each a POST that calls one service and goes back to the page."""

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from backend.approvals import break_glass as glass
from backend.approvals import services as approvals
from backend.cases import claims, closing, decisions
from backend.console.decision_form import Missing, read_decision
from backend.console.language import language_of
from backend.console.pages import not_found, signed_in, staff_page
from backend.console.second_factor import demand
from backend.console.texts import say
from backend.console.waiting import display_name
from backend.refusal import Refused
from backend_client.contract import RefusalCode


@staff_page("claim")
@require_POST
def claim(request: HttpRequest, case_id: str) -> HttpResponse:
    """Claim the case; when somebody was faster, say who."""
    try:
        claims.claim(case_id, signed_in(request))
    except claims.Taken as taken:
        _warn(request, "message.lost_claim", name=taken.holder)
    except Refused as refused:
        if refused.code == RefusalCode.NOT_FOUND:
            return not_found(request)
        _warn(request, "message.stale")
    return _back(case_id)


@staff_page("claim")
@require_POST
def renew(request: HttpRequest, case_id: str) -> HttpResponse:
    """Keep the claim; 409 tells the page that it is lost."""
    kept = claims.renew(case_id, signed_in(request))
    return HttpResponse(status=204 if kept else 409)


@staff_page("claim")
@require_POST
def release(request: HttpRequest, case_id: str) -> HttpResponse:
    """Give the case back to the queue."""
    if claims.release(case_id, signed_in(request)):
        _tell(request, "message.released")
    else:
        _warn(request, "message.stale")
    return HttpResponseRedirect(reverse("console:queue"))


@staff_page("claim")
@require_POST
def hand_over(request: HttpRequest, case_id: str) -> HttpResponse:
    """Give the case to the colleague who was named."""
    number = request.POST.get("to", "")
    known = number.isascii() and number.isdigit() and len(number) < 16
    colleague = User.objects.filter(pk=int(number)).first() if known else None
    if colleague is None:
        return HttpResponse(status=400)
    name = display_name(colleague)
    try:
        claims.hand_over(case_id, signed_in(request), colleague)
    except Refused as refused:
        if refused.code == RefusalCode.NOT_FOUND:
            return not_found(request)
        _warn(request, "message.not_handed", name=name)
        return _back(case_id)
    messages.success(
        request, say(language_of(request), "message.handed", name=name), extra_tags="good"
    )
    return HttpResponseRedirect(reverse("console:queue"))


@staff_page("take_over")
@require_POST
def take_over(request: HttpRequest, case_id: str) -> HttpResponse:
    """Take the case from whoever has it."""
    try:
        claims.take_over(case_id, signed_in(request))
    except Refused as refused:
        if refused.code == RefusalCode.NOT_FOUND:
            return not_found(request)
        _warn(request, "message.stale")
        return _back(case_id)
    _tell(request, "message.taken_over")
    return _back(case_id)


@staff_page("decide")
@require_POST
def decide(request: HttpRequest, case_id: str) -> HttpResponse:
    """Decide the case."""
    try:
        what = read_decision(claims.find(case_id), request.POST)
        if isinstance(what, Missing):
            _warn(request, what.key)
            kind = request.POST.get("kind", "")
            return HttpResponseRedirect(f"{_page(case_id)}?decide={kind[:32]}#decide")
        decisions.decide(case_id, signed_in(request), what)
    except Refused as refused:
        if refused.code == RefusalCode.NOT_FOUND:
            return not_found(request)
        key = "not_claimant" if refused.code == RefusalCode.NOT_ELIGIBLE else "stale"
        _warn(request, f"message.{key}")
        return _back(case_id)
    _tell(request, "message.decided")
    return _back(case_id)


@staff_page("decide")
@require_POST
def undo(request: HttpRequest, case_id: str) -> HttpResponse:
    """Take the decision back."""
    try:
        decisions.undo(case_id, signed_in(request))
    except Refused as refused:
        if refused.code == RefusalCode.NOT_FOUND:
            return not_found(request)
        _warn(request, "message.undo_late")
        return _back(case_id)
    _tell(request, "message.undone")
    return _back(case_id)


@staff_page("approve")
@require_POST
def answer(request: HttpRequest, case_id: str) -> HttpResponse:
    """Approve or decline the proposed decision that the page showed."""
    number = request.POST.get("decision", "")
    word = request.POST.get("word", "")
    if not (number.isascii() and number.isdigit()) or word not in ("approve", "decline"):
        return HttpResponse(status=400)
    granted = word == "approve"
    refusal = demand(request, f"{_page(case_id)}?look=1#decide")
    if refusal is not None:
        return refusal
    try:
        approvals.answer(int(number), signed_in(request), granted=granted)
    except Refused:
        _warn(request, "message.not_asked")
        return _back(case_id)
    _tell(request, "message.approved" if granted else "message.declined")
    return HttpResponseRedirect(reverse("console:approvals"))


@staff_page("break_glass")
@require_POST
def break_glass(request: HttpRequest, case_id: str) -> HttpResponse:
    """Let the proposed decision that the page showed take effect without its approvals."""
    number = request.POST.get("decision", "")
    if not (number.isascii() and number.isdigit()):
        return HttpResponse(status=400)
    refusal = demand(request, f"{_page(case_id)}?look=1#decide")
    if refusal is not None:
        return refusal
    try:
        glass.break_glass(int(number), signed_in(request), request.POST.get("reason", ""))
    except Refused as refused:
        short = refused.code == RefusalCode.BAD_REQUEST
        _warn(request, "message.glass_reason_missing" if short else "message.not_asked")
        return HttpResponseRedirect(f"{_page(case_id)}?look=1#decide" if short else _page(case_id))
    _tell(request, "message.glass_broken")
    return _back(case_id)


@staff_page("decide")
@require_POST
def close(request: HttpRequest, case_id: str) -> HttpResponse:
    """Close a case whose matter is done or whose resident is gone."""
    try:
        closing.close_by_staff(case_id, signed_in(request), "closed_by_staff")
    except Refused as refused:
        if refused.code == RefusalCode.NOT_FOUND:
            return not_found(request)
        _warn(request, "message.stale")
        return _back(case_id)
    _tell(request, "message.closed")
    return HttpResponseRedirect(reverse("console:queue"))


def _page(case_id: str) -> str:
    return reverse("console:case", args=(case_id,))


def _back(case_id: str) -> HttpResponse:
    return HttpResponseRedirect(_page(case_id))


def _tell(request: HttpRequest, key: str) -> None:
    messages.success(request, say(language_of(request), key), extra_tags="good")


def _warn(request: HttpRequest, key: str, **fields: object) -> None:
    messages.warning(request, say(language_of(request), key, **fields))
