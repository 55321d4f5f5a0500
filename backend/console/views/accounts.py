"""Accounts and roles, for administrators. What is set here is in the audit."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from backend.accounts import manage, second_factor
from backend.accounts.manage import AccountFacts
from backend.accounts.models import StaffProfile
from backend.accounts.refused import AccountRefused
from backend.accounts.roles import own_roles
from backend.config import hall
from backend.console.language import language_of
from backend.console.pages import not_found, show, signed_in, staff_page
from backend.console.second_factor import demand
from backend.console.texts import say, say_code
from backend.console.waiting import display_name


@dataclass(frozen=True, slots=True)
class RoleBox:
    """One role to tick, with what it may."""

    code: str
    title: str
    rights: str
    held: bool


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One account."""

    id: int
    username: str
    name: str
    roles: str
    desk: str
    locked: bool
    factor: bool
    last_login: datetime | None


@staff_page("manage")
@require_GET
def accounts_page(request: HttpRequest) -> HttpResponse:
    """Show all accounts, and the form for a new one."""
    return _list(request)


@staff_page("manage")
@require_POST
def account_create(request: HttpRequest) -> HttpResponse:
    """Create an account; its first password is on the page that answers, once."""
    page = reverse("console:accounts")
    refusal = demand(request, page)
    if refusal is not None:
        return refusal
    username = request.POST.get("username", "").strip()
    try:
        user, password = manage.create(username, _facts(request), signed_in(request))
    except AccountRefused as refused:
        _warn(request, refused.reason)
        return HttpResponseRedirect(page)
    return _one(request, user, password)


@staff_page("manage")
@require_GET
def account_one(request: HttpRequest, number: int) -> HttpResponse:
    """Show one account."""
    user = User.objects.filter(pk=number).first()
    return _one(request, user) if user is not None else not_found(request)


@staff_page("manage")
@require_POST
def account_do(request: HttpRequest, number: int, verb: str) -> HttpResponse:
    """Change, lock or unlock an account, give it a password, or reset its second factor."""
    user = User.objects.filter(pk=number).first()
    if user is None or verb not in ("change", "lock", "unlock", "password", "factor"):
        return not_found(request)
    page = reverse("console:account_one", args=(number,))
    refusal = demand(request, page)
    if refusal is not None:
        return refusal
    try:
        password = _do(request, user, verb)
    except AccountRefused as refused:
        _warn(request, refused.reason)
        return HttpResponseRedirect(page)
    if password:
        return _one(request, user, password)
    done = say(language_of(request), f"accounts.done_{verb}")
    messages.success(request, done, extra_tags="good")
    return HttpResponseRedirect(page)


def _do(request: HttpRequest, user: User, verb: str) -> str:
    """Do it; return the password to show, if one was made."""
    by = signed_in(request)
    match verb:
        case "change":
            manage.change(user, _facts(request), by)
        case "lock":
            manage.lock(user, by)
        case "unlock":
            manage.unlock(user, by)
        case "password":
            return manage.give_password(user, by)
        case _:
            if user.pk == by.pk:
                raise AccountRefused("own_factor")
            second_factor.reset(user, by)
    return ""


def _facts(request: HttpRequest) -> AccountFacts:
    return AccountFacts(
        display_name=request.POST.get("display_name", "").strip(),
        roles=tuple(request.POST.getlist("roles")),
        desk=request.POST.get("desk", "").strip(),
    )


def _list(request: HttpRequest) -> HttpResponse:
    language = language_of(request)
    users = User.objects.select_related("profile", "second_factor").prefetch_related("groups")
    context = {
        "accounts": [_line(user, language) for user in users.order_by("-is_active", "username")],
        "role_boxes": _role_boxes(frozenset(), language),
    }
    return show(request, "console/accounts.html", context, page="accounts")


def _one(request: HttpRequest, user: User, password: str = "") -> HttpResponse:
    language = language_of(request)
    user = User.objects.select_related("profile", "second_factor").get(pk=user.pk)
    context = {
        "account": _line(user, language),
        "role_boxes": _role_boxes(own_roles(user), language),
        "password": password,
        "own": user.pk == signed_in(request).pk,
    }
    return show(request, "console/account_one.html", context, page="accounts")


def _line(user: User, language: str) -> AccountLine:
    roles = sorted(group.name for group in user.groups.all())
    profile: StaffProfile | None = getattr(user, "profile", None)
    factor = getattr(user, "second_factor", None)
    return AccountLine(
        id=user.pk,
        username=user.get_username(),
        name=display_name(user),
        roles=say(language, "why.comma").join(say_code(language, "role", r) for r in roles),
        desk=profile.desk if profile else "",
        locked=not user.is_active,
        factor=factor is not None and factor.confirmed_at is not None,
        last_login=user.last_login,
    )


def _role_boxes(held: frozenset[str], language: str) -> list[RoleBox]:
    comma = say(language, "why.comma")
    return [
        RoleBox(
            code=role,
            title=say_code(language, "role", role),
            rights=comma.join(say_code(language, "right", right) for right in rights),
            held=role in held,
        )
        for role, rights in hall().policy.roles.items()
    ]


def _warn(request: HttpRequest, reason: str) -> None:
    messages.warning(request, say(language_of(request), f"accounts.{reason}"))
