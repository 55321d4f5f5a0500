"""One's own account: password, second factor, roles that one stands in for."""

import io

import qrcode
from django.contrib import messages
from django.contrib.auth import authenticate, update_session_auth_hash
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import override
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST
from qrcode.image.svg import SvgPathImage

from backend.accounts import manage, second_factor
from backend.accounts.delegation import of_account
from backend.accounts.refused import AccountRefused
from backend.accounts.roles import own_roles
from backend.accounts.second_factor import Outcome
from backend.accounts.services import must_change_password
from backend.console.language import language_of
from backend.console.loans import loan_lines
from backend.console.pages import show, signed_in, staff_page
from backend.console.second_factor import keep_mark
from backend.console.texts import say

PENDING = "second_factor_pending"
"""Set in the session that began the enrolment: the secret is shown there and nowhere else."""


@staff_page(before_own_password=True)
@require_GET
def account_page(request: HttpRequest) -> HttpResponse:
    """Show one's own account."""
    user = signed_in(request)
    secret = second_factor.pending_secret(user) if request.session.get(PENDING) else None
    context = {
        "username": user.get_username(),
        "roles": sorted(own_roles(user)),
        "must_change": must_change_password(user),
        "loans": loan_lines(of_account(user), user),
        "secret": " ".join(_groups(secret)) if secret else "",
        "qr": _qr(second_factor.setup_address(user, secret)) if secret else "",
    }
    return show(request, "console/account.html", context, page="account")


@sensitive_post_parameters("old", "new", "again")
@staff_page(before_own_password=True)
@require_POST
def account_password(request: HttpRequest) -> HttpResponse:
    """Choose a new password."""
    user = signed_in(request)
    new = request.POST.get("new", "")[:200]
    if not _knows_password(request, user, request.POST.get("old", "")):
        return _back(request, "me.password_wrong")
    if new != request.POST.get("again", ""):
        return _back(request, "me.password_differs")
    try:
        with override(language_of(request)):
            faults = manage.choose_password(user, new)
    except AccountRefused as refused:
        return _back(request, f"accounts.{refused.reason}")
    if faults:
        for fault in faults:
            messages.warning(request, fault)
        return HttpResponseRedirect(reverse("console:account"))
    update_session_auth_hash(request, user)
    return _back(request, "me.password_set", good=True)


@sensitive_post_parameters("password")
@staff_page()
@require_POST
def factor_begin(request: HttpRequest) -> HttpResponse:
    """Begin to enrol an authenticator; the password shows that it is the account's owner."""
    user = signed_in(request)
    if second_factor.is_enrolled(user):
        return _back(request, "factor.enrolled_already")
    if not _knows_password(request, user, request.POST.get("password", "")):
        return _back(request, "me.password_wrong")
    second_factor.begin(user)
    request.session[PENDING] = True
    return HttpResponseRedirect(reverse("console:account") + "#factor")


@staff_page()
@require_POST
def factor_confirm(request: HttpRequest) -> HttpResponse:
    """Take the authenticator into use with its first code."""
    outcome = second_factor.confirm(signed_in(request), request.POST.get("code", "")[:16])
    if outcome != Outcome.PASSED:
        return _back(request, f"factor.{outcome.value}")
    request.session.pop(PENDING, None)
    keep_mark(request)
    return _back(request, "factor.in_use_now", good=True)


def _knows_password(request: HttpRequest, user: User, password: str) -> bool:
    """Check the password behind the same lock-out as signing in."""
    found = authenticate(request, username=user.get_username(), password=password[:200])
    return found is not None and found.pk == user.pk


def _groups(secret: str) -> list[str]:
    return [secret[start : start + 4] for start in range(0, len(secret), 4)]


def _qr(address: str) -> SafeString:
    """Return the address as a QR code in SVG, made here: the secret goes to no other server."""
    out = io.BytesIO()
    qrcode.make(address, image_factory=SvgPathImage, box_size=12, border=3).save(out)
    svg = out.getvalue().decode()
    return mark_safe(svg[svg.index("<svg") :])  # noqa: S308 - drawn above


def _back(request: HttpRequest, key: str, *, good: bool = False) -> HttpResponse:
    tell = messages.success if good else messages.warning
    tell(request, say(language_of(request), key), extra_tags="good" if good else "")
    return HttpResponseRedirect(reverse("console:account"))
