"""The emulated machine: one bay, and around it every device on a real pty."""

from pathlib import Path

from devices.ccid_acs.emulator import AcsReaderEmulator
from devices.escpos_receipt.emulator import EscposEmulator
from devices.mrz_reader.emulator import ElyctisEmulator
from devices.rig.wiring import wire_chip_reader, wire_document_reader
from devices.rig.world import Bay
from devices.sanwa_crp1231.emulator import SanwaEmulator
from devices.transport import PtyLine, open_pty

BAUDS = {
    "card_printer": 9600,
    "mrz_reader": 9600,
    "chip_reader": 115200,
    "receipt_printer": 115200,
}


class Machine:
    """All emulated devices of one kiosk, at the pace of their real lines.

    ``ports`` is the folder for the ports' lasting names, which survive unplugging.
    """

    def __init__(self, ports: Path) -> None:
        self.bay = Bay()
        self.lines: dict[str, PtyLine] = {
            name: open_pty(baud=baud, link=ports / name) for name, baud in BAUDS.items()
        }
        self.card_printer = SanwaEmulator(self.bay, line=self.lines["card_printer"])
        self.mrz_reader = ElyctisEmulator(line=self.lines["mrz_reader"])
        self.chip_reader = AcsReaderEmulator(line=self.lines["chip_reader"])
        self.receipt_printer = EscposEmulator(line=self.lines["receipt_printer"])
        wire_document_reader(self.bay, self.mrz_reader)
        wire_chip_reader(self.bay, self.chip_reader.field)

    def start(self) -> "Machine":
        """Switch everything on."""
        self.card_printer.start()
        self.mrz_reader.start()
        self.chip_reader.start()
        self.receipt_printer.start()
        return self

    def stop(self) -> None:
        """Switch everything off."""
        self.card_printer.stop()
        self.mrz_reader.stop()
        self.chip_reader.stop()
        self.receipt_printer.stop()

    def ports(self) -> dict[str, tuple[str, int]]:
        """Return port and baud rate by the device's name in kiosk.toml."""
        return {name: (self.lines[name].path, baud) for name, baud in BAUDS.items()}
