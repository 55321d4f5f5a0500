"""The kiosk's requests to the hall's server: one typed method a path of the contract.

Every call has a total deadline. A call that got no answer is repeated with the same
idempotency key until the deadline, so that the server carries it out once.
"""

import secrets
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import requests
from pydantic import ValidationError
from urllib3.exceptions import HTTPError

from backend_client import contract as c
from backend_client.deadline import open_session, within

Answer = TypeVar("Answer", bound=c.Message)

LARGEST_ANSWER = 8_000_000
CHUNK = 65_536
FIRST_PAUSE_S = 0.1
LONGEST_PAUSE_S = 2.0
WAIT_MARGIN_S = 5.0


class ServerUnavailable(Exception):
    """No answer within the deadline: line down, server down or failing."""


class ServerRefused(Exception):
    """The server answered that it will not; ``code`` is for programs, ``detail`` for people."""

    def __init__(self, refusal: c.Refusal) -> None:
        super().__init__(f"{refusal.code.value}: {refusal.detail}")
        self.refusal = refusal
        self.code = refusal.code
        self.detail = refusal.detail


class _TryAgain(Exception):
    """The server is still at the first one of these requests."""

    def __init__(self, after_s: float) -> None:
        super().__init__("in progress")
        self.after_s = after_s


@dataclass(frozen=True, slots=True)
class _Call:
    method: str
    path: str
    body: bytes | None
    key: str | None
    query: dict[str, str]


class KioskClient:
    """Safe to use from several threads. ``deadline_s`` holds where a call names no other."""

    def __init__(
        self,
        base_url: str,
        credential: str,
        *,
        deadline_s: float = 10.0,
        attempt_s: float = 10.0,
        verify: bool | Path = True,
    ) -> None:
        self._base = base_url.rstrip("/") + c.API_PREFIX
        self._deadline_s = deadline_s
        self._attempt_s = attempt_s
        self._session = open_session()
        self._session.verify = str(verify) if isinstance(verify, Path) else verify
        self._session.headers["Authorization"] = f"Bearer {credential}"
        self._session.headers["Accept"] = "application/json"

    def close(self) -> None:
        """Close idle connections."""
        self._session.close()

    def offers(self, body: c.OffersRequest, *, key: str | None = None) -> c.OffersAnswer:
        """Ask what a card's holder can have."""
        return self.post("/offers", body, c.OffersAnswer, key=key)

    def record_portrait(
        self, body: c.RecordPortraitRequest, *, key: str | None = None
    ) -> c.RecordPortraitAnswer:
        """Ask for the portrait on record."""
        return self.post("/record-portrait", body, c.RecordPortraitAnswer, key=key)

    def apply(self, body: c.ApplicationRequest, *, key: str | None = None) -> c.ApplicationView:
        """Apply for an offer."""
        return self.post("/applications", body, c.ApplicationView, key=key)

    def start_payment(
        self, application_id: str, body: c.PaymentRequest, *, key: str | None = None
    ) -> c.PaymentView:
        """Start, or find again, the payment of an application."""
        return self.post(f"/applications/{application_id}/payment", body, c.PaymentView, key=key)

    def payment(self, payment_id: str, *, wait_s: float = 0.0) -> c.PaymentView:
        """Return a payment, as soon as it is no longer pending or the wait is over."""
        return self.get(f"/payments/{payment_id}", c.PaymentView, wait_s=wait_s)

    def cancel_payment(self, payment_id: str, *, key: str | None = None) -> c.PaymentView:
        """Cancel a pending payment."""
        return self.post(f"/payments/{payment_id}/cancel", None, c.PaymentView, key=key)

    def order(
        self, application_id: str, body: c.OrderRequest, *, key: str | None = None
    ) -> c.OrderView:
        """Ask for the licence to print."""
        return self.post(f"/applications/{application_id}/order", body, c.OrderView, key=key)

    def begin_printing(
        self, order_id: str, body: c.FencingToken, *, key: str | None = None
    ) -> c.OrderView:
        """Tell that printing begins; the last moment at which the server can say no."""
        return self.post(f"/orders/{order_id}/printing", body, c.OrderView, key=key)

    def report_print(
        self, order_id: str, body: c.PrintReport, *, key: str | None = None
    ) -> c.OrderView:
        """Tell how the print ended."""
        return self.post(f"/orders/{order_id}/outcome", body, c.OrderView, key=key)

    def open_case(self, body: c.CaseRequest, *, key: str | None = None) -> c.CaseView:
        """Put the session before a person."""
        return self.post("/cases", body, c.CaseView, key=key)

    def parked_case(self, body: c.ParkedRequest, *, key: str | None = None) -> c.ParkedAnswer:
        """Ask whether a case of this card waits for its resident."""
        return self.post("/cases/parked", body, c.ParkedAnswer, key=key)

    def resume_case(
        self, case_id: str, body: c.ResumeRequest, *, key: str | None = None
    ) -> c.ResumeAnswer:
        """Take a parked case up in this visit; safe to repeat."""
        return self.post(f"/cases/{case_id}/resume", body, c.ResumeAnswer, key=key)

    def same_person(
        self, case_id: str, body: c.SamePersonRequest, *, key: str | None = None
    ) -> c.SamePersonAnswer:
        """Report the comparison with a resumed case's own portrait."""
        return self.post(f"/cases/{case_id}/same-person", body, c.SamePersonAnswer, key=key)

    def case(
        self, case_id: str, *, after: int | None = None, wait_s: float = 0.0, session: int = 1
    ) -> c.CaseView:
        """Return a case, as soon as it is newer than ``after`` or the wait is over.

        ``session`` is the case's number after a resume; an older one is refused as STALE_TOKEN.
        """
        query = {"session": str(session)}
        if after is not None:
            query["after"] = str(after)
        return self.get(f"/cases/{case_id}", c.CaseView, wait_s=wait_s, query=query)

    def set_travel(
        self, case_id: str, body: c.TravelRequest, *, key: str | None = None
    ) -> c.CaseView:
        """Tell when and why the resident travels."""
        return self.post(f"/cases/{case_id}/travel", body, c.CaseView, key=key)

    def leave_case(
        self, case_id: str, body: c.LeaveRequest, *, key: str | None = None
    ) -> c.CaseView:
        """Tell that the resident left with card and ticket."""
        return self.post(f"/cases/{case_id}/leave", body, c.CaseView, key=key)

    def end_visit(
        self, visit_id: str, body: c.VisitEnd, *, key: str | None = None
    ) -> c.Acknowledged:
        """Tell how a visit ended."""
        return self.post(f"/visits/{visit_id}/end", body, c.Acknowledged, key=key)

    def heartbeat(self, body: c.Heartbeat, *, deadline_s: float = 3.0) -> c.HeartbeatAnswer:
        """Give a sign of life."""
        return self.post("/heartbeat", body, c.HeartbeatAnswer, within_s=deadline_s)

    def post(
        self,
        path: str,
        body: c.Message | None,
        answer: type[Answer],
        *,
        key: str | None = None,
        within_s: float | None = None,
    ) -> Answer:
        """Send a message to a path of the contract; ``key`` makes repeats one request.

        Raises ServerUnavailable, ServerRefused.
        """
        data = None if body is None else body.model_dump_json().encode()
        return self._parsed(self.post_json(path, data, key=key, within_s=within_s), answer)

    def post_json(
        self,
        path: str,
        body: bytes | None,
        *,
        key: str | None = None,
        within_s: float | None = None,
    ) -> bytes:
        """Send JSON that was written earlier and return the answer's bytes."""
        call = _Call("POST", path, body, key or secrets.token_hex(16), {})
        return self._insist(call, self._deadline_s if within_s is None else within_s)

    def get(
        self,
        path: str,
        answer: type[Answer],
        *,
        wait_s: float = 0.0,
        within_s: float | None = None,
        query: dict[str, str] | None = None,
    ) -> Answer:
        """Ask, letting the server wait up to ``wait_s`` for news.

        Raises ServerUnavailable, ServerRefused.
        """
        asked = dict(query or {})
        if wait_s:
            asked["wait_s"] = f"{wait_s:g}"
        deadline_s = max(self._deadline_s, wait_s + WAIT_MARGIN_S) if within_s is None else within_s
        call = _Call("GET", path, None, None, asked)
        return self._parsed(self._insist(call, deadline_s, once_s=wait_s), answer)

    def _insist(self, call: _Call, deadline_s: float, *, once_s: float = 0.0) -> bytes:
        deadline = time.monotonic() + deadline_s
        pause_s = FIRST_PAUSE_S
        while True:
            left_s = deadline - time.monotonic()
            try:
                return self._send(call, min(max(left_s, 0.001), self._attempt_s + once_s))
            except _TryAgain as busy:
                last, wait_s = "the server is still at it", busy.after_s
            except ServerUnavailable as lost:
                last, wait_s = str(lost), pause_s
                pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
            if time.monotonic() + wait_s >= deadline:
                raise ServerUnavailable(f"{call.method} {call.path}: {last}")
            time.sleep(wait_s)

    def _send(self, call: _Call, seconds: float) -> bytes:
        headers = {"Content-Type": "application/json"} if call.body is not None else {}
        if call.key is not None:
            headers["Idempotency-Key"] = call.key
        with within(seconds) as running:
            try:
                response = self._session.request(
                    call.method,
                    self._base + call.path,
                    params=call.query,
                    data=call.body,
                    headers=headers,
                    timeout=seconds,
                    allow_redirects=False,
                    stream=True,
                )
                with response:
                    data = _bounded(response)
                if running.expired:
                    # A connection that was shut down can look like a short, whole answer.
                    raise ServerUnavailable("no answer in time")
                return _judge(response, data)
            except (requests.RequestException, HTTPError, UnicodeError, OSError) as error:
                # urllib3 has its own words for an address that it cannot even ask for.
                # A read's own timeout can be a moment earlier than the call's.
                late = running.expired or isinstance(error, requests.Timeout)
                reason = "no answer in time" if late else type(error).__name__
                raise ServerUnavailable(reason) from error

    def _parsed(self, data: bytes, answer: type[Answer]) -> Answer:
        try:
            return answer.model_validate_json(data)
        except ValidationError as error:
            raise ServerUnavailable("the answer is not the contract's") from error


def _bounded(response: requests.Response) -> bytes:
    data = bytearray()
    for chunk in response.iter_content(CHUNK):
        data += chunk
        if len(data) > LARGEST_ANSWER:
            raise ServerUnavailable("the answer is too large")
    return bytes(data)


def _judge(response: requests.Response, data: bytes) -> bytes:
    """Return the data of a good answer; raise what another one means."""
    if response.status_code == requests.codes.ok:
        return data
    try:
        refusal = c.Refusal.model_validate_json(data)
    except ValidationError as error:
        raise ServerUnavailable(f"status {response.status_code}") from error
    if refusal.code is c.RefusalCode.IN_PROGRESS:
        raise _TryAgain(_retry_after(response))
    if response.status_code >= requests.codes.server_error:
        raise ServerUnavailable(f"status {response.status_code}")
    raise ServerRefused(refusal)


def _retry_after(response: requests.Response) -> float:
    text = response.headers.get("Retry-After", "1")
    return min(float(text), LONGEST_PAUSE_S) if text.isdigit() else 1.0
