"""What all messages share: bounds, texts, refusals."""

from base64 import b64encode
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Base64Bytes, BaseModel, ConfigDict, Field

API_PREFIX = "/api/kiosk/v1"

Identifier = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]
CardNumber = Annotated[str, Field(pattern=r"^C[0-9A-HJ-NP-Z][0-9]{7}$")]
Words = Annotated[str, Field(max_length=500)]
Picture = Annotated[Base64Bytes, Field(max_length=2_000_000)]
Fraction = Annotated[float, Field(ge=0, le=1)]
Session = Annotated[int, Field(ge=1, le=2**31 - 1)]


def picture(data: bytes | None) -> bytes | None:
    """Encode raw bytes for a ``Picture`` field; the message then holds the raw bytes again.

    Building a message checks and decodes base64, whether it comes from the wire or from code.
    """
    return None if data is None else b64encode(data)


class Message(BaseModel):
    """Base of all messages: frozen, and an unknown field is an error.

    Errors do not repeat what was put in: it may be a resident's number or portrait.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Texts(Message):
    """One text in the three languages of the kiosk."""

    zh_hans: Words
    zh_hant: Words
    en: Words


class RefusalCode(StrEnum):
    """Why the server refused; the kiosk decides by this, never by the sentence."""

    BAD_REQUEST = "bad_request"
    NOT_ENROLLED = "not_enrolled"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    IN_PROGRESS = "in_progress"
    NO_RECORD = "no_record"
    NOT_ELIGIBLE = "not_eligible"
    IDENTITY_MISSING = "identity_missing"
    SETTLEMENT_MISSING = "settlement_missing"
    PAID_BEFORE = "paid_before"
    ALREADY_ISSUED = "already_issued"
    STALE_TOKEN = "stale_token"  # noqa: S105 - a code, not a secret
    RATE_LIMITED = "rate_limited"
    SERVER_ERROR = "server_error"


class Refusal(Message):
    """A refused request. ``issued_at`` comes with ALREADY_ISSUED alone, where it is known."""

    code: RefusalCode
    detail: Words = ""
    issued_at: AwareDatetime | None = None


class Acknowledged(Message):
    """The server has it."""

    ok: bool = True
