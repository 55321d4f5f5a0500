"""The kiosk is killed at every write of its journal; after each restart nothing is lost."""

import signal
from pathlib import Path

import pytest

from demo.hall import Hall
from devices.rig.card_back import back_text
from devices.rig.world import Place
from kiosk.settings import load_settings
from tests.runtime.machine_room import Emulators, wait_for
from tests.runtime.mortal import (
    Mortal,
    messages_refused,
    messages_waiting,
    orders,
    orders_are_true,
    unsaid,
)
from tests.runtime.twins import twins

POINTS = 22
"""Journal writes of one whole paid visit, from the card taken in to Attract."""

SLOW_POINTS = ((16, 0.05), (17, 0.1), (17, 0.35), (19, 0.05), (20, 0.05), (21, 0.1))
"""Killed in the middle of what the machine does: telling, erasing, printing, ejecting."""


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.usefixtures("taker")
def test_nothing_is_lost_wherever_the_power_fails(
    config: Path, emulators: Emulators, hall: Hall
) -> None:
    data_dir = load_settings(config).kiosk.data_dir
    points = [(point, 0.0) for point in range(1, POINTS + 1)]
    cards = twins(hall, len(points) + len(SLOW_POINTS))
    mortal = Mortal(config, *points[0])
    try:
        mortal.wait_phase("attract")
        for number, (point, delay_s) in enumerate([*points, *SLOW_POINTS], start=1):
            where = f"killed at {point} + {delay_s} s"
            assert emulators.bay.insert(cards[number - 1]), where
            assert mortal.wait_death() == -signal.SIGKILL, where

            following = [*points, *SLOW_POINTS, (0, 0.0)][number]
            mortal = Mortal(config, *following)
            mortal.wait_phase("attract")

            assert emulators.bay.place is Place.OUTSIDE, where
            wait_for(f"{where}: unsaid", lambda: unsaid(data_dir) == 0)
            wait_for(f"{where}: unsent", lambda: messages_waiting(data_dir) == 0)
            assert messages_refused(data_dir) == [], where
            wait_for(f"{where}: {orders(hall)}", lambda: "printing" not in orders(hall).values())
            orders_are_true(orders(hall, cards), [back_text(card) for card in cards], where)
        assert mortal.end() == 0
    finally:
        mortal.abort()
    assert hall.audit_ok()
