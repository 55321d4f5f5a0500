"""Roles lent while their holder is away: what runs, lend one, end one."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.timezone import is_aware, localtime, make_aware
from django.views.decorators.http import require_GET, require_POST

from backend.accounts.delegation import (
    Loan,
    current,
    end,
    lend,
    lendable_roles,
    of_account,
    receivers_for,
)
from backend.accounts.refused import AccountRefused
from backend.accounts.services import has_right
from backend.clock import now
from backend.console.language import language_of
from backend.console.loans import loan_lines
from backend.console.numbers import read_number
from backend.console.pages import show, signed_in, staff_page
from backend.console.second_factor import demand
from backend.console.texts import say, say_code
from backend.console.waiting import display_name

FIELD_TIME = "%Y-%m-%dT%H:%M"
USUAL_SPAN = timedelta(hours=8)


@dataclass(frozen=True, slots=True)
class Pick:
    """One entry of a list to choose from."""

    value: str
    text: str


@staff_page("approve", "delegate")
@require_GET
def delegations_page(request: HttpRequest) -> HttpResponse:
    """Show the loans, and the form for another."""
    user = signed_in(request)
    loans = current() if has_right(user, "delegate") else of_account(user)
    lenders = _lenders(user)
    language = language_of(request)
    receivers = {
        receiver.pk: receiver
        for lender in lenders
        for role in lendable_roles(lender)
        for receiver in receivers_for(role, lender)
        if receiver.pk != user.pk
    }
    start = localtime(now())
    context = {
        "loans": loan_lines(loans, user),
        "may_review": has_right(user, "review"),
        "lenders": [
            Pick(
                f"{lender.pk}:{role}",
                f"{display_name(lender)} · {say_code(language, 'role', role)}",
            )
            for lender in lenders
            for role in lendable_roles(lender)
        ],
        "receivers": [Pick(str(pk), display_name(person)) for pk, person in receivers.items()],
        "starts_at": start.strftime(FIELD_TIME),
        "ends_at": (start + USUAL_SPAN).strftime(FIELD_TIME),
    }
    return show(request, "console/delegations.html", context, page="approvals")


@staff_page("approve", "delegate")
@require_POST
def delegation_make(request: HttpRequest) -> HttpResponse:
    """Lend a role."""
    page = reverse("console:delegations")
    refusal = demand(request, page)
    if refusal is not None:
        return refusal
    loan = _read(request)
    if loan is None:
        return _back(request, "accounts.times_unfit")
    try:
        lend(loan, signed_in(request))
    except AccountRefused as refused:
        return _back(request, f"accounts.{refused.reason}")
    return _back(request, "delegation.made", good=True)


@staff_page("view_queue", "view_fleet", "view_audit")
@require_POST
def delegation_end(request: HttpRequest, number: int) -> HttpResponse:
    """End a loan now."""
    try:
        end(number, signed_in(request))
    except AccountRefused as refused:
        return _back(request, f"accounts.{refused.reason}")
    return _back(request, "delegation.ended", good=True)


def _lenders(user: User) -> list[User]:
    if not has_right(user, "delegate"):
        return [user]
    others = User.objects.filter(is_active=True).exclude(pk=user.pk).order_by("username")
    return [person for person in (user, *others) if lendable_roles(person)]


def _read(request: HttpRequest) -> Loan | None:
    """Return the loan of the form; None when a part of it is none."""
    number, _, role = request.POST.get("lender", "").partition(":")
    lender, receiver = _person(number), _person(request.POST.get("receiver", ""))
    starts, ends = _moment(request.POST.get("starts_at")), _moment(request.POST.get("ends_at"))
    if lender is None or receiver is None or starts is None or ends is None:
        return None
    return Loan(lender, receiver, role[:64], starts, ends)


def _person(text: str) -> User | None:
    number = read_number(text)
    return None if number is None else User.objects.filter(pk=number).first()


def _moment(text: str | None) -> datetime | None:
    """Return a moment typed in the hall's time; None for what is none or out of the calendar."""
    try:
        moment = datetime.fromisoformat((text or "")[:40])
        aware = moment if is_aware(moment) else make_aware(moment)
        return aware if 2000 < aware.year < 9000 else None
    except (ValueError, OverflowError):
        return None


def _back(request: HttpRequest, key: str, *, good: bool = False) -> HttpResponse:
    tell = messages.success if good else messages.warning
    tell(request, say(language_of(request), key), extra_tags="good" if good else "")
    user = signed_in(request)
    may = has_right(user, "approve") or has_right(user, "delegate")
    return HttpResponseRedirect(reverse("console:delegations" if may else "console:account"))
