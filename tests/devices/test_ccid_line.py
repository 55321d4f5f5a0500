"""The chip reader's protocol on every kind of line: whole, in pieces, noisy, lossy, late."""

import itertools
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import reduce
from operator import xor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.ccid_acs import polling
from devices.ccid_acs.ccid import Answer, Command, Progress, Reply, Request
from devices.ccid_acs.driver import AcsChipReader
from devices.ccid_acs.emulator import AcsReaderEmulator
from devices.ccid_acs.frames import (
    MAX_DATA,
    NAK,
    Damage,
    FrameParser,
    Link,
    MessageFrame,
    StatusFrame,
    format_message,
    format_status,
)
from devices.errors import CommandFailed, DeviceTimeout, ProtocolError
from devices.interfaces import FieldPresence, Transport
from devices.status import Disconnected, Ready
from devices.transport import Manipulator, loopback
from devices.travel_document.reader import open_chip
from tests.devices.chip_world import QUICK, make_world, reader_on_loopback

HOST = frozenset(Answer)
NOISE = bytes.fromhex("00FF0203020280FFFFFF0002000003AA02")


def host_parser() -> FrameParser:
    return FrameParser(HOST, statuses=True)


# --- frames


def test_published_frames():
    """ACS, ACR122S communication protocol: power on, its status frame, and the NAK."""
    power_on = format_message(Command(Request.POWER_ON, 1).to_bytes())
    assert power_on == bytes.fromhex("02 62 00 00 00 00 00 01 01 00 00 62 03")
    assert format_status(Link.RECEIVED) == bytes.fromhex("02 00 00 03")
    assert bytes.fromhex("02 0000000000000000000000 03") == NAK


def test_stream_of_frames_one_byte_at_a_time():
    replies = [Reply(Answer.DATA_BLOCK, n, data=bytes(range(n * 7))) for n in range(30)]
    stream = b"".join(
        format_status(Link.RECEIVED) + format_message(reply.to_bytes()) for reply in replies
    )
    parser = host_parser()
    frames = [frame for byte in stream for frame in parser.feed(bytes([byte]))]
    assert frames[::2] == [StatusFrame(Link.RECEIVED)] * len(replies)
    assert [Reply.from_bytes(f.message) for f in frames[1::2]] == replies
    assert parser.pending == 0


def test_data_that_looks_like_frames_is_data():
    data = format_status(Link.RECEIVED) + format_message(Reply(Answer.DATA_BLOCK, 1).to_bytes())
    reply = Reply(Answer.DATA_BLOCK, 9, data=data)
    frames = host_parser().feed(format_message(reply.to_bytes()))
    assert frames == [MessageFrame(reply.to_bytes())]


def test_damage_is_named_and_the_next_frame_found():
    good = format_message(Reply(Answer.DATA_BLOCK, 3, data=b"abc").to_bytes())
    wrong_sum = good[:-2] + bytes([good[-2] ^ 1, good[-1]])
    wrong_end = good[:-1] + b"\x04"
    too_long = good[:2] + (MAX_DATA + 1).to_bytes(4, "little") + good[6:]
    for bad, link in (
        (wrong_sum, Link.CHECKSUM),
        (wrong_end, Link.ETX),
        (too_long, Link.LENGTH),
    ):
        frames = host_parser().feed(bad + good)
        assert frames[0] == Damage(link)
        assert frames[-1] == MessageFrame(good[1:-2])


@given(st.binary(max_size=2000), st.integers(1, 64))
def test_any_bytes_are_survived_and_bounded(data: bytes, piece: int):
    parser = host_parser()
    for start in range(0, len(data), piece):
        for frame in parser.feed(data[start : start + piece]):
            if isinstance(frame, MessageFrame):
                assert len(frame.message) <= 10 + MAX_DATA
        assert parser.pending <= 13 + MAX_DATA


@given(st.binary(max_size=300))
def test_pieces_do_not_change_what_is_read(data: bytes):
    whole, pieces = host_parser(), host_parser()
    expected = whole.feed(data)
    assert [f for byte in data for f in pieces.feed(bytes([byte]))] == expected


@given(st.binary(max_size=40), st.binary(max_size=MAX_DATA))
def test_a_frame_after_noise_is_found(noise: bytes, data: bytes):
    reply = Reply(Answer.ESCAPE, 5, data=data)
    noise = noise.replace(b"\x02", b"\x03")
    assert MessageFrame(reply.to_bytes()) in host_parser().feed(
        noise + format_message(reply.to_bytes())
    )


@given(st.binary(max_size=300))
def test_messages_parse_or_refuse(data: bytes):
    for parse in (Reply.from_bytes, Command.from_bytes):
        try:
            assert parse(data).to_bytes()[0] == data[0]
        except ProtocolError:
            continue


@given(st.binary(max_size=60))
def test_target_count_parses_or_refuses(answer: bytes):
    try:
        assert polling.parse_target_count(answer) in (0, 1, 2)
    except ProtocolError:
        return


# --- driver against emulator, on lines of every kind

LINES = {
    "whole": {},
    "one byte at a time": {"piece": 1},
    "noise before frames": {"noise": NOISE},
    "noise, one byte at a time": {"noise": NOISE, "piece": 1},
    "loss": {"loss": 0.001},
    "spoilt": {"spoil": 0.001},
    "delay": {"delay_s": 0.004, "piece": 64},
}


@pytest.mark.parametrize("where", ["host", "device"])
@pytest.mark.parametrize("kind", LINES)
def test_a_chip_is_read_over_a_bad_line(kind: str, where: str):
    world = make_world(portrait_bytes=2500)
    host, device = loopback()
    host_line = Manipulator(host, seed=7, **LINES[kind]) if where == "host" else host
    device_line = Manipulator(device, seed=7, **LINES[kind]) if where == "device" else device
    emulator = AcsReaderEmulator(line=device_line).start()
    try:
        reader = AcsChipReader(host_line, timing=QUICK)
        emulator.field.put(world.chip)
        assert reader.presence() is FieldPresence.ONE
        session = open_chip(reader.connect(), world.printed.bac_key())
        session.read_com()
        session.read_dg1()
        assert session.read_dg2().image == world.portrait
        # Secure messaging counts: had one APDU been carried out twice, this would fail.
        assert session.answers()
    finally:
        host.close()
        emulator.stop()


def test_loss_and_spoiling_really_happen():
    """The bad lines above are bad: the same seed changes a stream of that length."""
    host, device = loopback()
    sent = bytes(range(256)) * 16
    for treatment in ({"loss": 0.001}, {"spoil": 0.001}):
        device.write(sent, 0.0)
        line = Manipulator(host, seed=7, **treatment)
        got = b"".join(itertools.takewhile(bool, (line.read(512, 0.0) for _ in range(100))))
        assert got != sent


def read_after(fault: str, value: object) -> tuple[AcsReaderEmulator, bytes]:
    world = make_world(portrait_bytes=500)
    with reader_on_loopback() as (emulator, reader):
        emulator.field.put(world.chip)
        session = open_chip(reader.connect(), world.printed.bac_key())
        session.read_dg1()
        setattr(emulator.faults, fault, value)
        image = session.read_dg2().image
        assert image == world.portrait
        return emulator, image


@pytest.mark.parametrize(
    ("fault", "value"),
    [
        ("spoil_answers", 3),
        ("lose_answers", 3),
        ("refuse_frames", 3),
        ("extensions", 4),
        ("delay_s", 0.1),
    ],
)
def test_faults_that_pass(fault: str, value: object):
    emulator, _ = read_after(fault, value)
    if isinstance(value, int):
        assert getattr(emulator.faults, fault) == 0


def test_a_line_that_never_gets_better_is_given_up():
    with reader_on_loopback() as (emulator, reader):
        emulator.faults.spoil_answers = 10_000
        with pytest.raises(ProtocolError):
            reader.presence()
        emulator.faults.spoil_answers = 0
        emulator.faults.refuse_frames = 10_000
        with pytest.raises(ProtocolError):
            reader.presence()


def test_time_extensions_do_not_move_the_deadline():
    host, device = loopback()
    emulator = AcsReaderEmulator(line=device).start()
    timing = type(QUICK)(silence_s=0.05, command_s=0.3)
    try:
        emulator.faults.delay_s = 5.0
        with pytest.raises(DeviceTimeout):
            AcsChipReader(host, timing=timing).presence()
    finally:
        host.close()
        emulator.stop()


def test_status_says_ready_or_disconnected():
    with reader_on_loopback() as (emulator, reader):
        assert reader.status() == Ready("chip absent")
        emulator.field.put(make_world().chip)
        assert reader.status() == Ready("chip present")
        emulator.faults.silent = True
        assert isinstance(reader.status(), Disconnected)


def test_a_refusal_carries_the_readers_code():
    with reader_on_loopback() as (_, reader):
        with pytest.raises(CommandFailed) as refused:
            reader.transfer(bytes.fromhex("00A4000000"))
        assert refused.value.code == "FE"
        with pytest.raises(ValueError, match="do not fit"):
            reader.transfer(bytes(MAX_DATA + 1))


def test_checksum_is_xor_over_the_message():
    message = Command(Request.TRANSFER, 7, b"\x00\x84\x00\x00\x08").to_bytes()
    assert format_message(message)[-2] == reduce(xor, message)


def play(device: Transport, script: list[tuple[bytes, bytes]]) -> list[bytes]:
    """Play a reader by script: for each frame that must come, say what is sent back."""
    unexpected: list[bytes] = []
    for expected, answer in script:
        got = b""
        deadline = time.monotonic() + 2
        while len(got) < len(expected) and (part := device.read(64, deadline)):
            got += part
        if got != expected:
            unexpected.append(got)
        device.write(answer, deadline)
    return unexpected


RECEIVED = format_status(Link.RECEIVED)
REFUSED = format_status(Link.CHECKSUM)


@pytest.mark.parametrize(
    "script",
    [
        # The answer is spoilt and so is the NAK: the command was done and must not be repeated.
        [("command", "received spoilt"), ("nak", "refused"), ("nak", "answer")],
        # The command itself is refused: it was not done, and goes out again.
        [("command", "refused"), ("command", "received answer")],
        # Silence: the older last answer shows that the command never came.
        [("command", ""), ("nak", "older"), ("command", "received answer")],
        # Silence: the last answer is this command's; its status frame was lost.
        [("command", ""), ("nak", "answer")],
        # An older answer that nobody asked for is not taken, nor is the command repeated.
        [("command", "received older answer")],
        # Extensions of time come first.
        [("command", "received extension extension answer")],
    ],
)
def test_dialogue(script: list[tuple[str, str]]):
    apdu = bytes.fromhex("0084000008")
    answer = Reply(Answer.DATA_BLOCK, 1, data=bytes(range(8)) + b"\x90\x00")
    good = format_message(answer.to_bytes())
    words = {
        "command": format_message(Command(Request.TRANSFER, 1, apdu).to_bytes()),
        "nak": NAK,
        "received": RECEIVED,
        "refused": REFUSED,
        "answer": good,
        "spoilt": good[:-3] + bytes([good[-3] ^ 1]) + good[-2:],
        "older": format_message(replace(answer, sequence=0, data=b"\x6d\x00").to_bytes()),
        "extension": format_message(
            replace(answer, progress=Progress.TIME_EXTENSION, data=b"").to_bytes()
        ),
    }
    lines = [(words[come], b"".join(words[w] for w in go.split())) for come, go in script]
    host, device = loopback()
    with ThreadPoolExecutor(1) as pool:
        played = pool.submit(play, device, lines)
        assert AcsChipReader(host, timing=QUICK).transfer(apdu) == answer.data
        assert played.result(5) == []
    assert device.drain() == b""
    host.close()
