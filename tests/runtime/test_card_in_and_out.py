"""Cards of every kind through real drivers and emulators: taken in, read, refused, given back."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from threading import Thread

import pytest

from devices.assembly import Machine, open_machine
from devices.rig.card import Card, CardFront
from devices.rig.chip import EepChip
from devices.rig.chip_files import make_files
from devices.rig.world import Place
from devices.status import Disconnected
from devices.travel_document.eep import format_printed
from kiosk.runtime.handlers.card import CardHandlers
from kiosk.runtime.handlers.reading import ReadingHandlers
from kiosk.runtime.materials import MaterialsByVisit
from kiosk.runtime.reply import Reply
from kiosk.session import effects, events
from kiosk.session.events import Event
from kiosk.session.facts import CardPlace, CardProblem
from kiosk.session.visit import Ref
from kiosk.settings import load_settings
from tests.devices.chip_world import ChipWorld, make_holder, make_jpeg, make_printed, make_world
from tests.runtime.machine_room import Emulators, wait_for, write_config

REF = Ref("v", 1)
TODAY = date(2026, 1, 1)
PASSPORT = (
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"
)


@pytest.fixture
def machine(tmp_path: Path, emulators: Emulators) -> Iterator[Machine]:
    config = write_config(tmp_path, emulators, "http://127.0.0.1:9")
    machine = open_machine(load_settings(config).devices)
    for name, probe in machine.probes.items():
        wait_for(name, lambda probe=probe: not isinstance(probe(), Disconnected))  # type: ignore[misc]
    yield machine
    machine.close()


@pytest.fixture
def world() -> ChipWorld:
    return make_world(portrait_bytes=1000)


def card_of(world: ChipWorld) -> Card:
    return Card(CardFront(format_printed(world.printed)), world.chip)


class Asked:
    """One effect under way: its answers, and its cancel flag."""

    def __init__(self) -> None:
        self.answers: list[Event] = []
        self.reply = Reply(REF, self.answers.append)

    def wait(self, count: int = 1) -> list[Event]:
        wait_for(f"{count} answers, has {self.answers}", lambda: len(self.answers) >= count, 10)
        return self.answers


def arm(machine: Machine) -> Asked:
    asked = Asked()
    handlers = CardHandlers(machine.card_printer, machine.chip_reader)
    Thread(target=handlers.arm, args=(effects.ArmSlot(REF), asked.reply), daemon=True).start()
    return asked


def take_in(
    machine: Machine, emulators: Emulators, card: Card, *, upside_down: bool = False
) -> None:
    asked = arm(machine)
    assert emulators.bay.insert(card, upside_down=upside_down)
    assert asked.wait() == [events.CardTakenIn(REF)]


def read(machine: Machine, materials: MaterialsByVisit | None = None) -> Event:
    asked = Asked()
    handlers = ReadingHandlers(
        machine.document_reader,
        machine.chip_reader,
        materials or MaterialsByVisit(),
        lambda: TODAY,
    )
    handlers.read(effects.ReadCardFiles(REF), asked.reply)
    (answer,) = asked.answers
    return answer


def problem(answer: Event) -> CardProblem:
    assert isinstance(answer, events.CardRefused), answer
    return answer.problem


def test_a_good_card_is_read_and_its_files_are_kept(
    machine: Machine, emulators: Emulators, world: ChipWorld
) -> None:
    take_in(machine, emulators, card_of(world))
    materials = MaterialsByVisit()

    answer = read(machine, materials)

    assert isinstance(answer, events.CardRead)
    assert answer.card.number == world.printed.number
    assert answer.card.name == world.holder.name
    assert answer.card.expires == world.printed.expiry
    kept = materials.of("v")
    assert kept.key == world.printed.bac_key()
    assert kept.dg1 is not None
    assert kept.identity is not None
    assert kept.chip_portrait is None  # face data waits for the resident's word


def test_upside_down_gives_no_answer(
    machine: Machine, emulators: Emulators, world: ChipWorld
) -> None:
    take_in(machine, emulators, card_of(world), upside_down=True)
    assert problem(read(machine)) is CardProblem.NO_ANSWER


def test_a_card_without_a_chip_is_unreadable(
    machine: Machine, emulators: Emulators, world: ChipWorld
) -> None:
    take_in(machine, emulators, Card(CardFront(format_printed(world.printed))))
    assert problem(read(machine)) is CardProblem.UNREADABLE


def test_two_chips_in_the_field(machine: Machine, emulators: Emulators, world: ChipWorld) -> None:
    take_in(machine, emulators, card_of(world))
    emulators.bay.lay_chip_beside(make_world(portrait_bytes=500).chip)
    assert problem(read(machine)) is CardProblem.SEVERAL_CHIPS


class BusCard:
    """A chip that knows no application."""

    uid = bytes.fromhex("04A1B2C3D4E5F6")
    atr = bytes.fromhex("3B8080010180")

    def reset(self) -> None:
        return

    def transmit(self, command: bytes) -> bytes:
        return bytes.fromhex("6A82")


@pytest.mark.parametrize("mrz", ["", PASSPORT])
def test_another_kind_of_card_is_foreign(machine: Machine, emulators: Emulators, mrz: str) -> None:
    take_in(machine, emulators, Card(CardFront(mrz), BusCard()))
    assert problem(read(machine)) is CardProblem.FOREIGN


def test_this_kind_of_card_with_its_print_out_of_view_gives_no_answer(
    machine: Machine, emulators: Emulators, world: ChipWorld
) -> None:
    take_in(machine, emulators, Card(CardFront(""), world.chip))
    assert problem(read(machine)) is CardProblem.NO_ANSWER


def test_a_scratched_print_is_unreadable(
    machine: Machine, emulators: Emulators, world: ChipWorld
) -> None:
    line = format_printed(world.printed)
    scratched = line[:11] + str((int(line[11]) + 1) % 10) + line[12:]
    take_in(machine, emulators, Card(CardFront(scratched), world.chip))
    assert problem(read(machine)) is CardProblem.UNREADABLE


def test_a_chip_of_another_card_does_not_open(
    machine: Machine, emulators: Emulators, world: ChipWorld
) -> None:
    other = make_world(portrait_bytes=500)
    take_in(machine, emulators, Card(CardFront(format_printed(world.printed)), other.chip))
    assert problem(read(machine)) is CardProblem.UNREADABLE


def test_print_and_chip_that_disagree_fail_the_check(
    machine: Machine, emulators: Emulators
) -> None:
    printed = make_printed(5)
    inside = make_holder(replace(printed, expiry_yymmdd="400101"))
    chip = EepChip(printed.bac_key().information, make_files(inside, make_jpeg(500)))
    take_in(machine, emulators, Card(CardFront(format_printed(printed)), chip))
    assert problem(read(machine)) is CardProblem.CHIP_CHECK_FAILED


def test_an_expired_card(machine: Machine, emulators: Emulators) -> None:
    printed = replace(make_printed(6), expiry_yymmdd="251231")
    chip = EepChip(printed.bac_key().information, make_files(make_holder(printed), b"\xff\xd8\xff"))
    take_in(machine, emulators, Card(CardFront(format_printed(printed)), chip))
    assert problem(read(machine)) is CardProblem.EXPIRED


def test_a_chip_left_in_the_field_keeps_the_slot_shut(
    machine: Machine, emulators: Emulators, world: ChipWorld
) -> None:
    emulators.bay.lay_chip_beside(make_world(portrait_bytes=500).chip)
    asked = arm(machine)
    assert asked.wait() == [events.FieldOccupied(REF)]
    emulators.bay.insert(card_of(world))
    time.sleep(0.3)
    assert emulators.bay.place is Place.AT_GATE

    emulators.bay.lay_chip_beside(None)

    assert asked.wait(3)[1:] == [events.FieldCleared(REF), events.CardTakenIn(REF)]


def test_a_disarmed_slot_takes_nothing_in(
    machine: Machine, emulators: Emulators, world: ChipWorld
) -> None:
    asked = arm(machine)
    time.sleep(0.2)
    asked.reply.cancelled.set()
    wait_for("slot free", lambda: machine.card_printer.position() is not None)
    emulators.bay.insert(card_of(world))
    time.sleep(0.3)
    assert emulators.bay.place is Place.AT_GATE
    assert asked.answers == []


def test_a_card_goes_out_and_is_taken(
    machine: Machine, emulators: Emulators, world: ChipWorld
) -> None:
    take_in(machine, emulators, card_of(world))
    handlers = CardHandlers(machine.card_printer, machine.chip_reader)
    ejected, watched = Asked(), Asked()
    handlers.eject(effects.EjectCard(REF), ejected.reply)
    assert ejected.answers == [events.CardMoved(REF, CardPlace.AT_GATE)]

    Thread(
        target=handlers.watch_gate, args=(effects.WatchGate(REF), watched.reply), daemon=True
    ).start()
    time.sleep(0.4)
    assert watched.answers == []
    emulators.bay.take()

    assert watched.wait() == [events.CardMoved(REF, CardPlace.OUT)]


def test_a_jammed_card_is_said_to_be_inside(
    machine: Machine, emulators: Emulators, world: ChipWorld
) -> None:
    take_in(machine, emulators, card_of(world))
    emulators.bay.jam()
    asked = Asked()
    CardHandlers(machine.card_printer, machine.chip_reader).eject(
        effects.EjectCard(REF), asked.reply
    )
    (moved,) = asked.answers
    assert isinstance(moved, events.CardMoved)
    assert moved.place is CardPlace.INSIDE
    assert moved.detail
