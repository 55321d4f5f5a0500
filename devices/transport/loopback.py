"""Two Transports joined in memory, for tests of drivers against emulators without a pty."""

import time
from threading import Condition, Event

from devices.errors import Cancelled, TransportClosed

_CANCEL_SLICE_S = 0.02
_MAX_BUFFER = 1 << 20


class _Pipe:
    def __init__(self) -> None:
        self.changed = Condition()
        self.data = bytearray()
        self.closed = False


class LoopbackTransport:
    """One end of a pair; what is written here is read at the other end."""

    def __init__(self, incoming: _Pipe, outgoing: _Pipe) -> None:
        self._incoming = incoming
        self._outgoing = outgoing

    def write(self, data: bytes, deadline: float) -> None:
        """Hand all bytes to the other end, or raise TransportClosed."""
        pipe = self._outgoing
        with pipe.changed:
            if pipe.closed or len(pipe.data) > _MAX_BUFFER:
                raise TransportClosed("the other end is closed or reads nothing")
            pipe.data += data
            pipe.changed.notify_all()

    def read(self, size: int, deadline: float, cancel: Event | None = None) -> bytes:
        """Return 1..size bytes as soon as any are there; b"" when the deadline passes."""
        pipe = self._incoming
        with pipe.changed:
            while not pipe.data:
                if pipe.closed:
                    raise TransportClosed("the other end is closed")
                if cancel is not None and cancel.is_set():
                    raise Cancelled("cancelled while waiting for bytes")
                left = deadline - time.monotonic()
                if left <= 0:
                    return b""
                pipe.changed.wait(left if cancel is None else min(left, _CANCEL_SLICE_S))
            data = bytes(pipe.data[:size])
            del pipe.data[:size]
            return data

    def drain(self) -> bytes:
        """Throw away and return what has arrived and nobody asked for."""
        with self._incoming.changed:
            data = bytes(self._incoming.data)
            self._incoming.data.clear()
            return data

    def close(self) -> None:
        """Close both directions; closing twice is fine."""
        for pipe in (self._incoming, self._outgoing):
            with pipe.changed:
                pipe.closed = True
                pipe.changed.notify_all()


def loopback() -> tuple[LoopbackTransport, LoopbackTransport]:
    """Make a joined pair of Transports."""
    there, back = _Pipe(), _Pipe()
    return LoopbackTransport(there, back), LoopbackTransport(back, there)
