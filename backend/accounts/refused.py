"""Why a change of accounts is refused: a code that the page turns into words."""

from backend.refusal import Refused
from backend_client.contract import RefusalCode


class AccountRefused(Refused):
    """A rule on accounts says no; ``reason`` is the rule's short name."""

    def __init__(self, reason: str) -> None:
        super().__init__(RefusalCode.BAD_REQUEST, reason)
        self.reason = reason
