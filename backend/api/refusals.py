"""Every answer of the API with status 4xx or 5xx has the contract's Refusal as its body."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import cast

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from backend.refusal import Refused
from backend_client.contract import API_PREFIX, Refusal, RefusalCode

MARK = "X-Refusal"
_BY_STATUS = {
    400: RefusalCode.BAD_REQUEST,
    401: RefusalCode.NOT_ENROLLED,
    403: RefusalCode.NOT_ENROLLED,
    404: RefusalCode.NOT_FOUND,
    409: RefusalCode.CONFLICT,
    429: RefusalCode.RATE_LIMITED,
}


def refusal_response(
    code: RefusalCode,
    detail: str,
    status: int,
    retry_after_s: int = 0,
    issued_at: datetime | None = None,
) -> HttpResponse:
    """Build the answer of a refusal."""
    refusal = Refusal(code=code, detail=detail[:500], issued_at=issued_at)
    body = refusal.model_dump_json(exclude_none=True)
    response = HttpResponse(body, status=status, content_type="application/json")
    response[MARK] = code.value
    if retry_after_s:
        response["Retry-After"] = str(retry_after_s)
    return response


def refused_response(refused: Refused) -> HttpResponse:
    """Build the answer of a service's refusal."""
    return refusal_response(
        refused.code, refused.detail, refused.status, refused.retry_after_s, refused.issued_at
    )


def _conform(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    if not request.path.startswith(API_PREFIX) or response.status_code < 400:
        return response
    if MARK in response:
        return response
    status = response.status_code
    other = RefusalCode.SERVER_ERROR if status >= 500 else RefusalCode.BAD_REQUEST
    return refusal_response(_BY_STATUS.get(status, other), f"status {status}", status)


class RefusalMiddleware:
    """Outermost: replaces the body of any error page below the API's prefix."""

    sync_capable = True
    async_capable = True

    def __init__(
        self,
        get_response: Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]],
    ) -> None:
        self._get_response = get_response
        self._is_async = iscoroutinefunction(get_response)
        if self._is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        """Answer, conforming."""
        if self._is_async:
            return self._answer(request)
        return _conform(request, cast(HttpResponseBase, self._get_response(request)))

    async def _answer(self, request: HttpRequest) -> HttpResponseBase:
        response = await cast(Awaitable[HttpResponseBase], self._get_response(request))
        return _conform(request, response)
