"""Waiting for a file descriptor with a deadline and a cancel event."""

import select
import time
from threading import Event

from devices.errors import Cancelled

_CANCEL_SLICE_S = 0.02  # an Event has no file descriptor; this is how late a cancel may be seen


def wait_readable(fd: int, deadline: float, cancel: Event | None) -> bool:
    """Wait until ``fd`` can be read (or is hung up); False when the deadline passes.

    Raises Cancelled when ``cancel`` is set.
    """
    poll = select.poll()
    poll.register(fd, select.POLLIN)
    while True:
        if cancel is not None and cancel.is_set():
            raise Cancelled("cancelled while waiting for bytes")
        left = deadline - time.monotonic()
        slice_s = max(0.0, left if cancel is None else min(left, _CANCEL_SLICE_S))
        # Rounding up by a millisecond would blur short deadlines; a last look costs nothing.
        if poll.poll(slice_s * 1000):
            return True
        if left <= 0:
            return False
