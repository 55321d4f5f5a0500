"""The line to the hall's server as the handlers see it: an answer, a refusal, or nothing.

All three are values; requests that were lost are repeated with the same idempotency key until
the effect's total deadline.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event
from typing import Protocol, TypeVar

from backend_client.client import KioskClient, ServerRefused, ServerUnavailable
from backend_client.contract import Message, Refusal, RefusalCode

Answered = TypeVar("Answered", bound=Message)

_AGAIN_S = 0.5
PATIENCE_S = 10.0
"""How long an ask goes on trying; the screen must say within 10 s that the server is away."""

_BUSY = frozenset({RefusalCode.IN_PROGRESS, RefusalCode.SERVER_ERROR})


@dataclass(frozen=True, slots=True)
class Lost:
    """No answer came within the deadline."""

    detail: str = ""


class HallServer(Protocol):
    """Requests to the hall's server. Paths are those of the contract, without its prefix."""

    def post(
        self, path: str, body: Message | None, answer: type[Answered], *, key: str, within_s: float
    ) -> Answered | Refusal | Lost:
        """Send; the same key gets the same answer again."""
        ...

    def get(
        self,
        path: str,
        answer: type[Answered],
        *,
        wait_s: float,
        within_s: float,
        after: int | None = None,
        session: int = 1,
    ) -> Answered | Refusal | Lost:
        """Ask, letting the server wait up to ``wait_s`` for something newer than ``after``.

        ``session`` is the case's number where it was taken up again.
        """
        ...


class Outbox(Protocol):
    """Messages that reach the server some time, in order, across restarts."""

    def put(self, key: str, path: str, body: Message) -> None:
        """Keep a message until the server has acknowledged it; on the disk when this returns."""
        ...


class ClientLine:
    """The kiosk's client as a HallServer."""

    def __init__(self, client: KioskClient) -> None:
        self._client = client

    def post(
        self, path: str, body: Message | None, answer: type[Answered], *, key: str, within_s: float
    ) -> Answered | Refusal | Lost:
        """Send; the same key gets the same answer again."""
        return _as_value(lambda: self._client.post(path, body, answer, key=key, within_s=within_s))

    def get(
        self,
        path: str,
        answer: type[Answered],
        *,
        wait_s: float,
        within_s: float,
        after: int | None = None,
        session: int = 1,
    ) -> Answered | Refusal | Lost:
        """Ask, letting the server wait up to ``wait_s`` for something newer than ``after``.

        ``session`` is the case's number where it was taken up again.
        """
        query = None if after is None else {"after": str(after), "session": str(session)}
        return _as_value(
            lambda: self._client.get(path, answer, wait_s=wait_s, within_s=within_s, query=query)
        )


def _as_value(request: Callable[[], Answered]) -> Answered | Refusal | Lost:
    try:
        return request()
    except ServerRefused as refused:
        return refused.refusal
    except ServerUnavailable as lost:
        return Lost(str(lost))


def insist(
    ask: Callable[[float], Answered | Refusal | Lost],
    cancel: Event,
    *,
    patience_s: float | None = None,
) -> Answered | Refusal | Lost:
    """Repeat an idempotent request until it is answered, cancelled or the patience ends.

    ``ask`` is given the seconds that are left. An answer that comes after ``cancel`` is dropped:
    it may be about somebody who has left.
    """
    deadline = time.monotonic() + (PATIENCE_S if patience_s is None else patience_s)
    while True:
        result = ask(max(0.5, deadline - time.monotonic()))
        if cancel.is_set():
            return Lost("cancelled")
        again = isinstance(result, Lost) or (isinstance(result, Refusal) and result.code in _BUSY)
        if not again or time.monotonic() + _AGAIN_S > deadline:
            return result
        cancel.wait(_AGAIN_S)
