"""What staff do to a case: each a POST that calls one service and goes back to the page."""

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from backend.approvals import break_glass as glass
from backend.approvals import services as approvals
from backend.cases import claims, closing, decisions
from backend.cases.hands import OwnLink
from backend.console.decision_form import Missing, read_decision
from backend.console.language import language_of
from backend.console.numbers import read_number
from backend.console.pages import not_found, signed_in, staff_page
from backend.console.second_factor import demand
from backend.console.texts import say
from backend.console.waiting import display_name
from backend.records.linking import LinkCannotHold
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
    number = read_number(request.POST.get("to", ""))
    colleague = None if number is None else User.objects.filter(pk=number).first()
    if colleague is None:
        _warn(request, "message.colleague_unknown")
        return _back(case_id)
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
        _warn(request, _why_not_decided(refused))
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
    number = read_number(request.POST.get("decision", ""))
    word = request.POST.get("word", "")
    if word not in ("approve", "decline"):
        return HttpResponse(status=400)
    if number is None:
        _warn(request, "message.not_asked")
        return _back(case_id)
    granted = word == "approve"
    refusal = demand(request, f"{_page(case_id)}?look=1#decide")
    if refusal is not None:
        return refusal
    try:
        approvals.answer(number, signed_in(request), granted=granted)
    except LinkCannotHold as refused:
        return _link_fails(request, case_id, refused)
    except Refused:
        _warn(request, "message.not_asked")
        return _back(case_id)
    _tell(request, "message.approved" if granted else "message.declined")
    return HttpResponseRedirect(reverse("console:approvals"))


@staff_page("break_glass")
@require_POST
def break_glass(request: HttpRequest, case_id: str) -> HttpResponse:
    """Let the proposed decision that the page showed take effect without its approvals."""
    number = read_number(request.POST.get("decision", ""))
    if number is None:
        _warn(request, "message.not_asked")
        return _back(case_id)
    refusal = demand(request, f"{_page(case_id)}?look=1#decide")
    if refusal is not None:
        return refusal
    try:
        glass.break_glass(number, signed_in(request), request.POST.get("reason", ""))
    except LinkCannotHold as refused:
        return _link_fails(request, case_id, refused)
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


def _why_not_decided(refused: Refused) -> str:
    """Return the key of the sentence for who decided."""
    match refused:
        case OwnLink():
            return "message.own_link"
        case LinkCannotHold():
            return f"message.link_{refused.why}"
        case Refused(code=RefusalCode.NOT_ELIGIBLE):
            return "message.not_claimant"
        case _:
            return "message.stale"


def _link_fails(request: HttpRequest, case_id: str, refused: LinkCannotHold) -> HttpResponse:
    """Say why a link takes no effect, and that declining it lets the case go on."""
    _warn(request, f"message.link_{refused.why}")
    _warn(request, "message.link_decline")
    return HttpResponseRedirect(f"{_page(case_id)}?look=1#decide")


def _page(case_id: str) -> str:
    return reverse("console:case", args=(case_id,))


def _back(case_id: str) -> HttpResponse:
    return HttpResponseRedirect(_page(case_id))


def _tell(request: HttpRequest, key: str) -> None:
    messages.success(request, say(language_of(request), key), extra_tags="good")


def _warn(request: HttpRequest, key: str, **fields: object) -> None:
    messages.warning(request, say(language_of(request), key, **fields))
