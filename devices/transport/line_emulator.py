"""What all emulated serial devices share: a thread that listens on the far end of a line."""

import logging
import time
from abc import ABC, abstractmethod
from threading import Event, Thread
from typing import Self

from devices.errors import DeviceError, DeviceTimeout, TransportClosed
from devices.interfaces import Transport
from devices.transport.pty_line import PtyLine, open_pty

_log = logging.getLogger(__name__)
_READ_SIZE = 4096
_WRITE_S = 5.0


class LineEmulator(ABC):
    """A device on its end of a line, from ``start`` to ``stop``; ``path`` is its port.

    Without ``line`` it opens a pty of its own, as slow as ``baud`` says.
    """

    def __init__(self, name: str, *, baud: int | None = None, line: Transport | None = None):
        self._line: Transport = open_pty(baud=baud) if line is None else line
        self._stopping = Event()
        self._thread = Thread(target=self._run, name=f"emulated {name}", daemon=True)

    @property
    def path(self) -> str:
        """Return the port that a host opens. Raises DeviceError when the line is no port."""
        if not isinstance(self._line, PtyLine):
            raise DeviceError("this emulator speaks over a line that is no port")
        return self._line.path

    def start(self) -> Self:
        """Switch the device on; returns itself."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Unplug the device and close its line; it cannot be started again."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()
        self._line.close()

    @abstractmethod
    def _heard(self, data: bytes) -> None:
        """Take what came; nothing when ``_wait_s`` passed in silence."""

    @abstractmethod
    def _wait_s(self) -> float:
        """Return for how many seconds to listen before ``_heard`` is told of the silence."""

    def _send(self, data: bytes) -> None:
        self._line.write(data, time.monotonic() + _WRITE_S)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._heard(self._line.read(_READ_SIZE, time.monotonic() + self._wait_s()))
            except TransportClosed as error:
                if not self._stopping.is_set():
                    _log.info("%s stops: %s", self._thread.name, error)
                return
            except DeviceTimeout:
                continue  # the host does not read: its loss, as on a real line
