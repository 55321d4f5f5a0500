"""A TCP relay between a kiosk and the hall: it passes every byte until it meets a named request.

Neither end knows of it, so what is stalled or cut here is what a bad switch or a dead server does.
"""

import contextlib
import socket
from collections.abc import Callable, Iterator
from threading import Event as Flag
from threading import Thread

from backend_client.contract import API_PREFIX


class BadLine:
    """Relays 127.0.0.1:``port`` to the hall. ``met`` is set at the first named request.

    What is on that request's connection is held until ``heal``: the request itself, or only its
    answer (``answers``), which the server has then given. Other connections go on.
    """

    def __init__(self, hall_port: int) -> None:
        self.met = Flag()
        self._healed = Flag()
        self._named: bytes | None = None
        self._answers = False
        self._then: Callable[[], None] = self._healed.wait
        self._hall = ("127.0.0.1", hall_port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        Thread(target=self._accept, daemon=True).start()

    def stall(self, path: str, *, answers: bool = False) -> None:
        """Hold the first request whose path ends so, or only its answer."""
        self._answers = answers
        self._named = path.encode()

    def at(self, path: str, then: Callable[[], None]) -> None:
        """Do something at the first request whose path ends so, before the hall has it."""
        self._then = then
        self.stall(path)

    def heal(self) -> None:
        """Let pass what was held, and all that comes."""
        self._named = None
        self._healed.set()

    def close(self) -> None:
        """Take no more connections; what is held is let go."""
        self.heal()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                kiosk, _ = self._listener.accept()
            except OSError:
                return
            Thread(target=self._relay, args=(kiosk,), daemon=True).start()

    def _relay(self, kiosk: socket.socket) -> None:
        try:
            hall = socket.create_connection(self._hall, timeout=None)
        except OSError:
            kiosk.close()  # as a port that nobody listens on any more
            return
        with kiosk, hall:
            held = Flag()
            answers = Thread(target=self._answer, args=(hall, kiosk, held), daemon=True)
            answers.start()
            with _until_closed(kiosk, hall):
                while data := kiosk.recv(65536):
                    if self._is_named(data):
                        self._meet(held)
                    hall.sendall(data)
            answers.join()

    def _meet(self, held: Flag) -> None:
        self._named = None
        if self._answers:
            held.set()
        self.met.set()
        if not self._answers:
            self._then()

    def _answer(self, hall: socket.socket, kiosk: socket.socket, held: Flag) -> None:
        with _until_closed(hall, kiosk):
            while data := hall.recv(65536):
                if held.is_set():
                    self._healed.wait()
                kiosk.sendall(data)

    def _is_named(self, data: bytes) -> bool:
        request, _, _ = data.partition(b" HTTP/1.1\r\n")
        method, _, path = request.partition(b" ")
        named = self._named
        if named is None or method != b"POST" or not path.startswith(API_PREFIX.encode()):
            return False
        return path.endswith(named)


@contextlib.contextmanager
def _until_closed(*ends: socket.socket) -> Iterator[None]:
    try:
        with contextlib.suppress(OSError):
            yield
    finally:
        for end in ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
