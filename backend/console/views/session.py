"""Sign in and out. Lock-out and its record are the authentication backend's."""

from django.contrib.auth import authenticate, login, logout
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from backend.accounts.presence import clear_presence, touch_presence
from backend.accounts.services import actor
from backend.audit.kinds import Kind
from backend.audit.services import append
from backend.cases.claims import release_all
from backend.config import hall
from backend.console.pages import show


@sensitive_post_parameters("password")
@csrf_protect
@never_cache
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Show the sign-in form, or sign in and go where the visitor was heading."""
    heading = _safe_next(request)
    if request.method == "GET":
        if request.user.is_authenticated:
            return HttpResponseRedirect(heading)
        return show(request, "console/sign_in.html", {"next": heading})
    username = request.POST.get("username", "")[:150]
    user = authenticate(request, username=username, password=request.POST.get("password", ""))
    if not isinstance(user, User):
        context = {"next": heading, "failed": True, "username": username}
        return show(request, "console/sign_in.html", context, status=403)
    login(request, user)
    request.session.set_expiry(round(hall().policy.sign_in.session_h * 3600))
    append(Kind.LOGIN, actor(user), actor(user))
    touch_presence(user)
    return HttpResponseRedirect(heading)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out."""
    user = request.user
    if user.is_authenticated:
        if isinstance(user, User):
            release_all(user)
        append(Kind.LOGOUT, actor(user), actor(user))
        clear_presence(user)
        logout(request)
    return HttpResponseRedirect(reverse("console:sign_in"))


def _safe_next(request: HttpRequest) -> str:
    """Return the page to go to after signing in: only one of this server's own."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}):
        return wanted
    return reverse("console:queue")
