"""The device's end of an emulated serial line: a pty that can take a real line's time.

The emulator keeps a slave descriptor of its own open: without one, reading the master fails
with EIO as soon as a host closes, and the emulated device would die at every reconnect.
"""

import os
import time
import tty
from threading import Event

from devices.errors import DeviceTimeout, TransportClosed
from devices.transport.traffic import BITS_PER_BYTE
from devices.transport.waiting import wait_readable

_PIECE_BYTES = 32  # the host sees bytes trickle in, at 115200 baud one piece each 2.8 ms
_DRAIN_CHUNK = 4096
_RETRY_S = 0.002


class _Clock:
    """The time one direction of the line is busy, kept on an absolute schedule.

    Sleeping "so many bytes' time" again and again would add the scheduler's lateness each
    time; here a late wake-up shortens the next sleep instead.
    """

    def __init__(self, baud: int) -> None:
        self._byte_s = BITS_PER_BYTE / baud
        self._free_at = 0.0

    def pass_bytes(self, count: int) -> None:
        self._free_at += count * self._byte_s
        wait = self._free_at - time.monotonic()
        if wait > 0:
            time.sleep(wait)

    def begin(self) -> None:
        self._free_at = max(self._free_at, time.monotonic())


class PtyLine:
    """The master side of a pty as a Transport; ``path`` is what the host opens."""

    def __init__(self, baud: int | None) -> None:
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self.path = os.ttyname(self._slave)
        self._sending = _Clock(baud) if baud else None
        self._receiving = _Clock(baud) if baud else None
        self._closed = False

    def write(self, data: bytes, deadline: float) -> None:
        """Write all bytes at the line's pace, or raise DeviceTimeout or TransportClosed."""
        if self._sending is None:
            self._write_now(data, deadline)
            return
        self._sending.begin()
        for start in range(0, len(data), _PIECE_BYTES):
            piece = data[start : start + _PIECE_BYTES]
            self._sending.pass_bytes(len(piece))
            self._write_now(piece, deadline)

    def _write_now(self, data: bytes, deadline: float) -> None:
        while data:
            if self._closed:
                raise TransportClosed("the emulated line is closed")
            try:
                data = data[os.write(self._master, data) :]
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise DeviceTimeout("the host does not read") from None
                time.sleep(_RETRY_S)
            except OSError as error:
                raise TransportClosed(str(error)) from error

    def read(self, size: int, deadline: float, cancel: Event | None = None) -> bytes:
        """Return 1..size bytes once they would have arrived; b"" when the deadline passes."""
        if self._closed:
            raise TransportClosed("the emulated line is closed")
        try:
            if not wait_readable(self._master, deadline, cancel):
                return b""
            if self._receiving is not None:
                self._receiving.begin()
            data = os.read(self._master, size)
        except OSError as error:
            raise TransportClosed(str(error)) from error
        if self._receiving is not None:
            self._receiving.pass_bytes(len(data))
        return data

    def drain(self) -> bytes:
        """Throw away and return what has arrived and nobody asked for."""
        return self.read(_DRAIN_CHUNK, 0.0)

    def close(self) -> None:
        """Unplug: the host's reads fail from now on; closing twice is fine."""
        if not self._closed:
            self._closed = True
            os.close(self._master)
            os.close(self._slave)


def open_pty(*, baud: int | None = None) -> PtyLine:
    """Open an emulated line. With ``baud``, bytes take the time a line of that speed needs."""
    return PtyLine(baud)
