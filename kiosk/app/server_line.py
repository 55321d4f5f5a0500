"""The line to the hall's server as the runtime wants it: answers, refusals and losses as values."""

from typing import TypeVar

from backend_client.client import KioskClient, ServerRefused, ServerUnavailable
from backend_client.contract import Message, Refusal
from kiosk.runtime.line import Lost

Answered = TypeVar("Answered", bound=Message)


class ServerLine:
    """Implements ``runtime.HallServer`` on a KioskClient."""

    def __init__(self, client: KioskClient) -> None:
        self._client = client

    def post(
        self, path: str, body: Message, answer: type[Answered], *, key: str, within_s: float
    ) -> Answered | Refusal | Lost:
        """Send a message; the same key gets the same answer again."""
        try:
            return self._client.post(path, body, answer, key=key, within_s=within_s)
        except ServerRefused as refused:
            return Refusal(code=refused.code, detail=refused.detail[:500])
        except ServerUnavailable as error:
            return Lost(str(error))

    def get(
        self, path: str, answer: type[Answered], *, wait_s: float, within_s: float
    ) -> Answered | Refusal | Lost:
        """Ask, letting the server wait up to ``wait_s`` for news."""
        try:
            return self._client.get(path, answer, wait_s=wait_s, within_s=within_s)
        except ServerRefused as refused:
            return Refusal(code=refused.code, detail=refused.detail[:500])
        except ServerUnavailable as error:
            return Lost(str(error))
