"""A TCP server that answers as badly as a test wants: bytes with pauses, or nothing."""

import socket
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

Script = Iterable[bytes | float]


@contextmanager
def slow_server(script: Script) -> Iterator[str]:
    """Play the script (bytes to send, seconds to pause) to everybody who connects."""
    steps = list(script)
    listener = socket.create_server(("127.0.0.1", 0))
    stopped = threading.Event()

    def play(connection: socket.socket) -> None:
        with connection:
            try:
                connection.recv(65536)
                for step in steps:
                    if stopped.is_set():
                        return
                    if isinstance(step, bytes):
                        connection.sendall(step)
                    else:
                        time.sleep(step)
            except OSError:
                return

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=play, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        stopped.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)
