"""Whatever a chip answers, its parsers refuse it or give something bounded."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.errors import DeviceError
from devices.rig.chip_files import make_com, make_dg2
from devices.travel_document import lds
from devices.travel_document.apdu import CommandApdu, ResponseApdu
from devices.travel_document.bac import BacKey, Session
from devices.travel_document.crypto import KeyPair, decrypt, encrypt, mac, pad, unpad
from devices.travel_document.errors import ChipDataError, ChipLost, TravelDocumentError
from devices.travel_document.reader import open_chip
from devices.travel_document.secure_messaging import SecureChannel
from devices.travel_document.tlv import TlvError, format_tlv, parse_tlv, parse_tlvs
from tests.devices.chip_world import make_jpeg, make_world

JPEG = make_jpeg(1500)
PARSERS = (lds.parse_com, lds.parse_dg1, lds.parse_dg2, lds.check_sod)
apdus = st.builds(
    CommandApdu,
    st.integers(0, 255),
    st.integers(0, 255),
    st.integers(0, 255),
    st.integers(0, 255),
    st.binary(max_size=255),
    st.none() | st.integers(1, 256),
)


@given(apdus)
def test_commands_come_back(apdu: CommandApdu):
    assert CommandApdu.from_bytes(apdu.to_bytes()) == apdu


@given(st.binary(max_size=300))
def test_any_command_parses_or_is_refused(data: bytes):
    try:
        assert CommandApdu.from_bytes(data).to_bytes() == data
    except ValueError:
        return


@given(st.sampled_from([0x30, 0x5F1F, 0x7F61, 0x87]), st.binary(max_size=70_000))
def test_objects_come_back(tag: int, value: bytes):
    raw = format_tlv(tag, value)
    item, end = parse_tlv(raw + b"more")
    assert (item.tag, item.value, item.raw, end) == (tag, value, raw, len(raw))


@given(st.binary(max_size=400))
def test_any_bytes_are_objects_or_refused(data: bytes):
    try:
        objects = parse_tlvs(data)
    except TlvError:
        return
    assert b"".join(item.raw for item in objects) == data


@pytest.mark.parametrize("data", ["60", "6081", "6080", "608401000000", "1F8080", "5F", "6003AABB"])
def test_objects_that_are_cut_or_endless(data: str):
    with pytest.raises(TlvError):
        parse_tlvs(bytes.fromhex(data))


@given(st.binary(max_size=400), st.sampled_from(PARSERS))
def test_any_file_parses_or_is_refused(data: bytes, parse):
    try:
        parse(data)
    except ChipDataError:
        return


@given(st.data(), st.sampled_from([make_dg2(JPEG), make_com(b"\x61\x75")]))
def test_a_spoilt_file_parses_or_is_refused(data: st.DataObject, good: bytes):
    spoilt = bytearray(good)
    for _ in range(data.draw(st.integers(1, 4))):
        # The heads of files hold the lengths; that is where spoiling hurts.
        at = data.draw(st.integers(0, min(120, len(good) - 1)))
        spoilt[at] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(good)))
    for parse in PARSERS:
        for raw in (bytes(spoilt), bytes(spoilt[:cut])):
            try:
                parse(raw)
            except ChipDataError:
                continue


def test_portraits_of_both_kinds():
    jpeg2000 = b"\x00\x00\x00\x0cjP  \r\n\x87\n" + bytes(50)
    assert lds.parse_dg2(make_dg2(JPEG)).image == JPEG
    assert lds.parse_dg2(make_dg2(jpeg2000)).format is lds.ImageFormat.JPEG2000
    with pytest.raises(ChipDataError):
        lds.parse_dg2(make_dg2(b"GIF89a" + bytes(50)))


@given(st.binary(min_size=16, max_size=16), st.binary(max_size=300))
def test_cipher_pairs(key: bytes, data: bytes):
    assert unpad(decrypt(key, encrypt(key, pad(data)))) == data
    assert len(mac(key, data)) == 8


@given(st.binary(max_size=64))
def test_padding_comes_off_or_is_refused(data: bytes):
    try:
        assert data.startswith(unpad(data))
    except ValueError:
        return


@given(st.binary(max_size=300))
def test_any_answer_ends_or_is_refused(answer: bytes):
    """Nobody without the keys gets anything past the secure channel."""
    channel = SecureChannel(Session(KeyPair(bytes(range(16)), bytes(range(1, 17))), 1))
    channel.wrap(CommandApdu(0, 0xB0, 0, 0, le=4))
    with pytest.raises((ChipDataError, ChipLost)):
        channel.unwrap(ResponseApdu(answer, 0x9000))
    assert not channel.alive


class ScriptedConnection:
    """A chip that answers what it is told to, whatever it is asked."""

    uid = b"\x04" + bytes(6)

    def __init__(self, answers: list[bytes]) -> None:
        self._answers = answers
        self.asked = 0

    def transmit(self, command: bytes) -> bytes:
        self.asked += 1
        return self._answers[self.asked % len(self._answers)]

    def close(self) -> None:
        return


@given(st.lists(st.binary(max_size=60) | st.just(b"\x90\x00"), min_size=1, max_size=8))
def test_a_chip_that_says_anything_is_refused(answers: list[bytes]):
    connection = ScriptedConnection(answers)
    with pytest.raises(TravelDocumentError):
        open_chip(connection, BacKey("C123456788900101134052045"))
    assert connection.asked < 70_000


class SpoilingConnection:
    """A real chip whose answers are changed on the way after access was gained."""

    def __init__(self, chip, spoil_from: int) -> None:
        self.chip, self.spoil_from, self.count = chip, spoil_from, 0
        self.uid = chip.uid

    def transmit(self, command: bytes) -> bytes:
        self.count += 1
        answer = bytearray(self.chip.transmit(command))
        if self.count >= self.spoil_from:
            answer[os.urandom(1)[0] % len(answer)] ^= 0x40
        return bytes(answer)

    def close(self) -> None:
        return


@pytest.mark.parametrize("spoil_from", range(1, 16))
def test_answers_changed_on_the_way_are_never_believed(spoil_from: int):
    world = make_world(portrait_bytes=900)
    connection = SpoilingConnection(world.chip, spoil_from)
    key = world.printed.bac_key()
    try:
        session = open_chip(connection, key)
        dg1, dg2 = session.read_dg1(), session.read_dg2()
    except DeviceError:
        return
    assert connection.count < spoil_from
    assert dg2.image == world.portrait
    assert dg1.mrz
