"""The emulated machine: one bay, and around it every device on a real pty."""

from devices.ccid_acs.emulator import AcsReaderEmulator
from devices.escpos_receipt.emulator import EscposEmulator
from devices.mrz_reader.emulator import ElyctisEmulator
from devices.rig.wiring import wire_chip_reader, wire_document_reader
from devices.rig.world import Bay
from devices.sanwa_crp1231.emulator import SanwaEmulator

CARD_PRINTER_BAUD = 9600
MRZ_BAUD = 9600
CHIP_BAUD = 115200
RECEIPT_BAUD = 115200


class Machine:
    """All emulated devices of one kiosk, at the pace of their real lines."""

    def __init__(self) -> None:
        self.bay = Bay()
        self.card_printer = SanwaEmulator(self.bay, baud=CARD_PRINTER_BAUD)
        self.mrz_reader = ElyctisEmulator(baud=MRZ_BAUD)
        self.chip_reader = AcsReaderEmulator(baud=CHIP_BAUD)
        self.receipt_printer = EscposEmulator(baud=RECEIPT_BAUD)
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
        return {
            "card_printer": (self.card_printer.path, CARD_PRINTER_BAUD),
            "mrz_reader": (self.mrz_reader.path, MRZ_BAUD),
            "chip_reader": (self.chip_reader.path, CHIP_BAUD),
            "receipt_printer": (self.receipt_printer.path, RECEIPT_BAUD),
        }
