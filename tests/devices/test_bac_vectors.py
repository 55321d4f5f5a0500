"""Both sides of Basic Access Control against ICAO 9303 part 11, appendix D."""

import os

import pytest

from devices.rig import chip as rig_chip
from devices.rig.chip import EepChip
from devices.travel_document.apdu import CommandApdu, ResponseApdu
from devices.travel_document.bac import BacKey, Handshake, Session
from devices.travel_document.crypto import KeyPair, derive_keys
from devices.travel_document.errors import AccessDenied, ChipDataError, ChipLost
from devices.travel_document.secure_messaging import SecureChannel

INFORMATION = "L898902C<369080619406236"
RND_IC = bytes.fromhex("4608F91988702212")
RND_IFD = bytes.fromhex("781723860C06C226")
K_IFD = bytes.fromhex("0B795240CB7049B01C19B33E32804F0B")
K_IC = bytes.fromhex("0B4F80323EB3191CB04970CB4052790B")
REQUEST = bytes.fromhex(
    "72C29C2371CC9BDB65B779B8E8D37B29ECC154AA56A8799FAE2F498F76ED92F25F1448EEA8AD90A7"
)
ANSWER = bytes.fromhex(
    "46B9342A41396CD7386BF5803104D7CEDC122B9132139BAF2EEDC94EE178534F2F2D235D074D7449"
)
SESSION = Session(
    KeyPair(
        bytes.fromhex("979EC13B1CBFE9DCD01AB0FED307EAE5"),
        bytes.fromhex("F1CB1F1FB5ADF208806B89DC579DC1F8"),
    ),
    0x887022120C06C226,
)
SELECT_COM = CommandApdu(0x00, 0xA4, 0x02, 0x0C, b"\x01\x1e")
READ_4 = CommandApdu(0x00, 0xB0, 0x00, 0x00, le=4)
READ_18 = CommandApdu(0x00, 0xB0, 0x00, 0x04, le=18)
SCRIPT = [
    (
        SELECT_COM,
        "0CA4020C158709016375432908C044F68E08BF8B92D635FF24F800",
        "990290008E08FA855A5D4C50A8ED9000",
        "",
    ),
    (
        READ_4,
        "0CB000000D9701048E08ED6705417E96BA5500",
        "8709019FF0EC34F9922651990290008E08AD55CC17140B2DED9000",
        "60145F01",
    ),
    (
        READ_18,
        "0CB000040D9701128E082EA28A70F3C7B53500",
        "871901FB9235F4E4037F2327DCC8964F1F9B8C30F42C8E2FFF224A990290008E08C8B2787EAEA07D749000",
        "04303130365F36063034303030305C026175",
    ),
]


def handshake() -> Handshake:
    return Handshake(BacKey(INFORMATION), RND_IC, RND_IFD, K_IFD)


def test_document_keys():
    keys = BacKey(INFORMATION).keys()
    assert keys.enc.hex().upper() == "AB94FDECF2674FDFB9B391F85D7F76F2"
    assert keys.mac.hex().upper() == "7962D9ECE03D1ACD4C76089DCE131543"
    assert derive_keys(bytes.fromhex("239AB9CB282DAF66231DC5A4DF6BFBAE")) == keys


def test_mutual_authentication():
    assert handshake().request() == REQUEST
    assert handshake().finish(ANSWER) == SESSION


@pytest.mark.parametrize("at", [0, 17, 31, 32, 39])
def test_an_answer_with_one_bit_changed_is_refused(at: int):
    spoilt = bytearray(ANSWER)
    spoilt[at] ^= 0x10
    with pytest.raises(AccessDenied):
        handshake().finish(bytes(spoilt))


def test_an_answer_to_another_handshake_is_refused():
    other = Handshake(BacKey(INFORMATION), RND_IC, os.urandom(8), K_IFD)
    with pytest.raises(AccessDenied):
        other.finish(ANSWER)


def test_reader_side_of_secure_messaging():
    channel = SecureChannel(SESSION)
    for plain, wrapped, answer, data in SCRIPT:
        assert channel.wrap(plain).to_bytes().hex().upper() == wrapped
        inner = channel.unwrap(ResponseApdu.from_bytes(bytes.fromhex(answer)))
        assert inner == ResponseApdu(bytes.fromhex(data), 0x9000)


def test_chip_side_of_secure_messaging(monkeypatch: pytest.MonkeyPatch):
    """The emulated chip, given ICAO's random numbers, sends ICAO's bytes."""
    numbers = [RND_IC, K_IC]
    monkeypatch.setattr(rig_chip.os, "urandom", lambda size: numbers.pop(0))
    com = bytes.fromhex("60145F0104303130365F36063034303030305C026175")
    chip = EepChip(INFORMATION, {0x011E: com}, uid=b"\x04\x01\x02\x03\x04\x05\x06")
    assert chip.transmit(bytes.fromhex("00A4040C07A0000002471001")) == b"\x90\x00"
    assert chip.transmit(bytes.fromhex("0084000008")) == RND_IC + b"\x90\x00"
    command = CommandApdu(0x00, 0x82, 0, 0, REQUEST, 40)
    assert chip.transmit(command.to_bytes()) == ANSWER + b"\x90\x00"
    for _, wrapped, answer, _ in SCRIPT:
        assert chip.transmit(bytes.fromhex(wrapped)).hex().upper() == answer


def test_data_objects_may_come_in_another_order():
    keys = SESSION.keys
    chip = rig_chip._ChipChannel(b"", b"")
    chip._enc, chip._mac, chip._counter = keys.enc, keys.mac, SESSION.counter + 1
    answer = chip.close(ResponseApdu(b"data", 0x9000), odd=False, last=True)
    assert answer.data[0] == 0x99
    channel = SecureChannel(SESSION)
    channel.wrap(READ_4)
    assert channel.unwrap(answer).data == b"data"


def first_answer() -> ResponseApdu:
    return ResponseApdu.from_bytes(bytes.fromhex(SCRIPT[0][2]))


@pytest.mark.parametrize("at", range(14))
def test_a_protected_answer_with_one_bit_changed_is_refused(at: int):
    channel = SecureChannel(SESSION)
    channel.wrap(SELECT_COM)
    good = first_answer()
    spoilt = bytearray(good.data)
    spoilt[at] ^= 0x01
    with pytest.raises((ChipDataError, ChipLost)):
        channel.unwrap(ResponseApdu(bytes(spoilt), good.sw))
    assert not channel.alive


def test_the_plain_status_must_be_the_protected_one():
    channel = SecureChannel(SESSION)
    channel.wrap(SELECT_COM)
    with pytest.raises(ChipDataError):
        channel.unwrap(ResponseApdu(first_answer().data, 0x6A82))


@pytest.mark.parametrize("answer", ["9000", "6988", "99026A826A82"])
def test_an_unprotected_answer_ends_the_channel(answer: str):
    channel = SecureChannel(SESSION)
    channel.wrap(SELECT_COM)
    with pytest.raises(ChipLost):
        channel.unwrap(ResponseApdu.from_bytes(bytes.fromhex(answer)))
    with pytest.raises(ChipLost):
        channel.wrap(READ_4)
