"""Carry a request out once: a repeated idempotency key gets the first answer again.

The answer is stored in the transaction that makes the change. A key whose request is being
carried out gets 409; a request whose server died may be repeated after a short lease.
"""

import hashlib
import re
from collections.abc import Callable
from typing import cast

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from pydantic import BaseModel

from backend.api.models import AnsweredRequest
from backend.api.refusals import refusal_response, refused_response
from backend.clock import ago, now
from backend.config import hall
from backend.fleet.models import Kiosk
from backend.refusal import Refused
from backend_client.contract import RefusalCode

Work = Callable[[Kiosk], BaseModel]
_KEY = re.compile(r"[\x21-\x7e]{1,128}")
PASSING = (RefusalCode.RATE_LIMITED, RefusalCode.SERVER_ERROR, RefusalCode.IN_PROGRESS)
JSON = "application/json"


class _Overtaken(Exception):
    """Another process took this key over while it was carried out here."""


def kiosk_of(request: HttpRequest) -> Kiosk:
    """Return the kiosk that the credential named."""
    return cast(Kiosk, request.auth)  # type: ignore[attr-defined]  # set by the API's auth


def answer(request: HttpRequest, work: Work) -> HttpResponse:
    """Answer a request that may be carried out as often as it comes.

    What ``work`` writes it writes in a transaction of its own.
    """
    try:
        return HttpResponse(work(kiosk_of(request)).model_dump_json(), content_type=JSON)
    except Refused as refused:
        return refused_response(refused)


def answer_once(request: HttpRequest, work: Work) -> HttpResponse:
    """Answer a POST; the same key gives the same answer and no second effect."""
    key = request.headers.get("Idempotency-Key", "")
    if not _KEY.fullmatch(key):
        detail = "Idempotency-Key must be 1 to 128 visible ASCII characters"
        return refusal_response(RefusalCode.BAD_REQUEST, detail, 400)
    kiosk = kiosk_of(request)
    digest = hashlib.sha256(request.body).hexdigest()
    try:
        row = _begin(kiosk, key, request.path[:200], digest)
    except IntegrityError:
        row = _busy()
    if isinstance(row, HttpResponse):
        return row
    try:
        return _carry_out(row, kiosk, work)
    except _Overtaken:
        return _busy()
    except Exception:
        _mine(row).filter(status=None).delete()
        raise


def _begin(kiosk: Kiosk, key: str, path: str, digest: str) -> AnsweredRequest | HttpResponse:
    with transaction.atomic():
        row = AnsweredRequest.objects.filter(kiosk=kiosk, key=key).first()
        if row is None:
            return AnsweredRequest.objects.create(
                kiosk=kiosk, key=key, path=path, body_sha256=digest, started_at=now()
            )
        if row.path != path or row.body_sha256 != digest:
            detail = "this Idempotency-Key was used for another request"
            return refusal_response(RefusalCode.CONFLICT, detail, 409)
        if row.status is not None:
            return _again(row)
        if row.started_at > ago(hall().timers.request_lease_s):
            return _busy()
        row.attempt += 1
        row.started_at = now()
        row.save(update_fields=["attempt", "started_at"])
        return row


def _carry_out(row: AnsweredRequest, kiosk: Kiosk, work: Work) -> HttpResponse:
    with transaction.atomic():
        try:
            with transaction.atomic():
                response = HttpResponse(work(kiosk).model_dump_json(), content_type=JSON)
        except Refused as refused:
            response = refused_response(refused)
            if refused.code in PASSING:
                _mine(row).delete()
                return response
        stored = _mine(row).update(
            status=response.status_code, answer=response.content.decode("utf-8")
        )
        if not stored:
            raise _Overtaken
    return response


def _mine(row: AnsweredRequest) -> QuerySet[AnsweredRequest]:
    return AnsweredRequest.objects.filter(id=row.id, attempt=row.attempt)


def _busy() -> HttpResponse:
    return refusal_response(RefusalCode.IN_PROGRESS, "the first one is being done", 409, 1)


def _again(row: AnsweredRequest) -> HttpResponse:
    status = row.status or 200
    response = HttpResponse(row.answer, status=status, content_type=JSON)
    if status >= 400:
        response["X-Refusal"] = "repeated"
    return response


def forget_old_answers() -> int:
    """Delete answers that nobody will ask for again; return how many."""
    late = ago(hall().timers.answers_kept_h * 3600)
    return AnsweredRequest.objects.filter(started_at__lt=late).delete()[0]
