"""A refusal: what a service answers when a rule says no. The API and the pages show it."""

from datetime import datetime

from backend_client.contract import RefusalCode

STATUS = {
    RefusalCode.BAD_REQUEST: 400,
    RefusalCode.NOT_ENROLLED: 401,
    RefusalCode.NOT_FOUND: 404,
    RefusalCode.CONFLICT: 409,
    RefusalCode.IN_PROGRESS: 409,
    RefusalCode.NO_RECORD: 404,
    RefusalCode.NOT_ELIGIBLE: 403,
    RefusalCode.IDENTITY_MISSING: 403,
    RefusalCode.SETTLEMENT_MISSING: 402,
    RefusalCode.PAID_BEFORE: 409,
    RefusalCode.ALREADY_ISSUED: 409,
    RefusalCode.STALE_TOKEN: 409,
    RefusalCode.RATE_LIMITED: 429,
    RefusalCode.SERVER_ERROR: 500,
}


class Refused(Exception):
    """A rule says no. ``code`` is for programs, ``detail`` for people; no personal data in it.

    ``issued_at``: when that was, where it is refused because an endorsement was issued.
    """

    def __init__(
        self,
        code: RefusalCode,
        detail: str = "",
        retry_after_s: int = 0,
        issued_at: datetime | None = None,
    ) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail[:500]
        self.retry_after_s = retry_after_s
        self.issued_at = issued_at

    @property
    def status(self) -> int:
        """Return the HTTP status."""
        return STATUS[self.code]
