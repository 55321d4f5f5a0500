"""A chip is opened with its printed MRZ and read over the emulated reader."""

import pytest

from devices.errors import CommandFailed, DeviceTimeout
from devices.interfaces import FieldPresence
from devices.rig.chip import ChipQuirks, EepChip
from devices.rig.chip_files import make_com
from devices.travel_document.bac import BacKey
from devices.travel_document.eep import parse_dg1_text
from devices.travel_document.errors import (
    AccessDenied,
    AccessNotSupported,
    ChipDataError,
    ChipLost,
    NotATravelDocument,
)
from devices.travel_document.lds import ImageFormat
from devices.travel_document.reader import is_same_chip, open_chip
from devices.travel_document.tlv import format_tlv
from tests.devices.chip_world import make_world, reader_on_loopback, reader_on_pty


def test_reads_every_file_over_a_pty():
    sod = format_tlv(0x77, bytes(range(256)) * 7)
    world = make_world(portrait_bytes=12000, sod=sod)
    with reader_on_pty() as (emulator, reader):
        assert reader.presence() is FieldPresence.EMPTY
        emulator.field.put(world.chip)
        assert reader.presence() is FieldPresence.ONE
        connection = reader.connect()
        assert connection.uid == world.chip.uid
        session = open_chip(connection, world.printed.bac_key())
        assert session.read_com().groups == {1, 2}
        assert parse_dg1_text(session.read_dg1().mrz) == world.holder
        assert session.read_sod() == sod
        portrait = session.read_dg2()
        assert portrait.image == world.portrait
        assert portrait.format is ImageFormat.JPEG
        assert session.answers()
        session.close()


def test_says_how_many_chips_are_in_the_field():
    with reader_on_loopback() as (emulator, reader):
        emulator.field.put(make_world().chip)
        emulator.field.put(make_world().chip)
        assert reader.presence() is FieldPresence.SEVERAL
        with pytest.raises(CommandFailed):
            reader.connect()
        emulator.field.clear()
        with pytest.raises(CommandFailed):
            reader.connect()
        assert reader.presence() is FieldPresence.EMPTY


def test_wrong_mrz_is_denied():
    world, other = make_world(), make_world()
    with reader_on_loopback() as (emulator, reader):
        emulator.field.put(world.chip)
        with pytest.raises(AccessDenied):
            open_chip(reader.connect(), other.printed.bac_key())


def test_another_card_has_no_application():
    world = make_world()
    world.chip.transmit = lambda command: b"\x6a\x82"
    with reader_on_loopback() as (emulator, reader):
        emulator.field.put(world.chip)
        with pytest.raises(NotATravelDocument):
            open_chip(reader.connect(), world.printed.bac_key())


@pytest.mark.parametrize(
    "quirks",
    [
        ChipQuirks(refuses_le_on_select=True),
        ChipQuirks(wants_p2_zero=True),
        ChipQuirks(wants_p2_zero=True, refuses_le_on_select=True),
        ChipQuirks(data_object_last=True),
    ],
)
def test_chips_that_differ_are_read(quirks):
    world = make_world(quirks=quirks)
    with reader_on_loopback() as (emulator, reader):
        emulator.field.put(world.chip)
        session = open_chip(reader.connect(), world.printed.bac_key())
        assert session.read_dg2().image == world.portrait


def test_pace_is_refused_and_never_replaced_by_bac():
    oid = bytes.fromhex("060A04007F00070202040202")
    card_access = format_tlv(0x31, format_tlv(0x30, oid + b"\x02\x01\x02\x02\x01\x0d"))
    world = make_world(master_files={0x011C: card_access})
    with reader_on_loopback() as (emulator, reader):
        emulator.field.put(world.chip)
        with pytest.raises(AccessNotSupported):
            open_chip(reader.connect(), world.printed.bac_key())


def test_nothing_is_read_without_access():
    chip = make_world().chip
    assert chip.transmit(bytes.fromhex("00A4040C07A0000002471001")) == b"\x90\x00"
    assert chip.transmit(bytes.fromhex("00A4020C020101")) == b"\x69\x82"
    assert chip.transmit(bytes.fromhex("00B0000004")) == b"\x69\x82"


def test_large_files_are_read_with_the_odd_instruction():
    large = format_tlv(0x75, bytes(range(256)) * 160)
    key = BacKey("C123456788900101134052045")
    chip = EepChip(key.information, {0x0102: large, 0x011E: make_com(b"\x75")})
    with reader_on_loopback() as (emulator, reader):
        emulator.field.put(chip)
        assert len(large) > 0x8000
        assert open_chip(reader.connect(), key).read_file(0x0102) == large


def test_missing_files_are_told_apart():
    world = make_world()
    with reader_on_loopback() as (emulator, reader):
        emulator.field.put(world.chip)
        session = open_chip(reader.connect(), world.printed.bac_key())
        assert session.read_sod() is None
        with pytest.raises(ChipDataError):
            _ = session.identity
        session.read_com()
        del world.chip._files[0x0101]
        with pytest.raises(ChipDataError):
            session.read_dg1()


def test_card_pulled_in_mid_read():
    world = make_world()
    with reader_on_loopback() as (emulator, reader):
        emulator.field.put(world.chip)
        session = open_chip(reader.connect(), world.printed.bac_key())
        session.read_dg1()
        emulator.faults.remove_before_answer = True
        with pytest.raises(ChipLost):
            session.read_dg2()
        assert not session.answers()
        session.close()


def test_another_card_is_not_the_same():
    world, other = make_world(), make_world()
    key = world.printed.bac_key()
    with reader_on_loopback() as (emulator, reader):
        emulator.field.put(world.chip)
        session = open_chip(reader.connect(), key)
        session.read_dg1()
        identity = session.identity
        session.close()
        assert is_same_chip(reader, key, identity)
        emulator.field.clear()
        assert not is_same_chip(reader, key, identity)
        emulator.field.put(other.chip)
        assert not is_same_chip(reader, key, identity)
        copy = EepChip(key.information, world.chip._files)
        emulator.field.clear()
        emulator.field.put(copy)
        assert not is_same_chip(reader, key, identity)


def test_a_swapped_chip_does_not_answer_in_the_old_session():
    world, other = make_world(), make_world()
    with reader_on_loopback() as (emulator, reader):
        emulator.field.put(world.chip)
        session = open_chip(reader.connect(), world.printed.bac_key())
        session.read_dg1()
        emulator.field.clear()
        emulator.field.put(other.chip)
        assert not session.answers()


def test_reader_that_says_nothing_times_out():
    with reader_on_loopback() as (emulator, reader):
        emulator.faults.silent = True
        with pytest.raises(DeviceTimeout):
            reader.presence()
