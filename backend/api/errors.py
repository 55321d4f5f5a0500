"""Errors of the API's framework, said as refusals. What was sent is never repeated in them."""

import logging

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from backend.api.refusals import refusal_response
from backend_client.contract import RefusalCode

LOG = logging.getLogger(__name__)


def install_error_answers(api: NinjaAPI) -> None:
    """Install the handlers."""
    api.add_exception_handler(ValidationError, _invalid)
    api.add_exception_handler(AuthenticationError, _unknown_kiosk)
    api.add_exception_handler(HttpError, _http_error)
    api.add_exception_handler(Exception, _surprise)


def _invalid(request: HttpRequest, error: object) -> HttpResponse:
    faults = error.errors if isinstance(error, ValidationError) else []
    places = [
        f"{'.'.join(str(part) for part in fault['loc'][1:])[:80]}: {fault['type']}"
        for fault in faults[:5]
    ]
    detail = "; ".join(places).encode("ascii", "replace").decode()
    return refusal_response(RefusalCode.BAD_REQUEST, detail, 400)


def _unknown_kiosk(request: HttpRequest, error: object) -> HttpResponse:
    return refusal_response(RefusalCode.NOT_ENROLLED, "unknown or revoked credential", 401)


def _http_error(request: HttpRequest, error: object) -> HttpResponse:
    status = error.status_code if isinstance(error, HttpError) else 400
    return refusal_response(RefusalCode.BAD_REQUEST, str(error), status)


def _surprise(request: HttpRequest, error: object) -> HttpResponse:
    cause = error if isinstance(error, Exception) else None
    LOG.error("%s %s", request.method, request.path, exc_info=cause)
    return refusal_response(RefusalCode.SERVER_ERROR, "the server failed; it is logged", 500)
