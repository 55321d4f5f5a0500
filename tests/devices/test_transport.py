"""Transports: deadlines, cancel, a lost line, traffic that shows nothing of a person."""

import logging
import os
import socket
import threading
import time
import tty

import pytest

from devices.errors import Cancelled, DeviceTimeout, TransportClosed
from devices.transport import (
    TRAFFIC,
    Direction,
    Manipulator,
    MaskedLog,
    SerialTransport,
    WireLog,
    loopback,
    open_pty,
)


def soon(seconds: float = 1.0) -> float:
    return time.monotonic() + seconds


def read_all(line, size: int, seconds: float = 2.0) -> bytes:
    data, deadline = b"", soon(seconds)
    while len(data) < size and (part := line.read(size - len(data), deadline)):
        data += part
    return data


@pytest.fixture
def pty_pair():
    device = open_pty()
    host = SerialTransport(device.path)
    yield host, device
    host.close()
    device.close()


@pytest.fixture(params=["pty", "loopback"])
def pair(request):
    if request.param == "loopback":
        yield loopback()
        return
    device = open_pty()
    host = SerialTransport(device.path)
    yield host, device
    host.close()
    device.close()


def test_bytes_go_both_ways(pair):
    host, device = pair
    everything = bytes(range(256))
    host.write(everything, soon())
    assert read_all(device, 256) == everything
    device.write(everything, soon())
    assert read_all(host, 256) == everything


def test_a_read_ends_at_its_deadline(pair):
    host, _ = pair
    started = time.monotonic()
    assert host.read(10, started + 0.1) == b""
    assert 0.09 < time.monotonic() - started < 1.0


def test_a_read_returns_what_is_there(pair):
    host, device = pair
    device.write(b"abc", soon())
    started = time.monotonic()
    assert read_all(host, 3) == b"abc"
    assert time.monotonic() - started < 0.5


def test_cancel_ends_a_read(pair):
    host, _ = pair
    cancel = threading.Event()
    threading.Timer(0.1, cancel.set).start()
    started = time.monotonic()
    with pytest.raises(Cancelled):
        host.read(1, soon(10), cancel)
    assert time.monotonic() - started < 2


def test_drain_throws_away_what_waits(pair):
    host, device = pair
    device.write(b"old", soon())
    drained, deadline = b"", soon()
    while drained != b"old" and time.monotonic() < deadline:
        drained += host.drain()
    assert drained == b"old"
    assert host.drain() == b""


def test_unplugged_line_is_closed_for_reading_and_writing(pair):
    host, device = pair
    device.close()
    device.close()
    with pytest.raises(TransportClosed):
        host.read(1, soon())
    with pytest.raises(TransportClosed):
        host.write(b"x", soon())


def test_unplugging_wakes_a_read(pair):
    host, device = pair
    threading.Timer(0.1, device.close).start()
    with pytest.raises(TransportClosed):
        host.read(1, soon(10))


def test_a_closed_port_stays_closed(pty_pair):
    host, _ = pty_pair
    host.close()
    host.close()
    with pytest.raises(TransportClosed):
        host.read(1, soon(0.1))
    with pytest.raises(TransportClosed):
        host.write(b"x", soon(0.1))


def test_closing_from_another_thread_ends_a_read_cleanly(pty_pair):
    host, _ = pty_pair
    threading.Timer(0.1, host.close).start()
    try:
        assert host.read(1, soon(0.5)) == b""
    except TransportClosed:
        return


def test_a_missing_port_is_closed(tmp_path):
    with pytest.raises(TransportClosed):
        SerialTransport(str(tmp_path / "nothing"))


def test_a_port_has_one_owner(pty_pair):
    _, device = pty_pair
    with pytest.raises(TransportClosed):
        SerialTransport(device.path)


def test_an_unread_line_times_out_on_writing(pty_pair):
    host, _ = pty_pair
    with pytest.raises(DeviceTimeout):
        host.write(bytes(200_000), soon(0.2))


def test_the_device_survives_a_host_that_reconnects():
    device = open_pty()
    try:
        for word in (b"one", b"two"):
            host = SerialTransport(device.path)
            host.write(word, soon())
            assert read_all(device, 3) == word
            host.close()
            assert device.read(1, soon(0.02)) == b""
    finally:
        device.close()


def test_a_socket_address_is_a_line_too():
    with socket.create_server(("127.0.0.1", 0)) as server:
        host = SerialTransport(f"socket://127.0.0.1:{server.getsockname()[1]}")
        peer, _ = server.accept()
        with peer:
            host.write(b"ping", soon())
            assert peer.recv(4) == b"ping"
            peer.sendall(b"pong")
            assert read_all(host, 4) == b"pong"
        with pytest.raises(TransportClosed):
            host.read(1, soon())
        host.close()


def open_with_even_parity_twice(path: str) -> None:
    for _ in range(2):
        SerialTransport(path, parity="E").close()


def test_parity_reaches_the_port():
    """A pty takes 8N1 only (some kernels refuse at the second open): so parity was asked for."""
    device = open_pty()
    try:
        SerialTransport(device.path).close()
        with pytest.raises(TransportClosed):
            open_with_even_parity_twice(device.path)
    finally:
        device.close()


def test_a_foreign_pty_works():
    """The transport does not depend on our own emulated line."""
    master, slave = os.openpty()
    tty.setraw(slave)
    host = SerialTransport(os.ttyname(slave))
    os.write(master, b"hello")
    assert read_all(host, 5) == b"hello"
    host.close()
    os.close(master)
    os.close(slave)


def test_a_throttled_line_takes_the_time_of_its_bytes():
    device = open_pty(baud=57600)
    host = SerialTransport(device.path)
    log = WireLog()
    try:
        payload = bytes(2000)
        wanted = len(payload) * 10 / 57600
        thread = threading.Thread(target=device.write, args=(payload, soon(5)))
        started = time.monotonic()
        thread.start()
        assert read_all(host, len(payload), 5) == payload
        outgoing = time.monotonic() - started
        thread.join()
        started = time.monotonic()
        host.write(payload, soon())
        assert read_all(device, len(payload), 5) == payload
        incoming = time.monotonic() - started
    finally:
        host.close()
        device.close()
    log(Direction.IN, 0.0, payload)
    assert log.wire_seconds(57600) == pytest.approx(wanted)
    assert outgoing >= wanted * 0.99
    assert incoming >= wanted * 0.99


def test_traffic_is_counted_in_both_directions():
    log = WireLog()
    device = open_pty()
    host = SerialTransport(device.path, traffic=log)
    host.write(b"12345", soon())
    device.write(b"123", soon())
    read_all(host, 3)
    host.close()
    device.close()
    assert (log.bytes_out, log.bytes_in, log.total) == (5, 3, 8)
    assert log.wire_seconds(80) == 1.0


@pytest.mark.parametrize("piece", [1, 3, 33])
def test_traffic_log_shows_no_card_data(caplog, piece: int):
    answer = b"\x49\x00\x1e" + b"CSC123456788<3405204<9001011<0"
    log = MaskedLog("devices.test")

    def talk() -> None:
        log(Direction.OUT, 0.0, b"\x49\x00\x00")
        for start in range(0, len(answer), piece):
            log(Direction.IN, 0.0, answer[start : start + piece])

    with caplog.at_level(logging.DEBUG, "devices.test"):
        talk()
    assert caplog.text == ""
    with caplog.at_level(TRAFFIC, "devices.test"):
        talk()
    lines = [record.getMessage() for record in caplog.records]
    assert lines[0] == "> 49 00 00"
    shown = "".join(word for line in lines[1:] for word in line.split() if len(word) == 2)
    assert shown == "49001E43"
    assert sum(int(line.partition("+")[2] or 0) for line in lines[1:]) == len(answer) - 4


def test_manipulator_repeats_with_its_seed():
    results = []
    for _ in range(2):
        host, device = loopback()
        line = Manipulator(host, loss=0.2, spoil=0.2, noise=b"??", piece=5, seed=3)
        line.write(b"go", soon())
        device.write(bytes(100), soon())
        results.append(b"".join(line.read(100, 0.0) for _ in range(30)))
        assert line.drain() == b""
        line.close()
    assert results[0] == results[1]
    assert results[0].startswith(b"??")
    assert len(results[0]) < 102
