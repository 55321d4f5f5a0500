"""The kiosk is killed in a visit that takes a parked case up; what was parked is never lost."""

import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from backend_client import contract as c
from backend_client.client import KioskClient
from demo.hall import Hall
from devices.rig.card import Card
from devices.rig.card_back import back_text
from devices.rig.world import Place
from kiosk.settings import load_settings
from tests.runtime.machine_room import FACE, Emulators, wait_for
from tests.runtime.mortal import (
    Mortal,
    messages_refused,
    messages_waiting,
    orders,
    orders_are_true,
    unsaid,
)
from tests.runtime.twins import twins

POINTS_TAKEN_UP = (
    *((point, 0.0) for point in (3, 4, 5, 6, 8, 10, 11, 12, 13, 16, 18, 19, 20)),
    *((4, 0.005), (4, 0.03), (10, 0.01), (18, 0.1)),
)
"""Journal writes from the card taken in: asking, comparing, going on, printing."""


def park(hall: Hall, client: KioskClient, card: Card, number: int) -> str:
    """Let somebody have left with a ticket at another kiosk, where a device was lost."""
    case = c.CaseRequest(
        id=f"parked-{number}",
        visit_id=f"left-{number}",
        reason=c.CaseReason.DEVICE_FAULT,
        language="zh-Hans",
        phase="confirm",
        card_number=card.front.mrz[2:11],
        offer_code="G-HKG-3M-1",
        live_portrait=c.picture(FACE),
    )
    client.open_case(case)
    client.leave_case(case.id, c.LeaveRequest(card="out"))
    return case.id


def waits_or_is_closed(hall: Hall, case: str) -> bool:
    with closing(sqlite3.connect(hall.data / "hall.sqlite3", timeout=10)) as database:
        ((stage, left),) = database.execute(
            "SELECT stage, left_with_ticket FROM cases_case WHERE id = ?", (case,)
        )
    return bool(stage == "closed" or left)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.usefixtures("taker")
def test_what_was_taken_up_is_never_lost_wherever_the_power_fails(
    config: Path, emulators: Emulators, hall: Hall, tmp_path: Path
) -> None:
    data_dir = load_settings(config).kiosk.data_dir
    cards = twins(hall, len(POINTS_TAKEN_UP), first=800)
    hall.enrol("29", tmp_path / "credential")
    client = KioskClient(hall.url, (tmp_path / "credential").read_text("ascii").strip())
    mortal = Mortal(config, *POINTS_TAKEN_UP[0])
    reached: set[str] = set()
    try:
        mortal.wait_phase("attract")
        for number, (point, delay_s) in enumerate(POINTS_TAKEN_UP):
            where = f"killed at {point} + {delay_s} s"
            case = park(hall, client, cards[number], number)
            assert emulators.bay.insert(cards[number]), where
            assert mortal.wait_death() == -signal.SIGKILL, where
            reached.update(mortal.phases)

            mortal = Mortal(config, *[*POINTS_TAKEN_UP, (0, 0.0)][number + 1])
            mortal.wait_phase("attract")
            assert emulators.bay.place is Place.OUTSIDE, where
            wait_for(f"{where}: unsaid", lambda: unsaid(data_dir) == 0)
            wait_for(f"{where}: unsent", lambda: messages_waiting(data_dir) == 0)
            wait_for(f"{where}: {orders(hall)}", lambda: "printing" not in orders(hall).values())
            assert waits_or_is_closed(hall, case), where
            mine = orders(hall, cards)
            orders_are_true(mine, [back_text(card) for card in cards], where)
        assert mortal.end() == 0
        # Killed before the server had heard, the kiosk tells of a session that never was.
        refused = {(path.split("/")[-1], code) for path, code in messages_refused(data_dir)}
        assert refused <= {("leave", "not_found"), ("leave", "stale_token")}
    finally:
        mortal.abort()
        client.close()
    assert {"welcome_back", "issue"} <= reached
    assert hall.audit_ok()
