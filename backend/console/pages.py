"""What every page shares: who may open it, its language, the bar at the top, and messages."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import cast
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from backend.accounts.presence import is_away, touch_presence
from backend.accounts.services import desk_of, has_right, must_change_password
from backend.clock import now
from backend.config_models import Right
from backend.console.language import language_of
from backend.console.live import may_stream
from backend.console.navigation import navigation
from backend.console.overview import Overview
from backend.console.second_factor import lazy_state
from backend.console.texts import say, words_of
from backend.console.waiting import display_name

HTML_LANGUAGES = {"zh-hans": "zh-Hans", "zh-hant": "zh-Hant", "en": "en"}


@dataclass(frozen=True, slots=True)
class Tongue:
    """One entry of the language switch, in its own language."""

    code: str
    html: str
    name: str


TONGUES = (
    Tongue("zh-hans", "zh-Hans", "简体"),
    Tongue("zh-hant", "zh-Hant", "繁體"),
    Tongue("en", "en", "EN"),
)


@dataclass(frozen=True, slots=True)
class Staff:
    """Who is signed in, as the bar shows it."""

    name: str
    desk: str
    away: bool


View = Callable[..., HttpResponse]


def staff_page(*rights: Right, before_own_password: bool = False) -> Callable[[View], View]:
    """Open a view to signed-in staff who have one of ``rights``; nothing of it may be cached.

    Without rights it is open to all staff. Who still has a password that an administrator gave
    them is sent to choose their own, except where ``before_own_password``.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        @never_cache
        def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path(), reverse("console:sign_in"))
            if rights and not any(has_right(request.user, right) for right in rights):
                return forbidden(request)
            touch_presence(request.user)
            if not before_own_password and must_change_password(request.user):
                return HttpResponseRedirect(reverse("console:account"))
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def signed_in(request: HttpRequest) -> User:
    """Return the account of a request that a ``staff_page`` let through."""
    return cast(User, request.user)


def show(
    request: HttpRequest,
    template: str,
    context: Mapping[str, object],
    *,
    page: str = "",
    board_case: str = "",
    status: int = 200,
) -> HttpResponse:
    """Render a page with what all pages need; ``board_case`` is the case that is open on it."""
    around = frame(request, page, board_case)
    answer = render(request, template, {**around, **context}, status=status)
    answer["Content-Security-Policy"] = (
        "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    )
    return answer


def frame(
    request: HttpRequest, page: str, case_id: str = "", seen: Overview | None = None
) -> dict[str, object]:
    """Return the context of the bar around every page, and of the parts that are redrawn."""
    language = language_of(request)
    words = words_of(language)
    shared: dict[str, object] = {
        "language": language,
        "html_language": HTML_LANGUAGES[language],
        "tongues": TONGUES,
        "now": now(),
        "words_hours": words["time.hours"],
        "words_days": words["time.days"],
        "zone": settings.TIME_ZONE,
        "page": page,
    }
    if request.user.is_authenticated:
        user = signed_in(request)
        shared["staff"] = Staff(display_name(user), desk_of(user), is_away(user))
        shared["nav"] = navigation(user, seen)
        shared["factor"] = lazy_state(request)
        shared["streams"] = may_stream(user)
        shared["board_url"] = (
            f"{reverse('console:board')}?{urlencode({'page': page, 'case': case_id})}"
        )
    return shared


def forbidden(request: HttpRequest) -> HttpResponse:
    """Answer that this account may not see the page."""
    context = {"message_text": say(language_of(request), "message.forbidden")}
    return show(request, "console/notice.html", context, status=403)


def not_found(request: HttpRequest) -> HttpResponse:
    """Answer that there is no such page."""
    context = {"message_text": say(language_of(request), "message.not_found")}
    return show(request, "console/notice.html", context, status=404)
