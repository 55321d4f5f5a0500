"""The emulated CRP-1231 without its line: state, memory and motors, advanced by a clock.

What it prints comes from the bytes it was sent; the card comes from the bay. Registered glyphs
and composed lines are volatile and gone after a loss of power, as in the device.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from devices.rig.card import BACK_LINES, Card, blank_back
from devices.rig.world import Bay, Place
from devices.sanwa_crp1231 import states
from devices.sanwa_crp1231.frames import Code, Frame
from devices.sanwa_crp1231.thermal import Dots, UnprintableData, paint, parse_glyph

_MODE_TAKE_IN = ord("2")


@dataclass(frozen=True, slots=True)
class Durations:
    """How long the mechanics take, in seconds; guesses near what such devices need."""

    take_in_s: float = 0.8
    eject_s: float = 0.8
    erase_s: float = 1.5
    print_s: float = 2.0
    link_s: float = 0.0


@dataclass(slots=True)
class _Job:
    """One running command: ``advance`` sees the share done (0..1) and returns P when it fails."""

    takes_s: float
    advance: Callable[[float], int]
    began_at: float | None = None


@dataclass(slots=True)
class _Memory:
    """All that a loss of power clears."""

    code: int | None = None
    p: int = states.P_OK
    s: int = states.S_IDLE
    data: bytes = b""
    glyphs: dict[int, Dots] = field(default_factory=dict)
    composed: list[tuple[int, bytes]] = field(default_factory=list)
    job: _Job | None = None


class SanwaMachine:
    """Mechanics and memory of one CRP-1231 (LR model)."""

    def __init__(self, bay: Bay, durations: Durations) -> None:
        self._bay = bay
        self._durations = durations
        self._memory = _Memory()
        self.slowness = 1.0

    def lose_power(self) -> None:
        """Forget everything volatile; the card stays where it is."""
        self._memory = _Memory()

    @property
    def busy(self) -> bool:
        """Say whether a motor or the head is at work."""
        return self._memory.job is not None

    def accept(self, frame: Frame) -> None:
        """Begin a command. One that comes while another runs ends that one, as CANCEL does."""
        memory = self._memory
        memory.code, memory.p, memory.s = frame.code, states.P_OK, states.S_RUNNING
        memory.data, memory.job = b"", None
        commands: dict[int, Callable[[bytes], None]] = {
            Code.INITIALISE: self._initialise,
            Code.STATUS: self._status,
            Code.READ_OR_TAKE_IN: self._take_in,
            Code.CANCEL: self._status,
            Code.REGISTER_GLYPH: self._register,
            Code.PRINT: self._print,
            Code.ERASE: self._erase,
            Code.EJECT: self._eject,
        }
        begin = commands.get(frame.code)
        if begin is None:
            self._end(s=states.S_ILLEGAL)
        else:
            begin(frame.data)

    def tick(self, now: float) -> None:
        """Let motors and head move on to this moment."""
        memory = self._memory
        if memory.s == states.S_WAITING_FOR_CARD and self._bay.place is Place.AT_GATE:
            memory.s = states.S_RUNNING
            self._start(self._durations.take_in_s, self._draw_in)
        job = memory.job
        if job is None:
            return
        if job.began_at is None:
            job.began_at = now
        takes = job.takes_s * self.slowness
        share = 1.0 if takes <= 0 else min(1.0, (now - job.began_at) / takes)
        p = job.advance(share)
        if p != states.P_OK or share >= 1.0:
            self._end(p)

    def answer(self) -> Frame | None:
        """Report on the last command; None before the first after power-on."""
        memory = self._memory
        if memory.code is None:
            return None
        return Frame(memory.code, bytes((self._sensor(), memory.p, memory.s)), memory.data)

    def _sensor(self) -> int:
        return {
            Place.OUTSIDE: states.R_NONE,
            Place.AT_GATE: states.R_EJECT_SLOT,
            Place.INSIDE: states.R_READ_HEAD,
        }[self._bay.place]

    def _end(self, p: int = states.P_OK, s: int = states.S_IDLE) -> None:
        self._memory.p, self._memory.s, self._memory.job = p, s, None

    def _start(self, takes_s: float, advance: Callable[[float], int]) -> None:
        self._memory.job = _Job(takes_s, advance)

    def _initialise(self, data: bytes) -> None:
        self._memory.composed.clear()
        if data == b"1":
            self._eject(b"")
        else:
            self._status(b"")

    def _status(self, _data: bytes) -> None:
        self._end(states.P_JAM if self._bay.jammed else states.P_OK)

    def _take_in(self, data: bytes) -> None:
        if len(data) != 3 or data[0] != _MODE_TAKE_IN:
            self._end(s=states.S_ILLEGAL)  # tracks: this card has none
        elif self._bay.place is Place.INSIDE:
            self._end()
        else:
            self._memory.s = states.S_WAITING_FOR_CARD

    def _draw_in(self, share: float) -> int:
        if self._bay.place is Place.OUTSIDE:
            return states.P_PULLED
        if share < 1.0:
            return states.P_OK
        return states.P_OK if self._bay.draw_in() else states.P_JAM

    def _eject(self, _data: bytes) -> None:
        if self._bay.place is Place.OUTSIDE:
            self._end(s=states.S_ILLEGAL)
        else:
            self._start(self._durations.eject_s, self._push_out)

    def _push_out(self, share: float) -> int:
        if self._bay.jammed:
            return states.P_JAM
        if share >= 1.0:
            # A card that somebody already took on its way out is where it should be.
            self._bay.push_out()
        return states.P_OK

    def _register(self, data: bytes) -> None:
        try:
            self._memory.glyphs[data[0]] = parse_glyph(data[1:])
        except (IndexError, ValueError):
            self._end(s=states.S_ILLEGAL)
        else:
            self._start(self._durations.link_s, lambda _share: states.P_OK)

    def _print(self, data: bytes) -> None:
        if len(data) < 3 or data[0] not in b"01" or data[1] not in b"01":
            self._end(s=states.S_ILLEGAL)
            return
        if not 1 <= data[2] <= BACK_LINES:
            self._end(s=states.S_ILLEGAL)
            return
        composed = self._memory.composed
        if data[1] == ord("0"):
            composed.clear()
        composed.append((data[2] - 1, data[3:]))
        if data[0] == ord("1"):
            self._end()
        else:
            self._print_now()

    def _print_now(self) -> None:
        card = self._inside()
        if card is None:
            self._end(states.P_PRINT)
            return
        picture = blank_back()
        try:
            for row, data in self._memory.composed:
                paint(picture, row, data, self._memory.glyphs)
        except UnprintableData:
            self._end(states.P_PRINT)
            return
        self._memory.composed.clear()
        self._start(self._durations.print_s, lambda share: self._burn(card, picture, share))

    def _burn(self, card: Card, picture: Dots, share: float) -> int:
        """Darken the rows that have passed the head so far; a pulled card keeps those."""
        trouble = self._trouble_with(card)
        if trouble == states.P_OK:
            rows = round(share * len(picture))
            card.back[:rows] |= picture[:rows]
        return trouble

    def _erase(self, _data: bytes) -> None:
        card = self._inside()
        if card is None:
            self._end(states.P_PRINT)
        else:
            self._start(self._durations.erase_s, lambda share: self._clear(card, share))

    def _clear(self, card: Card, share: float) -> int:
        trouble = self._trouble_with(card)
        if trouble == states.P_OK:
            card.back[: round(share * len(card.back))] = False
        return trouble

    def _inside(self) -> Card | None:
        return self._bay.card if self._bay.place is Place.INSIDE else None

    def _trouble_with(self, card: Card) -> int:
        if self._inside() is not card:
            return states.P_PULLED
        return states.P_JAM if self._bay.jammed else states.P_OK
