"""A receipt printer: driver and emulator joined by a pty or in memory."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from devices.escpos_receipt import EscposEmulator, EscposPrinter, ReceiptStyle, ReceiptTiming
from devices.interfaces import Transport
from devices.transport import SerialTransport, loopback, open_pty

SHORT_WAITS = ReceiptTiming(status_s=0.15, print_s=0.8, ask_again_s=0.1, baud=1_000_000)


@dataclass
class Kit:
    printer: EscposPrinter
    emulator: EscposEmulator


MakeKit = Callable[..., Kit]


@pytest.fixture
def make_kit() -> Iterator[MakeKit]:
    kits: list[Kit] = []

    def make(
        *,
        over_pty: bool = False,
        spoil_host: Callable[[Transport], Transport] = lambda line: line,
        spoil_device: Callable[[Transport], Transport] = lambda line: line,
        style: ReceiptStyle | None = None,
        timing: ReceiptTiming = SHORT_WAITS,
    ) -> Kit:
        host: Transport
        device: Transport
        if over_pty:
            line = open_pty()
            host, device = SerialTransport(line.path, baud=115200), line
        else:
            host, device = loopback()
        emulator = EscposEmulator(line=spoil_device(device)).start()
        kits.append(Kit(EscposPrinter(spoil_host(host), style=style, timing=timing), emulator))
        return kits[-1]

    yield make
    for kit in kits:
        kit.printer.close()
        kit.emulator.stop()
