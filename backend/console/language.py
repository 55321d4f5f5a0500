"""The console's language: the cookie says it, the default is simplified Chinese.

The browser's Accept-Language is not asked: desks are shared, and the hall's language is known.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from backend.console.texts import known_language

COOKIE_AGE_S = 365 * 24 * 3600


def language_of(request: HttpRequest) -> str:
    """Return the language in which to answer this request."""
    return known_language(request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME))


@require_POST
def switch_language(request: HttpRequest) -> HttpResponse:
    """Keep the chosen language and go back to the page it was chosen on."""
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = "/"
    answer = HttpResponseRedirect(back)
    answer.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        known_language(request.POST.get("language")),
        max_age=COOKIE_AGE_S,
        samesite="Lax",
    )
    return answer
