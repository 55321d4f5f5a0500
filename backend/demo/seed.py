"""Put the fictitious residents and accounts of config/demo in place; doing it twice is once."""

import json
import secrets
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from backend.accounts.second_factor import put_in_use
from backend.accounts.services import NewAccount, create_account
from backend.config import ConfigError, hall
from backend.demo.config import DemoConfig, DemoResident, DemoStaff, check
from backend.endorsements.rules import new_endorsement
from backend.evidence.models import Picture
from backend.evidence.services import seal
from backend.records.models import HeldEndorsement, Permit, Resident


def demo_directory() -> Path:
    """Return the directory of the demo's TOML files."""
    return Path(settings.BASE_DIR) / "config" / "demo"


def portrait_directory() -> Path:
    """Return the directory of the demo's portraits."""
    return Path(settings.BASE_DIR) / "assets" / "portraits"


def read_demo() -> DemoConfig:
    """Read config/demo. Raises ConfigError."""
    parts: dict[str, Any] = {}
    for name in ("residents", "staff"):
        path = demo_directory() / f"{name}.toml"
        try:
            parts |= tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, tomllib.TOMLDecodeError) as error:
            raise ConfigError(f"{path}: not readable as TOML: {error}") from error
    return check(parts, demo_directory())


def seed() -> Iterator[str]:
    """Put the residents on record; yield a line for each thing that is missing."""
    for person in read_demo().resident:
        missing = _seed_one(person)
        if missing:
            yield f"demo: portrait {missing} is missing; {person.card_number} has none on record"


def _seed_one(person: DemoResident) -> str:
    with transaction.atomic():
        row = Resident.objects.filter(
            surname=person.surname, given=person.given, born=person.born, demo=True
        ).first()
        if row is None:
            row = Resident(demo=True, surname=person.surname, given=person.given)
        row.name_zh, row.sex, row.born = person.name_zh, person.sex, person.born
        row.city, row.functionary = person.city, person.functionary
        row.exit_banned = person.exit_banned
        missing = ""
        if person.record_portrait and row.portrait is None:
            row.portrait = _portrait(person.record_portrait)
            missing = "" if row.portrait else person.record_portrait
        row.save()
        if person.on_record:
            _seed_permit(person, row)
    return missing


def _portrait(name: str) -> Picture | None:
    path = portrait_directory() / name
    return seal(path.read_bytes()) if path.is_file() else None


def _seed_permit(person: DemoResident, row: Resident) -> None:
    until = timezone.localdate() + timedelta(days=person.permit_valid_days)
    permit, made = Permit.objects.get_or_create(
        card_number=person.card_number, defaults={"resident": row, "valid_until": until}
    )
    if not made:
        return
    for held in person.held:
        form = hall().offers.find(held.offer_code)
        if form is None:
            raise ConfigError(
                f"{demo_directory() / 'residents.toml'}: held.offer_code: {held.offer_code} is "
                f"not one of {', '.join(offer.code for offer in hall().offers.offer)}"
            )
        issued = timezone.localdate() - timedelta(days=held.issued_days_ago)
        content = new_endorsement(form, hall().offers, held.number, issued)
        HeldEndorsement.objects.create(
            number=held.number,
            permit=permit,
            offer_code=form.code,
            kind=form.kind,
            destination=form.destination,
            valid_from=content.valid_from,
            valid_until=content.valid_until,
            faded=held.faded,
            content=content.model_dump(mode="json"),
        )


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """A demo account, its password and what its authenticator app holds."""

    username: str
    password: str
    roles: tuple[str, ...]
    totp_secret: str


def ensure_accounts() -> list[DemoAccount]:
    """Create the demo accounts; passwords are kept in a file of mode 600 beside the database."""
    path = Path(settings.DATA_DIR) / "demo-passwords.json"
    known: dict[str, str] = json.loads(path.read_text()) if path.is_file() else {}
    accounts = []
    for staff in read_demo().staff:
        password = known.setdefault(staff.username, f"demo-{secrets.token_urlsafe(9)}")
        new = _new_account(staff)
        put_in_use(create_account(replace(new, password=password)), staff.totp_secret)
        accounts.append(DemoAccount(staff.username, password, staff.roles, staff.totp_secret))
    path.touch(mode=0o600)
    path.write_text(json.dumps(known, indent=1))
    return accounts


def _new_account(staff: DemoStaff) -> NewAccount:
    return NewAccount(
        staff.username, "", staff.display_name, staff.roles, staff.desk, demo=True, drawn=True
    )
