"""The end of a visit, and a kiosk's sign of life."""

from typing import Annotated

from pydantic import AwareDatetime, Field

from backend_client.contract.base import Identifier, Message, Words


class VisitEnd(Message):
    """How a visit ended and where its card is."""

    outcome: Identifier
    card: Annotated[str, Field(pattern="^(out|held|none)$")]
    application_id: Identifier | None = None
    case_id: Identifier | None = None


class DeviceReport(Message):
    """One device's status."""

    state: Annotated[str, Field(pattern="^(ready|near_end|faulted|disconnected)$")]
    detail: Words = ""


class Heartbeat(Message):
    """A kiosk's sign of life. ``resumes``: it takes up parked cases and prints what they order."""

    phase: Identifier
    version: Annotated[str, Field(max_length=32)]
    devices: dict[Identifier, DeviceReport]
    card_held: bool = False
    resumes: bool = False


class HeartbeatAnswer(Message):
    """What the kiosk must know between visits."""

    server_time: AwareDatetime
    staff_signed_in: bool
    release_held_card: bool = False
