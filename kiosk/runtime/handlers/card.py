"""The card's way in and out: arm, take in, eject, watch the gate, draw into the bin."""

from collections.abc import Callable

from devices.errors import DeviceError
from devices.interfaces import CardPosition, CardSlot, ChipReader, FieldPresence
from kiosk.runtime.recovery import place_of
from kiosk.runtime.reply import Handler, Reply
from kiosk.session.effects import ArmSlot, DrawCardIn, Effect, EjectCard, WatchGate
from kiosk.session.events import (
    CardFound,
    CardMoved,
    CardTakenIn,
    FieldCleared,
    FieldOccupied,
    TakeInFailed,
)
from kiosk.session.facts import CardPlace

_FIELD_AGAIN_S = 0.5
_GATE_AGAIN_S = 0.25
_ERRORS_TOLERATED = 8  # about two seconds of a device that comes back by itself


class CardHandlers:
    """Carries out what concerns the slot."""

    def __init__(self, slot: CardSlot, chip_reader: ChipReader) -> None:
        self._slot = slot
        self._chip_reader = chip_reader

    def handlers(self) -> dict[type[Effect], Handler]:
        """Return which effect goes where."""
        return {
            ArmSlot: self.arm,
            EjectCard: self.eject,
            WatchGate: self.watch_gate,
            DrawCardIn: self.draw_in,
        }

    def arm(self, effect: ArmSlot, reply: Reply) -> None:
        """Wait for an empty field, then for a card.

        A chip left in the field would answer in place of the card that is inserted next.
        """
        if not self._wait_for_empty_field(effect, reply):
            return
        try:
            taken = self._slot.take_in(reply.cancelled)
        except DeviceError as error:
            if not reply.cancelled.is_set():
                place = self._place_or(CardPlace.OUT)
                reply.send(TakeInFailed(effect.ref, place, str(error)[:200]))
            return
        if taken and reply.cancelled.is_set():
            reply.news(CardFound(CardPlace.INSIDE))
        elif taken:
            reply.send(CardTakenIn(effect.ref))
        else:
            reply.send(TakeInFailed(effect.ref, self._place_or(CardPlace.OUT), "no card was taken"))

    def _wait_for_empty_field(self, effect: ArmSlot, reply: Reply) -> bool:
        occupied = False
        while not reply.cancelled.is_set():
            if self._chip_reader.presence() is FieldPresence.EMPTY:
                if occupied:
                    reply.send(FieldCleared(effect.ref))
                return True
            if not occupied:
                occupied = True
                reply.send(FieldOccupied(effect.ref))
            reply.cancelled.wait(_FIELD_AGAIN_S)
        return False

    def eject(self, effect: EjectCard, reply: Reply) -> None:
        """Move the card to the gate and say where it is by the sensors."""
        self._move(effect, reply, self._slot.eject)

    def watch_gate(self, effect: WatchGate, reply: Reply) -> None:
        """Look at the sensors until the card is no longer at the gate."""
        errors = 0
        while not reply.cancelled.is_set():
            try:
                position = self._slot.position()
            except DeviceError:
                errors += 1
                if errors > _ERRORS_TOLERATED:
                    raise
            else:
                errors = 0
                if position in (CardPosition.NONE, CardPosition.INSIDE):
                    reply.send(CardMoved(effect.ref, place_of(position)))
                    return
            reply.cancelled.wait(_GATE_AGAIN_S)

    def draw_in(self, effect: DrawCardIn, reply: Reply) -> None:
        """Draw the card into the bin, unless it was taken in the last moment."""
        if self._slot.position() is CardPosition.NONE:
            reply.send(CardMoved(effect.ref, CardPlace.OUT))
            return
        position = self._slot.capture()
        place = CardPlace.HELD if position is CardPosition.NONE else place_of(position)
        reply.send(CardMoved(effect.ref, place))

    def _move(self, effect: EjectCard, reply: Reply, move: Callable[[], CardPosition]) -> None:
        try:
            position, detail = move(), ""
        except DeviceError as error:
            # A jam half-way or an answer lost on the line: the sensors know where the card is.
            position, detail = self._slot.position(), str(error)[:200]
        reply.send(CardMoved(effect.ref, place_of(position), detail))

    def _place_or(self, otherwise: CardPlace) -> CardPlace:
        try:
            return place_of(self._slot.position())
        except DeviceError:
            return otherwise
