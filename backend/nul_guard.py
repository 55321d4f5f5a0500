"""Refuse the character NUL in addresses and forms: no text holds it, and PostgreSQL stores none."""

from collections.abc import Awaitable, Callable
from typing import cast

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase

NUL = "\x00"


class NulGuard:
    """Django middleware; it stands inside the check of the form's token, which reads the form.

    It takes no thread: a page that waits must not hold one.
    """

    sync_capable = True
    async_capable = True

    def __init__(
        self,
        get_response: Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]],
    ) -> None:
        self._next = get_response
        self._is_async = iscoroutinefunction(get_response)
        if self._is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        """Answer 400 where a path, a query or a form holds NUL."""
        if self._is_async:
            return self._answer(request)
        return _refused(request) or self._next(request)

    async def _answer(self, request: HttpRequest) -> HttpResponseBase:
        refused = _refused(request)
        return refused or await cast(Awaitable[HttpResponseBase], self._next(request))


def _refused(request: HttpRequest) -> HttpResponse | None:
    if NUL in request.path or _holds_nul(request.GET) or _holds_nul(_form(request)):
        return HttpResponse(status=400)
    return None


def _form(request: HttpRequest) -> QueryDict:
    # A JSON body is the API's own to read; touching POST here would read it twice.
    is_form = "form" in (request.content_type or "")
    return request.POST if request.method == "POST" and is_form else QueryDict()


def _holds_nul(fields: QueryDict) -> bool:
    return any(NUL in name or any(NUL in v for v in values) for name, values in fields.lists())
