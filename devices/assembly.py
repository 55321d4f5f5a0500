"""Opens the machine around the card from plain configuration values, one supervisor a port.

Shared by whoever runs the kiosk and whoever diagnoses it. Opening never fails because a device
is missing: that is a status.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields

from devices.ccid_acs.driver import AcsChipReader
from devices.ccid_acs.polling import Polling
from devices.escpos_receipt.builder import ReceiptStyle
from devices.escpos_receipt.driver import EscposPrinter, ReceiptTiming
from devices.interfaces import CardInspector
from devices.machine_config import (
    CardPrinterConfig,
    ChipReaderConfig,
    MachineConfig,
    PortConfig,
    ReceiptConfig,
)
from devices.mrz_reader.driver import ElyctisMrzReader
from devices.sanwa_crp1231.dialogue import Timing
from devices.sanwa_crp1231.driver import SanwaPrinter
from devices.sanwa_crp1231.layout import PrintLayout
from devices.status import DeviceStatus
from devices.supervised import (
    OwnedCardPrinter,
    OwnedChipReader,
    OwnedDocumentReader,
    OwnedReceiptPrinter,
    SlotAndPrinter,
    SupervisedChipReader,
    SupervisedDocumentReader,
    SupervisedReceiptPrinter,
)
from devices.supervisor import Pace, Supervisor
from devices.transport import MaskedLog, SerialTransport

BUILT_ASSEMBLIES = ("rewriter",)
LINE_LOG = "devices.line"
"""Parent of each line's logger; at level TRAFFIC it tells what goes over them, masked."""


class UnknownAssembly(ValueError):
    """The configuration names an assembly that this program cannot build yet."""


@dataclass(frozen=True, slots=True)
class Machine:
    """The opened devices by the part they play; ``probes`` are by the same names."""

    card_printer: OwnedCardPrinter
    document_reader: OwnedDocumentReader
    chip_reader: OwnedChipReader
    receipt_printer: OwnedReceiptPrinter | None
    inspector: CardInspector | None
    probes: Mapping[str, Callable[[], DeviceStatus]]
    _closers: tuple[Callable[[], None], ...] = field(repr=False, default=())

    def close(self) -> None:
        """Cancel what runs and close every port."""
        for close in self._closers:
            close()


def open_machine(config: MachineConfig) -> Machine:
    """Open every port on a thread of its own; returns at once. Raises UnknownAssembly."""
    if config.assembly not in BUILT_ASSEMBLIES:
        allowed = ", ".join(BUILT_ASSEMBLIES)
        raise UnknownAssembly(
            f"assembly '{config.assembly}' cannot be built yet; allowed: {allowed}"
        )
    pace = Pace(poll_s=config.poll_s)
    layout, timing = _layout(config.card_printer), _timing(config.card_printer)
    polling = _polling(config.chip_reader)
    printer: Supervisor[SlotAndPrinter] = Supervisor(
        "card printer",
        _line("card_printer", config.card_printer),
        lambda line: SanwaPrinter(line, timing=timing, layout=layout),
        pace=pace,
    )
    documents: Supervisor[SupervisedDocumentReader] = Supervisor(
        "MRZ reader", _line("mrz_reader", config.mrz_reader), ElyctisMrzReader, pace=pace
    )
    chips: Supervisor[SupervisedChipReader] = Supervisor(
        "chip reader",
        _line("chip_reader", config.chip_reader),
        lambda line: AcsChipReader(line, polling=polling),
        pace=pace,
    )
    probes: dict[str, Callable[[], DeviceStatus]] = {
        "card_slot": printer.status,
        "endorsement_printer": printer.status,
        "document_reader": documents.status,
        "chip_reader": chips.status,
    }
    for supervisor in (printer, documents, chips):
        supervisor.start()
    closers = [printer.close, documents.close, chips.close]
    receipts = None
    if config.receipt_printer is not None:
        paper = _receipt_printer(config.receipt_printer, pace).start()
        probes["receipt_printer"] = paper.status
        closers.append(paper.close)
        receipts = OwnedReceiptPrinter(paper)
    return Machine(
        OwnedCardPrinter(printer, max_lines=layout.max_lines, max_columns=layout.max_columns),
        OwnedDocumentReader(documents),
        OwnedChipReader(chips),
        receipts,
        None,  # a camera that sees the back is one more device of this assembly; none is built yet
        probes,
        tuple(closers),
    )


def _layout(config: CardPrinterConfig) -> PrintLayout:
    layout = config.layout
    return PrintLayout(
        max_lines=layout.max_lines,
        max_columns=layout.max_columns,
        now_mode=layout.now_mode.encode("ascii"),
        wait_mode=layout.wait_mode.encode("ascii"),
    )


def _timing(config: CardPrinterConfig) -> Timing:
    return Timing(**{wait.name: getattr(config.timing, wait.name) for wait in fields(Timing)})


def _polling(config: ChipReaderConfig) -> Polling:
    polling = config.polling
    return Polling(bytes.fromhex(polling.list_targets), bytes.fromhex(polling.release))


def _receipt_printer(config: ReceiptConfig, pace: Pace) -> Supervisor[SupervisedReceiptPrinter]:
    style = ReceiptStyle(width_dots=config.width_dots)
    timing = ReceiptTiming(baud=config.baud)
    return Supervisor(
        "receipt printer",
        _line("receipt_printer", config),
        lambda line: EscposPrinter(line, style=style, timing=timing),
        pace=pace,
    )


def _line(name: str, config: PortConfig) -> Callable[[], SerialTransport]:
    traffic = MaskedLog(f"{LINE_LOG}.{name}")
    return lambda: SerialTransport(config.port, baud=config.baud, traffic=traffic)
