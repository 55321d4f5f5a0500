"""What the machine's assembly asks of a configuration, as protocols: plain values, no files."""

from typing import Protocol


class PortConfig(Protocol):
    """One device on its port."""

    @property
    def kind(self) -> str:
        """Return the device's kind."""
        ...

    @property
    def port(self) -> str:
        """Return a path or a ``socket://`` address."""
        ...

    @property
    def baud(self) -> int:
        """Return the line's speed."""
        ...


class LayoutConfig(Protocol):
    """How much the back of a card holds, and the codes of the card printer's print modes."""

    @property
    def max_lines(self) -> int:
        """Return the rows of a card's back."""
        ...

    @property
    def max_columns(self) -> int:
        """Return the half-width columns of a row."""
        ...

    @property
    def now_mode(self) -> str:
        """Return the code for printing at once."""
        ...

    @property
    def wait_mode(self) -> str:
        """Return the code for composing only."""
        ...


class CardPrinterConfig(PortConfig, Protocol):
    """A card printer on its port."""

    @property
    def layout(self) -> LayoutConfig:
        """Return what a back holds."""
        ...

    @property
    def timing(self) -> object:
        """Return the waits, by the names of ``sanwa_crp1231.dialogue.Timing``."""
        ...


class PollingConfig(Protocol):
    """The escape commands that count the chips in the field, in hex digits."""

    @property
    def list_targets(self) -> str:
        """Return the command that lists up to two chips."""
        ...

    @property
    def release(self) -> str:
        """Return the command that lets them go again."""
        ...


class ChipReaderConfig(PortConfig, Protocol):
    """A chip reader on its port."""

    @property
    def polling(self) -> PollingConfig:
        """Return how chips are counted."""
        ...


class ReceiptConfig(PortConfig, Protocol):
    """A receipt printer on its port."""

    @property
    def width_dots(self) -> int:
        """Return the printable width."""
        ...


class MachineConfig(Protocol):
    """The devices of one kiosk; ``assembly`` says how the machine is put together."""

    @property
    def assembly(self) -> str:
        """Return the assembly's name."""
        ...

    @property
    def poll_s(self) -> float:
        """Return how often an idle device is asked how it is."""
        ...

    @property
    def card_printer(self) -> CardPrinterConfig:
        """Return card slot and endorsement printer."""
        ...

    @property
    def mrz_reader(self) -> PortConfig:
        """Return the document reader."""
        ...

    @property
    def chip_reader(self) -> ChipReaderConfig:
        """Return the chip reader."""
        ...

    @property
    def receipt_printer(self) -> ReceiptConfig | None:
        """Return the receipt printer, None for a kiosk without one."""
        ...
