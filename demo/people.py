"""The fictitious residents of config/demo as cards of the emulated world."""

import tomllib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from demo.earlier_print import print_earlier
from devices.rig.card import Card, CardFront
from devices.rig.chip import EepChip
from devices.rig.chip_files import make_files
from devices.travel_document.eep import (
    Holder,
    PrintedMrz,
    check_digit,
    format_printed,
)

ROOT = Path(__file__).resolve().parents[1]
PORTRAITS = ROOT / "assets" / "portraits"
RESIDENTS = ROOT / "config" / "demo" / "residents.toml"
HALL_ZONE = ZoneInfo("Asia/Shanghai")
"""The zone of kiosk and server: a permit's last day is one of the hall's days."""


@dataclass(frozen=True, slots=True)
class Person:
    """A fictitious resident: the card, and the photograph that stands for the living face."""

    key: str
    about: str
    card: Card
    face: Path


def read_people() -> dict[str, Person]:
    """Make a card for every resident of config/demo, by key, with what its back already says."""
    rows = tomllib.loads(RESIDENTS.read_text(encoding="utf-8"))["resident"]
    people = {row["key"]: _person(row) for row in rows}
    cards = {key: person.card for key, person in people.items()}
    print_earlier(cards, datetime.now(HALL_ZONE).date())
    return people


def _person(row: dict[str, object]) -> Person:
    born, number = row["born"], str(row["card_number"])
    assert isinstance(born, date), "residents.toml holds dates"  # noqa: S101 - our own file
    expires = datetime.now(HALL_ZONE).date() + timedelta(days=int(str(row["permit_valid_days"])))
    printed = PrintedMrz(number, f"{expires:%y%m%d}", f"{born:%y%m%d}")
    name = str(row["name_zh"])
    holder = Holder(printed, name[:3], str(row["surname"]), str(row["given"]), str(row["sex"]))
    portrait = PORTRAITS / str(row.get("document_portrait", "resident_a_document.jpg"))
    key = "".join(
        part + check_digit(part) for part in (number, f"{born:%y%m%d}", f"{expires:%y%m%d}")
    )
    front = CardFront(
        mrz=format_printed(printed),
        title="往来港澳通行证",
        name=name,
        number=number,
        birth=f"{born:%Y.%m.%d}",
        expiry=f"{expires:%Y.%m.%d}",
        portrait=portrait,
    )
    chip = EepChip(key, make_files(holder, portrait.read_bytes()))
    face = "resident_a.png" if "resident_a" in portrait.name else "resident_b.jpg"
    return Person(str(row["key"]), str(row["about"]), Card(front, chip), PORTRAITS / face)
