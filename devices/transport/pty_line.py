"""The device's end of an emulated serial line: a pty that can take a real line's time.

The emulator keeps a slave descriptor of its own open: without one, reading the master fails
with EIO as soon as a host closes, and the emulated device would die at every reconnect.
"""

import os
import time
import tty
from pathlib import Path
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
    """The master side of a pty as a Transport; ``path`` is what the host opens.

    ``unplug`` and ``replug`` do to the host what pulling the cable does; the emulator behind
    notices nothing but silence. Any thread may pull.
    """

    def __init__(self, baud: int | None, link: Path | None = None) -> None:
        self._link = link
        self._master, self._slave = _open_pair()
        self._plugged = Event()
        self._sending = _Clock(baud) if baud else None
        self._receiving = _Clock(baud) if baud else None
        self._closed = False
        self._name = ""
        self._plug_in()

    @property
    def path(self) -> str:
        """Return what the host opens; without a link, another name after each ``replug``."""
        return str(self._link) if self._link is not None else self._name

    def unplug(self) -> None:
        """Take the port away: the host's next read or write fails, and so does opening it."""
        if self._closed or not self._plugged.is_set():
            return
        self._plugged.clear()
        self._unlink()
        # The numbers stay taken, so that a read under way on another thread cannot end up on
        # a file that was opened in between.
        nowhere = os.open(os.devnull, os.O_RDWR)
        os.dup2(nowhere, self._master)
        os.dup2(nowhere, self._slave)
        os.close(nowhere)

    def replug(self) -> None:
        """Bring the port back."""
        if self._closed or self._plugged.is_set():
            return
        master, slave = _open_pair()
        os.dup2(master, self._master)
        os.dup2(slave, self._slave)
        os.close(master)
        os.close(slave)
        self._plug_in()

    def _plug_in(self) -> None:
        self._name = os.ttyname(self._slave)
        if self._link is not None:
            self._unlink()
            self._link.symlink_to(self._name)
        self._plugged.set()

    def _unlink(self) -> None:
        if self._link is not None and self._link.is_symlink():
            self._link.unlink()

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
            if not self._plugged.is_set():
                return  # a device does not notice that nobody hears it
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
        if not self._plugged.wait(max(0.0, deadline - time.monotonic())):
            return b""
        try:
            if not wait_readable(self._master, deadline, cancel):
                return b""
            if self._receiving is not None:
                self._receiving.begin()
            data = os.read(self._master, size)
        except BlockingIOError:
            return b""
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
            self._unlink()
            os.close(self._master)
            os.close(self._slave)


def open_pty(*, baud: int | None = None, link: Path | None = None) -> PtyLine:
    """Open an emulated line. With ``baud``, bytes take the time a line of that speed needs.

    ``link`` is a name that stays the same after ``replug``, as a real port's does under
    /dev/serial/by-id.
    """
    return PtyLine(baud, link)


def _open_pair() -> tuple[int, int]:
    master, slave = os.openpty()
    tty.setraw(slave)
    os.set_blocking(master, False)
    return master, slave
