"""A serial port, pty or ``socket://`` address as a Transport. The only importer of pyserial.

pyserial reports a lost port in five ways (SerialException, OSError, TypeError, ValueError,
termios.error); here all of them are TransportClosed.
"""

import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event

import serial

from devices.errors import DeviceTimeout, TransportClosed
from devices.transport.traffic import Direction, TrafficLog, note
from devices.transport.waiting import wait_readable

_LOST = (serial.SerialException, OSError, TypeError, ValueError, termios.error)
_MIN_WRITE_TIMEOUT_S = 0.001  # zero would make pyserial's write non-blocking and partial
_OPEN_WRITE_TIMEOUT_S = 2.0
_DRAIN_CHUNK = 4096
_DRAIN_ROUNDS = 64  # a device that babbles must not hold the owner thread


@contextmanager
def _lost_is_closed(what: str) -> Iterator[None]:
    try:
        yield
    except serial.SerialTimeoutException as error:
        raise DeviceTimeout(f"{what}: the line did not take the bytes in time") from error
    except _LOST as error:
        raise TransportClosed(f"{what}: {error}") from error


class SerialTransport:
    """One exclusively opened line. ``address`` is a path or a ``socket://host:port`` URL."""

    def __init__(
        self,
        address: str,
        *,
        baud: int = 9600,
        parity: str = "N",
        stop_bits: int = 1,
        rtscts: bool = False,
        traffic: TrafficLog | None = None,
    ) -> None:
        self.address = address
        self.baud = baud
        self._traffic = traffic
        with _lost_is_closed(f"open {address}"):
            self._port = serial.serial_for_url(
                address,
                baudrate=baud,
                parity=parity,
                stopbits=stop_bits,
                rtscts=rtscts,
                timeout=0,
                write_timeout=_OPEN_WRITE_TIMEOUT_S,
                exclusive=True,
            )

    def write(self, data: bytes, deadline: float) -> None:
        """Write all bytes, or raise DeviceTimeout or TransportClosed."""
        left = max(_MIN_WRITE_TIMEOUT_S, deadline - time.monotonic())
        with _lost_is_closed(f"write {self.address}"):
            self._port.write_timeout = left
            self._port.write(data)
        note(self._traffic, Direction.OUT, data)

    def read(self, size: int, deadline: float, cancel: Event | None = None) -> bytes:
        """Return 1..size bytes as soon as any are there; b"" when the deadline passes."""
        with _lost_is_closed(f"read {self.address}"):
            if not wait_readable(self._port.fileno(), deadline, cancel):
                return b""
            data = bytes(self._port.read(size))
        if not data:
            raise TransportClosed(f"read {self.address}: readable, but nothing there")
        note(self._traffic, Direction.IN, data)
        return data

    def drain(self) -> bytes:
        """Throw away and return what has arrived and nobody asked for."""
        parts: list[bytes] = []
        for _ in range(_DRAIN_ROUNDS):
            part = self.read(_DRAIN_CHUNK, 0.0)
            if not part:
                break
            parts.append(part)
        return b"".join(parts)

    def close(self) -> None:
        """Close the line; closing twice is fine."""
        try:
            if self._port.is_open:
                self._port.close()
        except _LOST:
            # The port went away by itself; there is nothing left to close.
            return
