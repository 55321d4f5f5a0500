"""People on record for tests that need a card which nobody has used before."""

import sqlite3
import tomllib
from contextlib import closing
from datetime import date, timedelta

from demo.hall import Hall
from devices.rig.card import Card, CardFront
from devices.rig.chip import EepChip
from devices.rig.chip_files import make_files
from devices.travel_document.eep import Holder, PrintedMrz, format_printed
from tests.devices.chip_world import make_jpeg
from tests.runtime.machine_room import ROOT

SHARED = (
    "name_zh, surname, given, sex, born, city, functionary, active_military,"
    " registered_official, exit_banned, portrait_id, demo"
)
"""What twins have in common on record: all but their number."""
MAKE_TWIN = (
    f"INSERT INTO records_resident ({SHARED}) SELECT {SHARED} FROM records_resident"  # noqa: S608
    " WHERE id = (SELECT resident_id FROM records_permit WHERE card_number = ?)"
)


def twins(hall: Hall, count: int, first: int = 0) -> list[Card]:
    """Give the first demo resident twins with a card each, numbered from ``first`` on.

    One person's cards would not do: who has paid and got nothing is asked for no other fee.
    """
    rows = tomllib.loads((ROOT / "config" / "demo" / "residents.toml").read_text("utf-8"))
    row = rows["resident"][0]
    expires = date.today() + timedelta(days=2000)  # noqa: DTZ011 - the hall's own calendar day
    cards = []
    with closing(sqlite3.connect(hall.data / "hall.sqlite3", timeout=10)) as database, database:
        for number in (f"C9{at:07}" for at in range(first, first + count)):
            printed = PrintedMrz(number, f"{expires:%y%m%d}", f"{row['born']:%y%m%d}")
            holder = Holder(printed, row["name_zh"], row["surname"], row["given"], row["sex"])
            files = make_files(holder, make_jpeg(1000))
            chip = EepChip(printed.bac_key().information, files)
            cards.append(Card(CardFront(format_printed(printed)), chip))
            twin = database.execute(MAKE_TWIN, (row["card_number"],)).lastrowid
            database.execute(
                "INSERT INTO records_permit (card_number, resident_id, valid_until, booklet,"
                " cancelled) VALUES (?, ?, ?, 0, 0)",
                (number, twin, expires.isoformat()),
            )
    return cards
