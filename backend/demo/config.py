"""What config/demo may say. These are plain values, no tables."""

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from backend.config import ConfigError
from backend.config_base import Code, Section
from backend_client.contract import CardNumber


class DemoHeld(Section):
    """An endorsement that a demo resident holds."""

    offer_code: Code
    number: Code
    issued_days_ago: int = Field(ge=0, le=3650)
    faded: bool = False


class DemoResident(Section):
    """One fictitious resident. ``document_portrait`` is for the emulated card, not for here."""

    key: Code
    about: str
    card_number: CardNumber
    on_record: bool = True
    name_zh: str
    surname: str
    given: str
    sex: Literal["F", "M"]
    born: date
    city: str
    permit_valid_days: Annotated[int, Field(ge=-3650, le=3650)]
    functionary: bool = False
    exit_banned: bool = False
    document_portrait: str = ""
    record_portrait: str = ""
    held: tuple[DemoHeld, ...] = ()


class DemoStaff(Section):
    """One demo account."""

    username: Code
    display_name: str
    roles: tuple[Code, ...]
    desk: str
    totp_secret: Annotated[str, Field(pattern="^[A-Z2-7]{32}$")]


class DemoConfig(Section):
    """All of config/demo that the server reads."""

    resident: tuple[DemoResident, ...]
    staff: tuple[DemoStaff, ...]


def check(content: dict[str, object], directory: Path) -> DemoConfig:
    """Check the content. Raises ConfigError in one line."""
    try:
        return DemoConfig.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise ConfigError(f"{directory}: {key}: {first['msg']}".replace("\n", " ")) from error
