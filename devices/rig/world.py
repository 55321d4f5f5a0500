"""The bay: where the card is, and what each emulated device can see of it from its place.

All emulators of one kiosk share one Bay. A person moves cards at its mouth with ``insert``,
``take`` and ``pull``; motors move them with ``draw_in`` and ``push_out``.
"""

from collections.abc import Callable
from enum import StrEnum
from threading import Condition

from devices.ccid_acs.antenna import Chip
from devices.rig.card import Card


class Place(StrEnum):
    """Where the bay's card lies."""

    OUTSIDE = "outside"
    AT_GATE = "at_gate"
    INSIDE = "inside"


class Bay:
    """One card's way through the machine. Safe to use from any thread."""

    def __init__(self) -> None:
        self.changed = Condition()
        self._card: Card | None = None
        self._place = Place.OUTSIDE
        self._upside_down = False
        self._stray_chip: Chip | None = None
        self._watchers: list[Callable[[Bay], None]] = []
        self._jammed = False

    @property
    def card(self) -> Card | None:
        """Return the card at the gate or inside."""
        return self._card

    @property
    def place(self) -> Place:
        """Say where the card lies; OUTSIDE without one."""
        return self._place

    @property
    def jammed(self) -> bool:
        """Say whether something blocks the card's way."""
        return self._jammed

    def insert(self, card: Card, *, upside_down: bool = False) -> bool:
        """Hold a card into the gate, as a person does; False when another card is in the way."""
        with self.changed:
            if self._card is not None:
                return False
            self._card, self._upside_down = card, upside_down
            self._move(Place.AT_GATE)
            return True

    def take(self) -> Card | None:
        """Take the card that lies at the gate; None when there is none to take."""
        with self.changed:
            if self._place is not Place.AT_GATE:
                return None
            return self._remove()

    def pull(self) -> Card | None:
        """Tear the card out from wherever it is, against the motor."""
        with self.changed:
            return self._remove()

    def _remove(self) -> Card | None:
        card, self._card = self._card, None
        self._move(Place.OUTSIDE)
        return card

    def draw_in(self) -> bool:
        """Move the card from the gate inside, as a motor does; False when it did not move."""
        with self.changed:
            if self._jammed or self._card is None:
                return False
            self._move(Place.INSIDE)
            return True

    def push_out(self) -> bool:
        """Move the card to the gate, as a motor does; False when it did not move."""
        with self.changed:
            if self._jammed or self._card is None:
                return False
            self._move(Place.AT_GATE)
            return True

    def jam(self, blocked: bool = True) -> None:
        """Block the card's way, or clear it."""
        with self.changed:
            self._jammed = blocked
            self._tell()

    def lay_chip_beside(self, chip: Chip | None) -> None:
        """Put a second chip into the antenna's field (or take it away with None)."""
        with self.changed:
            self._stray_chip = chip
            self._tell()

    def printed_mrz(self) -> str | None:
        """Return what a document reader in the card's path sees, None when it sees no MRZ."""
        with self.changed:
            if self._card is None or self._place is not Place.INSIDE or self._upside_down:
                return None
            return self._card.front.mrz or None

    def chips_in_field(self) -> tuple[Chip, ...]:
        """Return the chips that a reader in the card's path can power.

        A card that lies upside down has its chip beyond the reach of the antenna.
        """
        with self.changed:
            chips: list[Chip] = []
            if self._card is not None and self._place is Place.INSIDE and not self._upside_down:
                chips += [self._card.chip] if self._card.chip is not None else []
            if self._stray_chip is not None:
                chips.append(self._stray_chip)
            return tuple(chips)

    def on_change(self, watcher: Callable[["Bay"], None]) -> None:
        """Call ``watcher`` now and after every change, on the thread that changes something.

        It is called while the bay holds still: it must be quick and must not move the card.
        """
        with self.changed:
            self._watchers.append(watcher)
            watcher(self)

    def wait_for(self, condition: Callable[["Bay"], bool], timeout_s: float) -> bool:
        """Wait until ``condition`` holds for this bay; False when it did not in time."""
        with self.changed:
            return self.changed.wait_for(lambda: condition(self), timeout_s)

    def _move(self, place: Place) -> None:
        self._place = place
        self._tell()

    def _tell(self) -> None:
        self.changed.notify_all()
        for watcher in self._watchers:
            watcher(self)
