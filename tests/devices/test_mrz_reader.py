"""The MRZ reader on every kind of line, and with its faults."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.errors import DeviceTimeout, ProtocolError
from devices.mrz_reader.driver import ElyctisMrzReader, Timing
from devices.mrz_reader.emulator import ElyctisEmulator
from devices.mrz_reader.frames import MAX_MRZ, ElyctisFrame, FrameParser
from devices.status import Disconnected, Faulted, Ready
from devices.transport import Manipulator, SerialTransport, loopback

PRINTED = "CSC123456788<3405204<9001011<0"
QUICK = Timing(silence_s=0.08, command_s=0.6)
LINES = {
    "whole": {},
    "one byte at a time": {"piece": 1},
    "noise before frames": {"noise": b"\x00\xffI\xff\xffI\x00\x02\x01"},
    "noise, one byte at a time": {"noise": b"\x00\xffI\xff\xffI\x00\x02\x01", "piece": 1},
    "delay": {"delay_s": 0.01, "piece": 8},
}


@pytest.fixture
def bench():
    host, device = loopback()
    emulator = ElyctisEmulator(line=device).start()
    emulator.document = PRINTED
    yield emulator, ElyctisMrzReader(host, timing=QUICK), host
    host.close()
    emulator.stop()


def test_frame_bytes():
    assert ElyctisFrame(0x49).to_bytes() == bytes.fromhex("490000")
    assert ElyctisFrame(0x49, b"AB").to_bytes() == bytes.fromhex("4900024142")


def test_reads_over_a_pty():
    emulator = ElyctisEmulator(baud=9600).start()
    line = SerialTransport(emulator.path)
    reader = ElyctisMrzReader(line)
    try:
        reader.initialise()
        assert reader.read_mrz() is None
        emulator.document = PRINTED
        assert reader.read_mrz() == PRINTED
        emulator.document = "LINE1<<<<\nLINE2<<<<\nLINE3"
        assert reader.read_mrz() == emulator.document
        assert reader.status() == Ready()
    finally:
        line.close()
        emulator.stop()


@pytest.mark.parametrize("where", ["host", "device"])
@pytest.mark.parametrize("kind", LINES)
def test_reads_over_a_bad_line(kind: str, where: str):
    host, device = loopback()
    host_line = Manipulator(host, **LINES[kind]) if where == "host" else host
    device_line = Manipulator(device, **LINES[kind]) if where == "device" else device
    emulator = ElyctisEmulator(line=device_line).start()
    emulator.document = PRINTED
    reader = ElyctisMrzReader(host_line, timing=QUICK)
    assert [reader.read_mrz() for _ in range(3)] == [PRINTED] * 3
    host.close()
    emulator.stop()


def test_loss_is_mended_by_asking_again():
    """With every fifth frame hurt, ten reads still end; what has lost a byte is asked again."""
    host, device = loopback()
    emulator = ElyctisEmulator(line=device).start()
    emulator.document = PRINTED
    reader = ElyctisMrzReader(
        Manipulator(host, loss=0.006, seed=5), timing=Timing(silence_s=0.04, command_s=2.0)
    )
    assert [reader.read_mrz() for _ in range(10)] == [PRINTED] * 10
    host.close()
    emulator.stop()


def test_nothing_in_view(bench):
    emulator, reader, _ = bench
    emulator.faults.unreadable = True
    assert reader.read_mrz() is None
    assert reader.status() == Ready()


def test_silence(bench):
    emulator, reader, _ = bench
    emulator.faults.silent = True
    with pytest.raises(DeviceTimeout):
        reader.read_mrz()
    assert isinstance(reader.status(), Disconnected)


def test_garbage(bench):
    emulator, reader, _ = bench
    emulator.faults.garbage = True
    with pytest.raises(ProtocolError):
        reader.read_mrz()
    assert isinstance(reader.status(), Faulted)


def test_slow_is_not_silent(bench):
    emulator, reader, _ = bench
    emulator.faults.delay_s = 0.2
    assert reader.read_mrz() == PRINTED


def test_an_old_answer_is_not_taken_for_the_next_document(bench):
    emulator, reader, _ = bench
    emulator.faults.delay_s = 0.1
    assert reader.read_mrz() == PRINTED
    emulator.faults.delay_s = 0.0
    time.sleep(0.3)
    emulator.document = None
    assert reader.read_mrz() is None


def test_unplugged(bench):
    _, reader, host = bench
    host.close()
    assert isinstance(reader.status(), Disconnected)


@given(st.binary(max_size=1000), st.integers(1, 50))
def test_any_bytes_are_survived_and_bounded(data: bytes, piece: int):
    parser = FrameParser()
    for start in range(0, len(data), piece):
        for frame in parser.feed(data[start : start + piece]):
            assert frame.data.isascii()
            assert len(frame.data) <= MAX_MRZ
        assert parser.pending <= MAX_MRZ + 3


@given(st.text("ABCDEFGHJKLMNOPQRSTUVWXYZ0123456789<\r", max_size=MAX_MRZ))
def test_frames_come_back(text: str):
    frame = ElyctisFrame(0x49, text.encode())
    assert FrameParser().feed(b"\x00\x01" + frame.to_bytes()) == [frame]
