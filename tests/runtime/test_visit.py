"""Visits over real drivers, emulators on ptys and the real server."""

from pathlib import Path
from threading import Event as Flag

from devices.rig.card_back import back_text
from tests.runtime.machine_room import (
    Emulators,
    Resident,
    person,
    running,
    take_card_when_out,
    wait_for,
)


def test_a_resident_leaves_with_an_endorsement(config: Path, emulators: Emulators) -> None:
    card = person("normal").card
    stop = Flag()
    with running(config) as room:
        runtime = room.kiosk.runtime
        resident = Resident(runtime.post)
        runtime.observe(resident)
        wait_for("attract", lambda: runtime.visit.phase.name == "attract")
        first = runtime.visit.id
        assert emulators.bay.insert(card)
        take_card_when_out(emulators.bay, stop)
        wait_for("next visit", lambda: resident.phases[-2:] == ["take_card", "attract"])
        stop.set()
        wait_for("outbox", lambda: room.outbox.pending() == 0)
        assert room.outbox.refused() == []
        assert resident.phases == [
            "out_of_service", "attract", "read_card", "offers", "notice", "portrait", "compare",
            "confirm", "pay", "issue", "receipt", "take_card", "attract",
        ]  # fmt: skip
        assert runtime.visit.id != first
    assert "香港" in back_text(card)
    receipt = emulators.receipt_printer.receipts[-1].text
    assert "C12****78" in receipt
    assert "林晓岚" not in receipt
