"""Jams, pulled cards, lost power and bad links: what is said must be what happened."""

import time
from collections.abc import Callable
from threading import Event, Thread, Timer

import pytest

from devices.errors import CommandFailed, DeviceTimeout, ProtocolError
from devices.glyphs.charset import can_draw
from devices.interfaces import BackLine, CardPosition, PrintOutcome, Transport
from devices.rig.card import Card
from devices.rig.card_back import back_text
from devices.rig.world import Place
from devices.sanwa_crp1231 import Durations, SanwaPrinter, Timing
from devices.sanwa_crp1231.dialogue import AnswerTimeout, MotionTimeout
from devices.sanwa_crp1231.frames import Code, Frame
from devices.status import Disconnected, Faulted, Ready, Trouble
from devices.transport import Manipulator
from tests.devices.sanwa.conftest import SHORT_WAITS, Kit, MakeKit, blank_card

OLD = (BackLine("往来香港签注 探亲"), BackLine("有效期至 2026-12-31"))
NEW = (
    BackLine("往来澳门签注 个人旅游", tall=True),
    BackLine("有效期至 2027-11-23"),
    BackLine("OK"),
)
OLD_TEXT = "\n".join(line.text for line in OLD)
NEW_TEXT = "\n".join(line.text for line in NEW)
SLOW = Durations(take_in_s=0.05, eject_s=0.05, erase_s=0.3, print_s=0.3)


def printed_before(kit: Kit) -> Card:
    card = kit.insert(blank_card())
    assert kit.printer.rewrite(OLD).outcome is PrintOutcome.PRINTED
    return card


def test_print_without_a_card_fails_before_anything_is_erased(make_kit: MakeKit) -> None:
    kit = make_kit()
    result = kit.printer.rewrite(NEW)
    assert result.outcome is PrintOutcome.FAILED
    assert "P=35" in result.detail


def test_too_much_for_the_card_is_refused_before_anything_is_erased(make_kit: MakeKit) -> None:
    kit = make_kit()
    card = printed_before(kit)
    result = kit.printer.rewrite([BackLine("签注", tall=True)] * 11)
    assert (result.outcome, result.erased) == (PrintOutcome.FAILED, False)
    assert result.detail == "22 rows, the card holds 20"
    assert back_text(card) == OLD_TEXT


def test_more_than_256_glyphs_is_a_clear_error(make_kit: MakeKit) -> None:
    kit = make_kit()
    lines = [
        BackLine("".join(chr(0x4E00 + row * 30 + column) for column in range(30)))
        for row in range(20)
    ]
    lines = [BackLine("".join(c if can_draw(c) else "-" for c in line.text)) for line in lines]
    result = kit.printer.rewrite(lines)
    assert (result.outcome, result.erased) == (PrintOutcome.FAILED, False)
    assert "the device can register 255" in result.detail


def test_character_without_a_glyph_is_named(make_kit: MakeKit) -> None:
    result = make_kit().printer.rewrite([BackLine("Ж\U0001f600")])
    assert result.detail == "line 1: no glyph for U+1F600"


class Tripwire(Manipulator):
    """Does something once, a moment after these bytes went to the device."""

    def __init__(self, inner: Transport, mark: bytes) -> None:
        super().__init__(inner)
        self.mark = mark
        self.action: Callable[[], object] | None = None

    def write(self, data: bytes, deadline: float) -> None:
        super().write(data, deadline)
        if self.mark in data and self.action is not None:
            Timer(0.1, self.action).start()
            self.action = None


def test_jam_while_printing(make_kit: MakeKit) -> None:
    wires: list[Tripwire] = []

    def tripwire(line: Transport) -> Transport:
        wires.append(Tripwire(line, b"OK"))
        return wires[-1]

    kit = make_kit(durations=SLOW, spoil_host=tripwire)
    card = printed_before(kit)
    wires[0].action = kit.bay.jam
    result = kit.printer.rewrite([*(BackLine(f"line {n}") for n in range(19)), BackLine("OK")])
    assert (result.outcome, result.erased) == (PrintOutcome.FAILED, True)
    assert "jam" in result.detail
    assert "OK" not in back_text(card)
    status = kit.printer.status()
    assert isinstance(status, Faulted)
    assert status.trouble is Trouble.JAM
    with pytest.raises(CommandFailed, match="card jam"):
        kit.printer.eject()
    kit.bay.jam(False)
    assert kit.printer.eject() is CardPosition.AT_GATE
    assert isinstance(kit.printer.status(), Ready)


def test_card_pulled_while_erasing(make_kit: MakeKit) -> None:
    wires: list[Tripwire] = []

    def tripwire(line: Transport) -> Transport:
        wires.append(Tripwire(line, Frame(Code.ERASE).to_bytes()))
        return wires[-1]

    kit = make_kit(durations=SLOW, spoil_host=tripwire)
    printed_before(kit)
    wires[0].action = kit.bay.pull
    result = kit.printer.rewrite(NEW)
    assert (result.outcome, result.erased) == (PrintOutcome.FAILED, True)
    assert "P=38" in result.detail
    assert kit.printer.position() is CardPosition.NONE


def test_card_pulled_while_drawn_in(make_kit: MakeKit) -> None:
    kit = make_kit(durations=Durations(take_in_s=0.3))
    kit.bay.insert(blank_card())
    Timer(0.1, kit.bay.pull).start()
    with pytest.raises(CommandFailed, match="P=38"):
        kit.printer.take_in(Event())


def test_take_in_is_cancelled_and_leaves_no_card_waiting_to_be_taken(make_kit: MakeKit) -> None:
    kit = make_kit()
    cancel = Event()
    Timer(0.1, cancel.set).start()
    assert kit.printer.take_in(cancel) is False
    kit.bay.insert(blank_card())
    assert not kit.bay.wait_for(lambda bay: bay.place is Place.INSIDE, 0.15)
    assert kit.printer.position() is CardPosition.AT_GATE


def test_card_that_comes_with_the_cancel_is_not_lost(make_kit: MakeKit) -> None:
    kit = make_kit(durations=Durations(take_in_s=0.0))
    cancel = Event()
    taken: list[bool] = []
    waiting = Thread(target=lambda: taken.append(kit.printer.take_in(cancel)))
    waiting.start()
    time.sleep(0.05)
    kit.bay.insert(blank_card())
    cancel.set()
    waiting.join(5)
    inside = kit.printer.position() is CardPosition.INSIDE
    assert taken == [inside]


def test_silent_device_is_disconnected_and_its_reasons_differ(make_kit: MakeKit) -> None:
    kit = make_kit()
    kit.emulator.faults.silent = True
    status = kit.printer.status()
    assert isinstance(status, Disconnected)
    assert "no ACK" in status.detail
    kit.emulator.faults.silent = False
    assert isinstance(kit.printer.status(), Ready)


def test_stuck_motor_is_a_motion_timeout_not_a_dead_line(make_kit: MakeKit) -> None:
    timing = Timing(ack_s=0.08, answer_s=0.15, poll_s=0.005, move_s=0.6)
    kit = make_kit(timing=timing)
    kit.insert(blank_card())
    kit.emulator.faults.slowness = 100.0
    with pytest.raises(MotionTimeout, match=r"still runs after 0\.6 s"):
        kit.printer.eject()


def test_answer_with_a_wrong_checksum_is_asked_for_again(make_kit: MakeKit) -> None:
    kit = make_kit()
    kit.emulator.faults.spoil_answers = 2
    assert isinstance(kit.printer.status(), Ready)
    kit.emulator.faults.spoil_answers = 3
    with pytest.raises(ProtocolError, match="checksum"):
        kit.printer.position()


def test_lost_ack_does_not_print_twice_nor_fail(make_kit: MakeKit) -> None:
    kit = make_kit()
    card = printed_before(kit)
    kit.emulator.faults.lose_acks = 100  # of every command
    result = kit.printer.rewrite((BackLine("OK 42"),))
    assert result.outcome is PrintOutcome.PRINTED
    assert back_text(card) == "OK 42"


def test_refused_print_is_failed_not_unknown(make_kit: MakeKit) -> None:
    kit = make_kit()
    kit.insert(blank_card())
    kit.emulator.faults.refuse = 3
    result = kit.printer.rewrite(NEW)
    assert (result.outcome, result.erased) == (PrintOutcome.FAILED, False)


class GoesSilent(Manipulator):
    """Lets nothing back once the print command has gone out."""

    def __init__(self, inner: Transport, mark: bytes) -> None:
        super().__init__(inner)
        self._mark = mark
        self._dead = False

    def write(self, data: bytes, deadline: float) -> None:
        super().write(data, deadline)
        self._dead = self._dead or self._mark in data

    def read(self, size: int, deadline: float, cancel: Event | None = None) -> bytes:
        data = super().read(size, deadline, cancel)
        while self._dead and data:
            data = super().read(size, deadline, cancel)
        return data


def test_line_lost_after_the_print_command_is_unknown(make_kit: MakeKit) -> None:
    kit = make_kit(spoil_host=lambda line: GoesSilent(line, b"OK"))
    card = kit.insert(blank_card())
    result = kit.printer.rewrite(NEW)
    assert (result.outcome, result.erased) == (PrintOutcome.UNKNOWN, True)
    assert back_text(card) == NEW_TEXT  # it did print; the driver cannot know, and says so


def test_unplugged_line_is_disconnected(make_kit: MakeKit) -> None:
    kit = make_kit(over_pty=True)
    kit.insert(blank_card())
    kit.emulator.stop()
    assert isinstance(kit.printer.status(), Disconnected)
    result = kit.printer.rewrite(NEW)
    assert (result.outcome, result.erased) == (PrintOutcome.FAILED, False)


@pytest.mark.parametrize("step", [*range(0, 40, 3), *range(40, 64)])
def test_power_lost_at_any_step_never_yields_a_wrong_word(make_kit: MakeKit, step: int) -> None:
    kit = make_kit(timing=Timing(0.03, 0.05, 0.005, 0.3, 0.5, 0.5, 0.5, attempts=2))
    card = printed_before(kit)
    kit.emulator.faults.power_lost_at_step = step
    result = kit.printer.rewrite((BackLine("往来 A"), BackLine("OK")))
    text = back_text(card)
    if result.outcome is PrintOutcome.PRINTED:
        assert text == "往来 A\nOK"
    if not result.erased:
        assert text == OLD_TEXT
    kit.emulator.power_on()
    kit.printer.initialise()
    assert kit.printer.position() is CardPosition.INSIDE
    assert kit.printer.rewrite(NEW).outcome is PrintOutcome.PRINTED
    assert back_text(card) == NEW_TEXT


@pytest.mark.parametrize("blink_at_s", [0.02, 0.05, 0.08, 0.12])
def test_short_loss_of_power_that_nobody_notices_prints_no_wrong_back(
    make_kit: MakeKit, blink_at_s: float
) -> None:
    """The device comes back at once, without its glyphs and its composed lines."""
    kit = make_kit(durations=Durations(erase_s=0.1, print_s=0.05))
    card = printed_before(kit)

    def blink() -> None:
        kit.emulator.power_off()
        kit.emulator.power_on()

    Timer(blink_at_s, blink).start()
    result = kit.printer.rewrite(NEW)
    if result.outcome is PrintOutcome.PRINTED:
        assert back_text(card) == NEW_TEXT


def test_no_bin(make_kit: MakeKit) -> None:
    with pytest.raises(CommandFailed, match="no bin"):
        make_kit().printer.capture()


def test_errors_are_kinds_of_timeout() -> None:
    assert issubclass(MotionTimeout, DeviceTimeout)
    assert issubclass(AnswerTimeout, DeviceTimeout)
    assert SanwaPrinter.has_bin is False
    assert SHORT_WAITS.attempts == 3
