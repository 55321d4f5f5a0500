"""The page for a request that Django itself refuses, in the reader's language."""

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import TooManyFieldsSent
from django.http import HttpRequest, HttpResponse

from backend.console.language import language_of
from backend.console.pages import show
from backend.console.texts import say


def unreadable(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400 and say why, as far as a person can do something about it."""
    if not hasattr(request, "user"):
        # The form is read before the account is.
        request.user = AnonymousUser()
    many = isinstance(exception, TooManyFieldsSent)
    key = "message.too_many_fields" if many else "message.unreadable"
    context = {"message_text": say(language_of(request), key)}
    return show(request, "console/notice.html", context, status=400)
