"""A printer with its bay: driver and emulator joined by a pty or in memory."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from devices.interfaces import Transport
from devices.rig.card import Card, CardFront
from devices.rig.world import Bay
from devices.sanwa_crp1231 import Durations, SanwaEmulator, SanwaPrinter, Timing
from devices.transport import SerialTransport, loopback, open_pty

QUICK = Durations(take_in_s=0.02, eject_s=0.02, erase_s=0.03, print_s=0.03)
SHORT_WAITS = Timing(
    ack_s=0.08,
    answer_s=0.15,
    poll_s=0.005,
    status_s=1.0,
    move_s=1.0,
    erase_s=1.0,
    print_s=1.0,
)


@dataclass
class Kit:
    bay: Bay
    printer: SanwaPrinter
    emulator: SanwaEmulator

    def insert(self, card: Card) -> Card:
        """Put a card inside without the driver's help."""
        assert self.bay.insert(card)
        assert self.bay.draw_in()
        return card


MakeKit = Callable[..., Kit]


@pytest.fixture
def make_kit() -> Iterator[MakeKit]:
    kits: list[Kit] = []

    def make(
        *,
        over_pty: bool = False,
        spoil_host: Callable[[Transport], Transport] = lambda line: line,
        spoil_device: Callable[[Transport], Transport] = lambda line: line,
        durations: Durations = QUICK,
        timing: Timing = SHORT_WAITS,
    ) -> Kit:
        host: Transport
        device: Transport
        if over_pty:
            line = open_pty()
            host, device = SerialTransport(line.path, baud=9600), line
        else:
            host, device = loopback()
        bay = Bay()
        emulator = SanwaEmulator(bay, durations=durations, line=spoil_device(device)).start()
        kits.append(Kit(bay, SanwaPrinter(spoil_host(host), timing=timing), emulator))
        return kits[-1]

    yield make
    for kit in kits:
        kit.printer.close()
        kit.emulator.stop()


def blank_card() -> Card:
    return Card(CardFront(mrz="CSCHN"))
