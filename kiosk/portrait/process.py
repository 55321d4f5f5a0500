"""One portrait worker process and the socket to it: start, ask with a deadline, end."""

import contextlib
import os
import socket
import subprocess
import sys
from pathlib import Path

import kiosk
from kiosk.portrait.encoded import MAX_IMAGE_PIXELS
from kiosk.portrait.messages import (
    Answer,
    Deadline,
    MessageError,
    Request,
    receive_message,
    send_message,
)
from kiosk.portrait.pace import Pace

_ONE_THREAD = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "OPENCV_FOR_THREADS_NUM",
)


_LONGEST_FACTOR = 8.0
"""Whatever the processors do, nobody waits longer before the camera than so many times."""


class WorkerProcess:
    """A running worker; OSError when it cannot be started."""

    def __init__(self) -> None:
        self._line, theirs = socket.socketpair()
        command = [sys.executable, "-m", "kiosk.portrait.worker", "--fd", str(theirs.fileno())]
        try:
            self._process = subprocess.Popen(  # noqa: S603 - a fixed command of our own
                command,
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                env=_environment(),
            )
        except OSError:
            self._line.close()
            raise
        finally:
            theirs.close()

    @property
    def pid(self) -> int:
        """Return the process id."""
        return self._process.pid

    def ask(self, request: Request, busy_s: float, *, silent_s: float) -> Answer:
        """Send a request and return its answer; MessageError when none comes in time.

        The worker may compute for ``busy_s`` of its own processor time, and after ``silent_s``
        must be seen at work; one that waits for its turn on a busy machine gets more time.
        """
        pace = Pace(self.pid, busy_s)
        deadline = Deadline(silent_s, pace.at_work, max(busy_s, silent_s) * _LONGEST_FACTOR)
        send_message(self._line, request, deadline)
        answer = receive_message(self._line, deadline)
        if not isinstance(answer, Answer):
            raise MessageError(f"worker sent {type(answer).__name__}")
        return answer

    def hang_up(self) -> None:
        """End the conversation from any thread; the worker ends at the end of the line."""
        with contextlib.suppress(OSError):
            self._line.shutdown(socket.SHUT_RDWR)

    def end(self, patience_s: float) -> None:
        """End the process, by force when it has not ended by itself within ``patience_s``."""
        self.hang_up()
        self._line.close()
        try:
            self._process.wait(patience_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _environment() -> dict[str, str]:
    """Return the environment: one thread for each native library, our own packages first."""
    root = str(Path(kiosk.__file__).parents[1])
    path = os.pathsep.join(part for part in (root, os.environ.get("PYTHONPATH", "")) if part)
    return (
        dict(os.environ)
        | dict.fromkeys(_ONE_THREAD, "1")
        | {
            "PYTHONPATH": path,
            "OPENCV_LOG_LEVEL": "ERROR",
            # refuse decompression bombs before they are unpacked
            "OPENCV_IO_MAX_IMAGE_PIXELS": str(MAX_IMAGE_PIXELS),
        }
    )
